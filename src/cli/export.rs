//! `private-eye export`: the numbers of a site, for other programs.

use super::{Failure, npy, print};
use clap::Args;
use private_eye::collection;
use std::path::PathBuf;

/// Write the embeddings of a site into a .npy file: one row of f32 numbers for each work, in the order of their ids.
///
/// They are what the site holds, in signed bytes with a scale for each row: within half a step of the numbers it was built
/// from, a step being a 127th of the row's largest. Where a site looks at its works in several ways, the rows are those of
/// the whole works.
#[derive(Debug, Args)]
pub struct Export {
    /// A built site or its collection folder.
    site: PathBuf,
    /// The .npy file to write.
    #[arg(long, value_name = "FILE")]
    npy: PathBuf,
}

impl Export {
    pub fn run(self) -> Result<(), Failure> {
        let collection = collection::read(&self.site).map_err(|error| Failure::at(self.site.display(), error))?;
        let vectors = collection.vectors();
        let row = |item: usize| -> Vec<f32> {
            let whole = collection.rows().of(item).start;
            vectors.row(whole).iter().map(|&code| f32::from(code) * vectors.scale(whole)).collect()
        };
        let rows: Vec<Vec<f32>> = (0..collection.len()).map(row).collect();
        npy::write(&self.npy, vectors.dim(), &rows)?;
        print(&format!("{} embeddings of {} numbers written to {}", rows.len(), vectors.dim(), self.npy.display()))
    }
}
