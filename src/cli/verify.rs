//! `private-eye verify`: whether every byte of a site is as it was built.

use super::{Failure, page, print, site};
use clap::Args;
use private_eye::{
    collection::{self, Loader},
    engine::Engine,
};
use std::path::{Path, PathBuf};

/// Check every file of a site: its length, its hash, what is inside, the model and the page.
///
/// Prints a line for each thing that is wrong.
#[derive(Debug, Args)]
pub struct Verify {
    /// A built site or its collection folder.
    site: PathBuf,
}

impl Verify {
    pub fn run(self) -> Result<(), Failure> {
        let problems = problems(&self.site)?;
        for problem in &problems {
            eprintln!("{problem}");
        }
        match problems.len() {
            0 => print(&format!("{} is whole.", self.site.display())),
            1 => Err(Failure::at(
                self.site.display(),
                "1 thing is wrong; build the site again, or copy it again from where it is whole",
            )),
            count => Err(Failure::at(
                self.site.display(),
                format!("{count} things are wrong; build the site again, or copy it again from where it is whole"),
            )),
        }
    }
}

/// Everything that is wrong, not only the first thing. Without a usable manifest nothing else can be checked.
fn problems(site: &Path) -> Result<Vec<String>, Failure> {
    let at = |error: collection::CollectionError| Failure::at(site.display(), error);
    let folder = collection::locate(site).map_err(at)?;
    let manifest = collection::read_manifest(&folder).map_err(at)?;

    let mut problems = Vec::new();
    let mut loader = Loader::new(manifest.clone());
    for (_, shard) in manifest.files() {
        let added = match fs_err::read(folder.join(&shard.file)) {
            Ok(bytes) => loader.add(&shard.file, &bytes).map_err(|error| error.to_string()),
            Err(error) => Err(format!("{} cannot be read: {error}", shard.file)),
        };
        problems.extend(added.err());
    }
    let model = site::model_of(&folder, &manifest);
    let collection = if problems.is_empty() { Some(loader.finish().map_err(|error| error.to_string())) } else { None };
    match (model, collection) {
        (Ok(model), Some(Ok(collection))) => {
            problems.extend(Engine::new(model, collection).err().map(|error| error.to_string()));
        }
        (model, collection) => {
            problems.extend(model.err());
            problems.extend(collection.and_then(Result::err));
        }
    }
    if let Some(root) = folder.parent() {
        problems.extend(page::problems(root));
    }
    Ok(problems)
}
