//! A collection of vectors without pictures, for the page that measures.

use crate::search::say;
use crate::weights::{Conv, WeightsFile};
use crate::{Outcome, npy};
use clap::Args;
use private_eye::collection::{
    About, CROWD, CalibrationOptions, CollectionWriter, EmbeddingKind, Item, ModelFile, calibrate,
};
use private_eye::image::Look;
use private_eye::index::{Forest, ForestOptions, MetricName, useful_trees};
use private_eye::model::Model;
use serde_json::json;
use std::path::PathBuf;

#[derive(Args)]
pub struct Site {
    #[arg(long)]
    vectors: PathBuf,
    /// Take only so many of the vectors
    #[arg(long)]
    count: Option<usize>,
    /// Weights that the collection names; a network that is hardly there where none are given
    #[arg(long)]
    model: Option<PathBuf>,
    #[arg(long)]
    trees: Option<usize>,
    /// The site's folder; the weights and the collection go into folders of it
    #[arg(long)]
    out: PathBuf,
}

impl Site {
    /// Prints how many trees its forest has.
    pub fn run(self) -> Outcome {
        let (rows, dim) = npy::read(&self.vectors)?;
        let weights = match &self.model {
            Some(model) => std::fs::read(model)?,
            None => hardly_any(dim),
        };
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
        for (number, row) in rows.chunks(dim).take(self.count.unwrap_or(usize::MAX)).enumerate() {
            writer.add(row, &Item::new(format!("{number:07}.jpg"), format!("No. {number}")), b"")?;
        }
        drop(rows);
        let trees = self.trees.unwrap_or_else(|| useful_trees(writer.vectors(), CROWD));
        let forest = Forest::build(writer.vectors(), &ForestOptions { trees, ..ForestOptions::default() })?;
        let quality = calibrate(writer.vectors(), &forest, &CalibrationOptions::default(), |_| Vec::new())?;
        writer.finish(&forest, quality)?;
        std::fs::create_dir_all(place.parent().ok_or("the weights have no folder")?)?;
        std::fs::write(place, packed)?;
        say(&json!({ "trees": trees }))
    }
}

/// The smallest network with so many outputs: what opening takes with it is the collection's.
fn hardly_any(dim: usize) -> Vec<u8> {
    let mut file = WeightsFile::new("hardly", 1, 0);
    file.conv(Conv { kernel: 1, outputs: dim, ..Conv::new("all", "pixels", "out") });
    file.finish("out")
}
