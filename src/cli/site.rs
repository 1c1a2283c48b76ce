//! A built site on disk.

use super::{Failure, page};
use private_eye::{
    collection::{self, CollectionError, Manifest, sha256},
    engine::Engine,
    model::Model,
};
use std::path::{Path, PathBuf};

/// The engine of a site, every file of it verified. `weights` replace those in the site's models folder.
pub fn engine(site: &Path, weights: Option<&Path>) -> Result<Engine, Failure> {
    let at = |error: &dyn std::fmt::Display| Failure::at(site.display(), error);
    let collection = collection::read(site).map_err(|error| at(&error))?;
    let model = match weights {
        Some(path) => model(Some(path))?,
        None => model_of(site, collection.manifest()).map_err(|error| at(&error))?,
    };
    Engine::new(model, collection).map_err(|error| at(&error))
}

/// The model of a site: from its models folder, or from inside this command where a collection came without one, as an export
/// of a visitor's own pictures does.
pub fn model_of(site: &Path, manifest: &Manifest) -> Result<Model, String> {
    let bytes = match collection::read_model(site, manifest) {
        Err(CollectionError::Missing { file }) => match page::weights() {
            Some(bytes) if manifest.model.verify(&sha256(bytes)).is_ok() => bytes.to_vec(),
            _ => return Err(CollectionError::Missing { file }.to_string()),
        },
        read => read.map_err(|error| error.to_string())?,
    };
    Model::from_bytes(&bytes).map_err(|error| format!("{}: {error}", manifest.model.file))
}

/// The model in a weights file, or else the one that this command carries.
pub fn model(path: Option<&Path>) -> Result<Model, Failure> {
    let (place, bytes) = weights(path)?;
    Model::from_bytes(&bytes).map_err(|error| Failure::at(place, error))
}

/// Where the weights come from, in words, and their bytes.
pub fn weights(path: Option<&Path>) -> Result<(String, Vec<u8>), Failure> {
    match path {
        Some(path) => Ok((path.display().to_string(), fs_err::read(path)?)),
        None => match page::weights() {
            Some(bytes) => Ok(("the weights inside this command".to_owned(), bytes.to_vec())),
            None => Err(Failure::new("this command was compiled without weights; name a weights file with --model")),
        },
    }
}

/// The folder to serve for a site: what holds its `collection` folder.
pub fn folder_to_serve(site: &Path) -> Result<PathBuf, Failure> {
    let collection = collection::locate(site).map_err(|error| Failure::new(error.to_string()))?;
    let root = if collection == site { site.join("..") } else { site.to_owned() };
    fs_err::canonicalize(root).map_err(Failure::from)
}
