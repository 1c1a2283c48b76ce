//! Many pictures become embeddings, on all cores, one picture in memory at a time on each.

use super::Failure;
use indicatif::ProgressBar;
use private_eye::{
    image::{self, ImageError, Limits, Picture},
    model::{Embedding, Model},
};
use rayon::prelude::*;
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
};

/// Decodes a picture file; the error says why that failed, without the name of the file.
pub fn read_picture(path: &Path) -> Result<Picture, String> {
    let limits = Limits::default();
    let reason = |error: std::io::Error| error.to_string();
    // Asked before reading, so that a film among the photographs is not read into memory.
    let bytes = std::fs::metadata(path).map_err(reason)?.len();
    if bytes > limits.bytes as u64 {
        let got = usize::try_from(bytes).unwrap_or(usize::MAX);
        return Err(ImageError::TooManyBytes { got, limit: limits.bytes }.to_string());
    }
    image::decode(&std::fs::read(path).map_err(reason)?, &limits).map_err(|error| error.to_string())
}

/// Embeds every picture and keeps what `also` makes of it, as [`look_at_all`] does.
pub fn embed_all<T: Send>(
    model: &Model,
    paths: &[&Path],
    bar: &ProgressBar,
    also: impl Fn(&Picture) -> Result<T, String> + Sync,
) -> Vec<Result<(Embedding, T), String>> {
    look_at_all(paths, bar, |picture| {
        let embedding = model.embed(picture).map_err(|error| error.to_string())?;
        Ok((embedding, also(picture)?))
    })
}

/// What `look` makes of every picture, in the order of the paths whatever the number of threads. A picture that cannot be
/// used gives the reason. The bar moves by one for each.
pub fn look_at_all<T: Send>(
    paths: &[&Path],
    bar: &ProgressBar,
    look: impl Fn(&Picture) -> Result<T, String> + Sync,
) -> Vec<Result<T, String>> {
    let one = |path: &Path| look(&read_picture(path)?);
    paths
        .par_iter()
        .map(|path| {
            // One file that a decoder stumbles over must not cost the work on all the others.
            let result = catch_unwind(AssertUnwindSafe(|| one(path)))
                .unwrap_or_else(|_| Err("a decoder failed on it; convert it to PNG or JPEG".to_owned()));
            bar.inc(1);
            result
        })
        .collect()
}

/// The embedding as it is written: as the network gives it, or of length 1.
pub fn numbers(embedding: Embedding, raw: bool) -> Vec<f32> {
    if raw { embedding.0 } else { embedding.normalized() }
}

/// Refuses a model whose embeddings differ in length from those given.
pub fn check_length(model: &Model, got: usize) -> Result<(), Failure> {
    let expected = model.id().dim;
    if got == expected {
        return Ok(());
    }
    Err(Failure::new(format!(
        "the embeddings have {got} numbers each, the model {} gives {expected}; embed the pictures with this model, or name theirs with --model",
        model.id().name
    )))
}
