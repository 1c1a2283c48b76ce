//! Real vectors: the embeddings of parts of pictures. Several parts of one picture lie near each other, as works that look
//! alike do.

use crate::{Outcome, npy};
use clap::Args;
use private_eye::image::changes::{Change, apply};
use private_eye::image::{Limits, Picture, decode};
use private_eye::model::Model;
use private_eye::seed::SplitMix64;
use rayon::prelude::*;
use std::fs::File;
use std::io::Write;
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
            self.embed_all(&model, &pictures, &self.out.join(name), &parts)?;
        }
        Ok(())
    }

    /// Writes the embeddings of parts. A run that ended before its time left those it had in a `.part` file; they are taken
    /// from there.
    fn embed_all(&self, model: &Model, pictures: &[PathBuf], file: &Path, parts: &[(usize, usize)]) -> Outcome {
        if file.is_file() {
            return Ok(());
        }
        let dim = model.id().dim;
        let unfinished = file.with_extension("part");
        let mut out = File::options().create(true).append(true).open(&unfinished)?;
        let done = usize::try_from(out.metadata()?.len())? / (4 * dim);
        out.set_len(4 * (done * dim) as u64)?;
        for (number, batch) in parts.get(done..).unwrap_or_default().chunks(BATCH).enumerate() {
            eprintln!("{}: {} of {}", file.display(), done + number * BATCH, parts.len());
            let rows = batch.par_iter().map(|&(part, picture)| self.embed(model, &pictures[picture], part));
            let rows = rows.collect::<Outcome<Vec<_>>>()?.concat();
            out.write_all(&rows.into_iter().flat_map(f32::to_le_bytes).collect::<Vec<u8>>())?;
        }
        let numbers = std::fs::read(&unfinished)?;
        let rows = numbers.as_chunks().0.iter().map(|&four| f32::from_le_bytes(four)).collect();
        npy::write(file, parts.len(), dim, std::iter::once(Ok(rows)))?;
        Ok(std::fs::remove_file(unfinished)?)
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
