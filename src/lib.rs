//! Reverse image search that never sees your image.
//!
//! The way through, each arrow computed with the same bits natively and in WebAssembly:
//!
//! ```text
//! file bytes → pixels → embedding → neighbours → matches
//!    image/      model/      index/     collection/ + engine/
//! ```
//!
//! * [`image`]: the bytes of a picture file become an upright RGB [`image::Picture`], resized with integer arithmetic.
//! * [`model`]: 224×224 pixels become 512 numbers, by a quantized ResNet-18 that runs in tract.
//! * [`index`]: 512 numbers find their neighbours, through a forest or by an exact scan.
//! * [`collection`]: what travels over HTTP: one manifest and hash-named shards.
//! * [`engine`]: a query picture in, ranked matches out; the only place where the rooms meet.
//! * [`own`]: pictures that a visitor adds, in a collection of their own on their device.
//!
//! Imports point one way: image ← model, index ← collection ← engine ← own ← web, and engine ← cli.
//!
//! # Searching a site
//!
//! The `private-eye` command builds a site out of pictures; this is what its page, and the command's own `query`, do:
//!
//! ```no_run
//! use private_eye::{collection, engine::{Engine, SearchOptions, Verdict}, model::Model};
//! use std::path::Path;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let site = Path::new("site");
//! let collection = collection::read(site)?;
//! let model = Model::from_bytes(&collection::read_model(site, collection.manifest())?)?;
//! let engine = Engine::new(model, collection)?;
//!
//! let answer = engine.search(&std::fs::read("query.jpg")?, &SearchOptions::default())?;
//! if answer.verdict == Verdict::None {
//!     println!("No close match; the nearest are:");
//! }
//! for found in &answer.matches {
//!     println!("{}. {} (score {:.3})", found.rank, found.title, found.score);
//! }
//! # Ok(())
//! # }
//! ```

pub mod collection;
pub mod engine;
mod hash;
pub mod image;
pub mod index;
pub mod model;
pub mod own;
pub mod seed;
#[cfg(not(target_family = "wasm"))]
pub mod serve;
#[cfg(target_family = "wasm")]
mod web;
