//! Rows of `f32` in `.npy` files.

use crate::Outcome;
use npyz::{NpyFile, WriterBuilder};
use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::path::Path;

/// The rows of a file, one after the other, and their length.
pub fn read(path: &Path) -> Outcome<(Vec<f32>, usize)> {
    let file = File::open(path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    let file = NpyFile::new(BufReader::new(file))?;
    let &[_, dim] = file.shape() else {
        return Err(format!("{} has the shape {:?} instead of [rows, numbers]", path.display(), file.shape()).into());
    };
    let dim = usize::try_from(dim)?;
    Ok((file.into_vec::<f32>()?, dim))
}

/// Writes as many rows as were announced, a few at a time as they are made.
pub fn write(path: &Path, rows: usize, dim: usize, parts: impl Iterator<Item = Outcome<Vec<f32>>>) -> Outcome {
    let mut out =
        BufWriter::new(File::create(path).map_err(|error| format!("cannot write {}: {error}", path.display()))?);
    let shape = [rows as u64, dim as u64];
    let mut writer = npyz::WriteOptions::new().default_dtype().shape(&shape).writer(&mut out).begin_nd()?;
    for part in parts {
        writer.extend(part?)?;
    }
    writer.finish()?;
    Ok(out.flush()?)
}
