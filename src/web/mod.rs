//! The engine as a JavaScript class, for the worker behind the page: the only room that knows a browser.
//!
//! [`Eye::open`] fetches everything there is to fetch; nothing else here touches the network. Every failure reaches
//! JavaScript as an `Error` with a `code` (see [`error`]), never as a panic.

mod download;
mod error;
mod fetch;
mod progress;
mod store;
mod values;

use js_sys::{Float32Array, Function, Uint8Array};
use serde::Serialize;
use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

use self::error::WebError;
use crate::collection::{Collection, Manifest, ModelFile, Sample, Thresholds};
use crate::engine::{Engine, SearchOptions};
use crate::image::{self, ImageError, Limits};

/// A collection and its model, on this device.
#[wasm_bindgen]
pub struct Eye {
    engine: Engine,
}

/// What a page may want to say about a collection.
#[derive(Serialize)]
struct Info<'a> {
    title: &'a str,
    count: u32,
    columns: &'a [String],
    model: &'a ModelFile,
    generator: &'a str,
    /// Of the model and all shards together.
    bytes: u64,
    thresholds: Thresholds,
    /// Longest picture file that is read.
    longest_picture: usize,
}

#[derive(Serialize)]
struct SampleInfo<'a> {
    label: &'a str,
    change: &'a str,
}

#[wasm_bindgen]
impl Eye {
    /// Fetches the collection in the folder `url` with its model, from this device where it was fetched before.
    /// `on_progress` is called with `{ done, total, parts: [{ part, done, total }] }`, in bytes.
    pub async fn open(url: String, on_progress: Function, signal: Option<AbortSignal>) -> Result<Eye, JsValue> {
        let (model, collection) = download::everything(&url, on_progress, signal).await?;
        Ok(Eye { engine: Engine::new(model, collection).map_err(WebError::Engine)? })
    }

    /// Title, size, model and thresholds of the collection.
    pub fn info(&self) -> Result<JsValue, JsValue> {
        let manifest: &Manifest = self.collection().manifest();
        let info = Info {
            title: &manifest.title,
            count: manifest.count,
            columns: &manifest.columns,
            model: &manifest.model,
            generator: &manifest.generator,
            bytes: manifest.files().map(|(_, shard)| shard.bytes).fold(manifest.model.bytes, u64::saturating_add),
            thresholds: manifest.quality.thresholds,
            longest_picture: Limits::default().bytes,
        };
        Ok(values::to_js(&info)?)
    }

    /// The works nearest to a picture: `{ matches, verdict, looked_at, exact }`.
    /// Options: `limit`, `effort` (`"auto"`, `"exact"` or a number) and `region` (`{ x, y, width, height }`).
    pub fn search(&self, bytes: &[u8], options: &JsValue) -> Result<JsValue, JsValue> {
        let defaults = SearchOptions::default();
        let options = SearchOptions {
            limit: values::option(options, "limit")?.unwrap_or(defaults.limit),
            effort: values::effort(options)?,
            region: values::region(options)?,
            ..defaults
        };
        let answer = self.engine.search(bytes, &options).map_err(WebError::Engine)?;
        Ok(values::to_js(&answer)?)
    }

    /// The picture as numbers. Options: `normalized` (length 1) and `region`.
    pub fn embed(&self, bytes: &[u8], options: &JsValue) -> Result<Float32Array, JsValue> {
        let normalized = values::option(options, "normalized")?.unwrap_or(false);
        let mut picture = image::decode(bytes, &Limits::default()).map_err(WebError::Image)?;
        if let Some(region) = values::region(options)? {
            picture = picture.crop(region);
        }
        let embedding = self.engine.model().embed(&picture).map_err(WebError::Model)?;
        let numbers = if normalized { embedding.normalized() } else { embedding.0 };
        Ok(Float32Array::from(numbers.as_slice()))
    }

    /// The metadata record of a work.
    pub fn item(&self, id: u32) -> Result<JsValue, JsValue> {
        self.check("work", id, self.collection().len())?;
        Ok(values::to_js(self.collection().item(id as usize).record())?)
    }

    /// The thumbnail of a work: a JPEG file, or nothing where the collection has no pictures.
    pub fn thumbnail(&self, id: u32) -> Result<Uint8Array, JsValue> {
        self.check("work", id, self.collection().len())?;
        Ok(Uint8Array::from(self.collection().thumbnail(id as usize)))
    }

    /// What the ready query pictures are: `[{ label, change }]`.
    pub fn samples(&self) -> Result<JsValue, JsValue> {
        let described = |Sample { label, change, .. }| SampleInfo { label, change };
        Ok(values::to_js(&self.collection().samples().map(described).collect::<Vec<_>>())?)
    }

    /// A ready query picture: a JPEG file.
    pub fn sample(&self, number: u32) -> Result<Uint8Array, JsValue> {
        self.check("sample", number, self.collection().samples().count())?;
        let jpeg = self.collection().samples().nth(number as usize).map(|sample| sample.jpeg);
        Ok(Uint8Array::from(jpeg.unwrap_or_default()))
    }

    /// Refuses a file of this many bytes if it is too long, before anybody reads it into memory.
    pub fn accepts(&self, bytes: f64) -> Result<(), JsValue> {
        let longest = Limits::default().bytes;
        if bytes > longest as f64 {
            return Err(WebError::Image(ImageError::TooManyBytes { got: bytes as usize, limit: longest }).into());
        }
        Ok(())
    }
}

impl Eye {
    fn collection(&self) -> &Collection {
        self.engine.collection()
    }

    fn check(&self, what: &'static str, number: u32, count: usize) -> Result<(), WebError> {
        if (number as usize) < count { Ok(()) } else { Err(WebError::NotFound { what, number, count }) }
    }
}
