//! A collection of vectors without pictures, for the page that measures.

use crate::{Outcome, npy};
use clap::Args;
use private_eye::collection::{About, CalibrationOptions, CollectionWriter, EmbeddingKind, Item, ModelFile, calibrate};
use private_eye::image::Look;
use private_eye::index::{Forest, ForestOptions, MetricName};
use private_eye::model::Model;
use std::path::PathBuf;

#[derive(Args)]
pub struct Site {
    #[arg(long)]
    vectors: PathBuf,
    /// Take only so many of the vectors
    #[arg(long)]
    count: Option<usize>,
    /// Weights that the collection names
    #[arg(long)]
    model: PathBuf,
    #[arg(long)]
    trees: usize,
    /// The site's folder; the weights and the collection go into folders of it
    #[arg(long)]
    out: PathBuf,
}

impl Site {
    pub fn run(self) -> Outcome {
        let weights = std::fs::read(&self.model)?;
        let model = Model::from_bytes(&weights)?;
        let (file, packed) = ModelFile::pack(model.id().clone(), &weights)?;
        let about = About {
            title: "Vectors".into(),
            model: file,
            seed: 0,
            metric: MetricName::Cosine,
            embedding: EmbeddingKind::Normalized,
            looks: vec![Look::Whole],
            columns: Vec::new(),
        };
        let folder = self.out.join("collection");
        let place = folder.join(&about.model.file);
        let mut writer = CollectionWriter::new(&folder, about)?;
        let (rows, dim) = npy::read(&self.vectors)?;
        for (number, row) in rows.chunks(dim).take(self.count.unwrap_or(usize::MAX)).enumerate() {
            writer.add(row, &Item::new(format!("{number:07}.jpg"), format!("No. {number}")), b"")?;
        }
        drop(rows);
        let forest = Forest::build(writer.vectors(), &ForestOptions { trees: self.trees, ..ForestOptions::default() })?;
        let quality = calibrate(writer.vectors(), &forest, &CalibrationOptions::default(), |_| Vec::new())?;
        writer.finish(&forest, quality)?;
        std::fs::create_dir_all(place.parent().ok_or("the weights have no folder")?)?;
        Ok(std::fs::write(place, packed)?)
    }
}
