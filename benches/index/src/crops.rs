//! Real vectors: the embeddings of parts of pictures. Several parts of one picture lie near each other, as works that look
//! alike do.

use crate::{Outcome, npy};
use clap::Args;
use private_eye::image::changes::{Change, apply};
use private_eye::image::{Limits, Picture, decode};
use private_eye::model::Model;
use private_eye::seed::SplitMix64;
use rayon::prelude::*;
use std::path::{Path, PathBuf};

/// A part has between so much and so much of each side of its picture, in percent.
const KEPT: [i32; 2] = [40, 90];
/// Parts embedded between two writes.
const BATCH: usize = 512;

#[derive(Args)]
pub struct Crops {
    /// Folder of pictures
    #[arg(long)]
    pictures: PathBuf,
    /// Weights of the network
    #[arg(long)]
    model: PathBuf,
    #[arg(long, default_value_t = 100_000)]
    vectors: usize,
    /// Parts that are not among the vectors, of the same pictures
    #[arg(long, default_value_t = 2_000)]
    queries: usize,
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Where vectors.npy and queries.npy go
    #[arg(long)]
    out: PathBuf,
}

impl Crops {
    pub fn run(self) -> Outcome {
        let model = Model::from_bytes(&std::fs::read(&self.model)?)?;
        let pictures = readable(&self.pictures)?;
        if pictures.is_empty() {
            return Err(format!("there is no picture in {} that can be read", self.pictures.display()).into());
        }
        // Parts number 0 to `vectors` - 1 go round the pictures; the queries, numbered from there, are spread over them.
        let own = (0..self.vectors).map(|part| (part, part % pictures.len())).collect();
        let other =
            (0..self.queries).map(|query| (self.vectors + query, query * pictures.len() / self.queries)).collect();
        for (name, parts) in [("queries.npy", other), ("vectors.npy", own)] as [(&str, Vec<(usize, usize)>); 2] {
            let batches = parts.chunks(BATCH).enumerate().map(|(number, batch)| {
                eprintln!("{name}: {} of {}", number * BATCH, parts.len());
                let rows = batch.par_iter().map(|&(part, picture)| self.embed(&model, &pictures[picture], part));
                Ok(rows.collect::<Outcome<Vec<_>>>()?.concat())
            });
            npy::write(&self.out.join(name), parts.len(), model.id().dim, batches)?;
        }
        Ok(())
    }

    /// The embedding of one part, of length 1.
    fn embed(&self, model: &Model, picture: &Path, part: usize) -> Outcome<Vec<f32>> {
        let mut random = SplitMix64::split(self.seed, part as u64);
        let keep = random.between(KEPT[0], KEPT[1]) as u8;
        let part = apply(&read(picture)?, &Change::Crop { keep }, random.next_u64());
        Ok(model.embed(&part)?.normalized())
    }
}

fn read(path: &Path) -> Outcome<Picture> {
    Ok(decode(&std::fs::read(path)?, &Limits::default())?)
}

/// The pictures below a folder that can be read, in the order of their paths.
fn readable(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let entries = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter();
    let files = entries.filter_map(|entry| match entry {
        Ok(entry) => entry.file_type().is_file().then(|| Ok(entry.into_path())),
        Err(error) => Some(Err(error)),
    });
    let files = files.collect::<Result<Vec<_>, _>>()?;
    Ok(files.into_par_iter().filter(|path| read(path).is_ok()).collect())
}
