//! A collection in a folder.

use super::{Collection, CollectionError, Loader, Manifest, sha256};
use std::path::{Path, PathBuf};

/// The folder with the manifest: `site` itself or `site/collection`.
pub fn locate(site: &Path) -> Result<PathBuf, CollectionError> {
    [site.to_owned(), site.join("collection")]
        .into_iter()
        .find(|folder| folder.join("manifest.json").is_file())
        .ok_or_else(|| CollectionError::NoSite { path: site.to_owned() })
}

/// The manifest of a built site, or of its `collection` folder.
pub fn read_manifest(site: &Path) -> Result<Manifest, CollectionError> {
    Manifest::from_json(&fs_err::read(locate(site)?.join("manifest.json"))?)
}

/// The whole collection of a built site, every file verified.
pub fn read(site: &Path) -> Result<Collection, CollectionError> {
    let folder = locate(site)?;
    let mut loader = Loader::new(read_manifest(&folder)?);
    for (_, shard) in loader.manifest().clone().files() {
        let path = folder.join(&shard.file);
        if !path.is_file() {
            return Err(CollectionError::Missing { file: shard.file.clone() });
        }
        loader.add(&shard.file, &fs_err::read(path)?)?;
    }
    loader.finish()
}

/// The weights that the collection was built with, verified.
pub fn read_model(site: &Path, manifest: &Manifest) -> Result<Vec<u8>, CollectionError> {
    let model = &manifest.model;
    let path = locate(site)?.join(&model.file);
    if !path.is_file() {
        return Err(CollectionError::Missing { file: model.file.clone() });
    }
    let weights = model.unpack(&fs_err::read(path)?)?;
    model.verify(&sha256(&weights))?;
    Ok(weights)
}
