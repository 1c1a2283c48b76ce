//! What travels over HTTP: a manifest and hash-named shards.
//!
//! A collection is one `manifest.json` and files of at most 8 MiB beside it, each named after the SHA-256 of what it holds
//! (`docs/collection-format.md` has every field). A reader takes the [`Manifest`], asks it for the files, feeds them to a
//! [`Loader`] one by one and gets a [`Collection`]: the same door for a folder and for a browser's downloads. Nothing in a
//! file is used before its length and its hash are those of the manifest. What has come can be searched while the rest is on
//! its way ([`Loader::so_far`]).

mod background;
#[cfg(not(target_family = "wasm"))]
mod calibrate;
mod columns;
#[cfg(not(target_family = "wasm"))]
mod effort;
mod filter;
#[cfg(not(target_family = "wasm"))]
mod folder;
mod item;
mod loader;
mod manifest;
mod model_file;
mod pictures;
mod quality;
#[cfg(not(target_family = "wasm"))]
mod site;
pub mod title;
#[cfg(not(target_family = "wasm"))]
mod write;

pub use background::{BACKGROUND_RANK, CROWD, strangers_before_background};
#[cfg(not(target_family = "wasm"))]
pub use calibrate::{CalibrationOptions, ChangedCopy, calibrate};
pub use columns::{Column, Holds};
pub use filter::{Condition, Conditions, Filter, FilterError};
#[cfg(not(target_family = "wasm"))]
pub use folder::{locate, read, read_manifest, read_model};
pub use item::Item;
pub use loader::{Collection, Loader, Sample};
pub use manifest::{
    EmbeddingKind, FORMAT, MAX_LOOKS, MAX_SHARD_BYTES, Manifest, OLDEST_VERSION, Part, Shard, Shards, VERSION,
};
pub use model_file::{ModelFile, Unpacker};
pub(crate) use pictures::Pictures;
pub use quality::{Basis, Calibration, CurvePoint, EffortPoint, Quality, Quantiles, Thresholds};
#[cfg(not(target_family = "wasm"))]
pub use site::{SITE_ENTRIES, SiteError, SiteFolder};
#[cfg(not(target_family = "wasm"))]
pub use write::{About, CollectionWriter};

pub use crate::hash::sha256;

use crate::index::IndexError;

#[derive(Debug, thiserror::Error)]
pub enum CollectionError {
    #[error("this is not the manifest of a Private Eye collection: {0}; choose a site that `private-eye build` made")]
    NotAManifest(String),
    #[error(
        "the collection has format version {got}, this program reads versions {OLDEST_VERSION} to {expected}; \
         use the release that built it or build it again"
    )]
    Version { got: u64, expected: u32 },
    #[error("the manifest contradicts itself: {0}; build the collection again")]
    Manifest(String),
    #[error("the manifest names no file {file:?}")]
    NotListed { file: String },
    #[error(
        "{file} has {got} bytes, the manifest says {expected}; it was cut off or changed: copy or download it again, \
         or build the collection again"
    )]
    Length { file: String, got: u64, expected: u64 },
    #[error(
        "{file} is damaged: its SHA-256 is not the one in the manifest; copy or download it again, \
         or build the collection again"
    )]
    Hash { file: String },
    #[error("{file} does not hold what the manifest says: {reason}; build the collection again")]
    Contents { file: String, reason: String },
    #[error("{file} is missing; copy or download the whole collection, or build it again")]
    Missing { file: String },
    #[error("item {item} has {got} bytes of {part}, a file holds at most {MAX_SHARD_BYTES}; shorten it")]
    TooLarge { part: Part, item: usize, got: usize },
    #[error("a work has {got} embeddings, the collection looks at each in {expected} ways; give one for each look")]
    Looks { got: usize, expected: usize },
    #[error(
        "{works} works, looked at in {looks} ways, are more than the {most} whose search tree fits into a file of {MAX_SHARD_BYTES} bytes; \
         split the collection, or look at each work in fewer ways"
    )]
    TooManyItems { works: usize, looks: usize, most: usize },
    #[error("no item was added, and an empty collection finds nothing; add at least one picture")]
    Empty,
    #[error(transparent)]
    Index(#[from] IndexError),
    #[cfg(not(target_family = "wasm"))]
    #[error("there is no Private Eye site at {}: neither manifest.json nor collection/manifest.json", .path.display())]
    NoSite { path: std::path::PathBuf },
    #[cfg(not(target_family = "wasm"))]
    #[error(transparent)]
    Io(#[from] std::io::Error),
}
