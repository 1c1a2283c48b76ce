//! `private-eye model`: bring a network of one's own, or look at one.

use super::{
    Failure, embedding,
    output::write_whole,
    print, print_json, progress, site, use_threads,
    works::{Columns, Skipped, Source, title},
};
use clap::{Args, Subcommand};
use private_eye::model::{Model as Network, import};
use rayon::prelude::*;
use serde_json::json;
use std::path::{Path, PathBuf};

/// More pictures than this hardly move the measured ranges and cost memory.
const MOST_CALIBRATION_PICTURES: usize = 512;

/// Convert networks to weights files, or look into one.
#[derive(Debug, Args)]
pub struct Model {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Import(Import),
    Info(Info),
}

/// Convert a trained network to a weights file in integers.
///
/// It comes as ONNX, as torch exports it, or as safetensors with torchvision's names: a ResNet, VGG or MobileNetV2, of
/// which a classifier is left out. The ranges of its activations are measured on the calibration pictures; at the end the command says how well both
/// networks agree on them.
#[derive(Debug, Args)]
struct Import {
    /// The network: ONNX, or safetensors with torchvision's names.
    file: PathBuf,
    /// A folder or CSV of pictures like those to be searched; a few hundred are best.
    #[arg(long, value_name = "PICTURES")]
    calibrate: PathBuf,
    /// The weights file to write.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// What to call the network [default: the name of the file].
    #[arg(long)]
    name: Option<String>,
    /// How many pictures to work on at a time [default: one for each core].
    #[arg(long, value_name = "N")]
    jobs: Option<usize>,
    /// Print the agreement as one JSON object.
    #[arg(long)]
    json: bool,
}

/// Tell what a weights file holds.
#[derive(Debug, Args)]
struct Info {
    /// A weights file [default: the weights inside this command].
    file: Option<PathBuf>,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

impl Model {
    pub fn run(self) -> Result<(), Failure> {
        match self.command {
            Command::Import(import) => import.run(),
            Command::Info(info) => info.run(),
        }
    }
}

impl Import {
    fn run(self) -> Result<(), Failure> {
        use_threads(self.jobs)?;
        let network = fs_err::read(&self.file)?;
        let source = Source { pictures: self.calibrate.clone(), columns: Columns::default(), ..Source::default() };
        let works = source.gather()?;
        let paths: Vec<&Path> = works.works.iter().filter_map(|work| work.picture.as_deref()).collect();
        // Spread over the whole, so that one folder of many does not stand for all.
        let step = paths.len().div_ceil(MOST_CALIBRATION_PICTURES).max(1);
        let paths: Vec<&Path> = paths.into_iter().step_by(step).collect();

        let (mut pictures, mut skipped) = (Vec::new(), works.skipped);
        let read: Vec<_> =
            paths.par_iter().map(|path| embedding::read_picture(path).map(|picture| picture.fit(512))).collect();
        for (path, picture) in paths.iter().zip(read) {
            match picture {
                Ok(picture) => pictures.push(picture),
                Err(reason) => skipped.push(Skipped::new(path.display().to_string(), reason)),
            }
        }
        progress::list_skipped(&skipped);

        let spinner = progress::spinner("Measuring the network on the pictures");
        let file = self.file.file_name().unwrap_or_default().to_string_lossy();
        let name = self.name.clone().unwrap_or_else(|| title::stem(&file).to_owned());
        let import = import::import(&network, self.file.parent(), &name, &pictures);
        spinner.finish_and_clear();
        let import = import.map_err(|error| Failure::at(self.file.display(), error))?;
        write_whole(&self.out, |out| out.write_all(&import.weights))?;
        let report = &import.report;
        if self.json {
            return print_json(report);
        }
        print(&format!(
            "{} written: {} numbers an embedding, {} bytes\nagreement with the network in floating point on {} pictures: median cosine {:.4}, worst {:.4}, same nearest picture {:.3}",
            self.out.display(),
            report.dim,
            report.bytes,
            report.pictures,
            report.median_cosine,
            report.worst_cosine,
            report.same_nearest,
        ))
    }
}

impl Info {
    fn run(self) -> Result<(), Failure> {
        let (place, bytes) = site::weights(self.file.as_deref())?;
        let model = Network::from_bytes(&bytes).map_err(|error| Failure::at(&place, error))?;
        let id = model.id();
        if self.json {
            return print_json(&json!({
                "name": id.name, "sha256": id.sha256, "preprocessing": id.preprocessing, "dim": id.dim, "bytes": bytes.len(),
            }));
        }
        print(&format!(
            "name           {}\nSHA-256        {}\npreprocessing  {}\nembedding      {} numbers\nsize           {} bytes\nfrom           {place}",
            id.name,
            id.sha256,
            id.preprocessing,
            id.dim,
            bytes.len(),
        ))
    }
}
