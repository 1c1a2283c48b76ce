//! The engine as a JavaScript class, for the worker behind the page: the only room that knows a browser.
//!
//! [`Eye::open`] has everything fetched that there is to fetch, and lets it be searched as it comes; nothing else here
//! touches the network. Every failure reaches JavaScript as an `Error` with a `code` (see [`error`]), never as a panic.

mod arrival;
mod download;
mod error;
mod fetch;
mod hash;
mod own;
mod patience;
mod progress;
mod question;
mod store;
mod values;

use std::cell::{Ref, RefCell};
use std::rc::Rc;

use js_sys::{Array, Float32Array, Function, Object, Promise, Reflect, Uint8Array};
use serde::Serialize;
use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

use self::download::{Begun, Order};
use self::error::WebError;
use self::progress::{PartProgress, Progress};
use self::question::Answer;
use crate::collection::{Collection, Conditions, Filter, Manifest, ModelFile, Sample, Thresholds};
use crate::engine::{Engine, EngineError, SearchOptions, Seen};
use crate::image::{self, ImageError, Limits, Look, Looks, Picture};
use crate::index::Query;
use crate::own::{self as own_pictures, Own, OwnFilter};

/// A collection and its model, on this device or, but for what can be searched already, on the way to it.
#[wasm_bindgen]
pub struct Eye {
    /// Shared with the download, which adds to it between two calls.
    engine: Rc<RefCell<Engine>>,
    own: Own,
    manifest_sha256: String,
    progress: Rc<Progress>,
    rest: Promise,
}

/// A decoded picture.
#[wasm_bindgen]
pub struct Sight {
    picture: Picture,
}

/// What a page may want to say about a collection.
#[derive(Serialize)]
struct Info<'a> {
    title: &'a str,
    count: u32,
    columns: &'a [String],
    model: &'a ModelFile,
    generator: &'a str,
    /// The hash of the manifest, which names every other file by its hash: it stands for the whole collection.
    sha256: &'a str,
    /// Of the model and all shards together.
    bytes: u64,
    /// The same by part, with what came over the network at this visit.
    parts: &'a [PartProgress],
    thresholds: Thresholds,
    /// The same for pictures that are looked at closely, where that was measured.
    closer: Option<Thresholds>,
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
    /// Fetches the collection in the folder `url` with its model, from this device where it was fetched before. Resolves
    /// as soon as some works can be searched; [`Eye::complete`] tells when all can.
    /// `on_progress` is called with `{ done, total, parts: [{ part, done, total, fetched }], searchable: { works, of } }`,
    /// in bytes and works.
    /// Options: `patience`, the milliseconds that the server may take to begin its answer to the first request;
    /// `consent`, a function that is asked with `{ missing, total }`, in bytes, before what is missing is fetched.
    pub async fn open(
        url: String,
        on_progress: Function,
        options: JsValue,
        signal: Option<AbortSignal>,
    ) -> Result<Eye, JsValue> {
        let (patience, consent) = (values::patience(&options)?, values::function(&options, "consent")?);
        let order = Order { url, on_progress, signal, patience, consent };
        let Begun { engine, manifest_sha256, progress, rest } = download::begin(order).await?;
        let own = Own::beside(engine.borrow().collection().manifest()).map_err(WebError::Own)?;
        Ok(Eye { engine, own, manifest_sha256, progress, rest })
    }

    /// Resolves when everything is here and no more is fetched; rejects with the reason why the rest did not come. What
    /// came can be searched all the same.
    pub fn complete(&self) -> Promise {
        self.rest.clone()
    }

    /// Title, size, model and thresholds of the collection.
    pub fn info(&self) -> Result<JsValue, JsValue> {
        let collection = self.collection();
        let manifest: &Manifest = collection.manifest();
        let info = Info {
            title: &manifest.title,
            count: manifest.count,
            columns: &manifest.columns,
            model: &manifest.model,
            generator: &manifest.generator,
            sha256: &self.manifest_sha256,
            parts: &self.progress.parts(),
            bytes: manifest.files().map(|(_, shard)| shard.bytes).fold(manifest.model.bytes, u64::saturating_add),
            thresholds: manifest.quality.thresholds,
            closer: manifest.quality.closer,
            longest_picture: Limits::default().bytes,
        };
        Ok(values::to_js(&info)?)
    }

    /// The works nearest to a question: `{ matches, verdict, looked_at, exact, searched: { works, of }, thresholds }`, where
    /// fewer works than the collection has could be searched as long as the rest is on its way. The question is a list of embeddings,
    /// as `embed` gives them, of numbers of works, and of own pictures as `{ own: id }`; each match says under `query` which
    /// of them it is nearest to, and under `own` whose it is. Options: `limit`, `effort` (`"auto"`, `"exact"` or a number),
    /// `filters` (`{ column: [value, …] }` or `{ column: { from, to } }`), `without` and `withoutOwn` (numbers of works and
    /// of own pictures that are left out), `among` (`"all"`, `"works"` or `"own"`: whose pictures may be matches) and
    /// `closer` (whether the embeddings are those of several looks at one picture, which more strangers resemble).
    pub fn search(&self, question: Array, options: &JsValue) -> Result<JsValue, JsValue> {
        let defaults = SearchOptions::default();
        let parts = question.iter().map(|part| self.part(&part)).collect::<Result<Vec<Query>, WebError>>()?;
        if parts.is_empty() {
            return Err(WebError::Option { option: "question", reason: "it names nothing to search for".into() }.into());
        }
        let Conditions(conditions) = values::option(options, "filters")?.unwrap_or_default();
        let filter = Filter { conditions, without: values::option(options, "without")?.unwrap_or_default() };
        let own = OwnFilter {
            among: values::option(options, "among")?.unwrap_or_default(),
            without: values::option(options, "withoutOwn")?.unwrap_or_default(),
        };
        let options = SearchOptions {
            limit: values::option(options, "limit")?.unwrap_or(defaults.limit),
            effort: values::effort(options)?,
            looks: values::looks(options)?,
            filter,
            ..defaults
        };
        let engine = self.engine.borrow();
        let found = own_pictures::search(&engine, &self.own, &own, &parts, &options).map_err(WebError::Engine)?;
        Ok(values::to_js(&Answer::from(found))?)
    }

    /// The columns to filter by: `[{ name, values: [[value, count], …] }]` or `[{ name, range: { from, to } }]`.
    pub fn columns(&self) -> Result<JsValue, JsValue> {
        Ok(values::to_js(&self.collection().columns())?)
    }

    /// A picture to look at, which is decoded once for all looks. It stays in memory until it is freed. Options: `region`.
    pub fn sight(&self, bytes: &[u8], options: &JsValue) -> Result<Sight, JsValue> {
        Ok(Sight { picture: picture(bytes, options)? })
    }

    /// What is seen of the picture, ready to be searched for: a list of `{ look, embedding }`, of the whole at first, of
    /// what a `closer` look adds then.
    pub fn look(&self, sight: &Sight, closer: bool) -> Result<Array, JsValue> {
        let looks: &[Look] = if closer { &Looks::CLOSER[1..] } else { &Looks::ONCE };
        let seen = self.engine.borrow().look(&sight.picture, looks).map_err(WebError::Engine)?;
        let seen = seen.into_iter().map(|Seen { look, embedding }| {
            let seen = Object::new();
            Reflect::set(&seen, &"look".into(), &look.to_string().into())?;
            Reflect::set(&seen, &"embedding".into(), &Float32Array::from(embedding.as_slice()))?;
            Ok(seen)
        });
        seen.collect()
    }

    /// The picture as numbers. Options: `normalized` (length 1) and `region`.
    pub fn embed(&self, bytes: &[u8], options: &JsValue) -> Result<Float32Array, JsValue> {
        let normalized = values::option(options, "normalized")?.unwrap_or(false);
        let picture = picture(bytes, options)?;
        let embedding = self.engine.borrow().model().embed(&picture).map_err(WebError::Model)?;
        let numbers = if normalized { embedding.normalized() } else { embedding.0 };
        Ok(Float32Array::from(numbers.as_slice()))
    }

    /// The metadata record of a work.
    pub fn item(&self, id: u32) -> Result<JsValue, JsValue> {
        self.check_arrived(id)?;
        Ok(values::to_js(self.collection().item(id as usize).record())?)
    }

    /// The thumbnail of a work: a JPEG file, or nothing where the collection has no pictures, or as long as this one is on
    /// its way.
    pub fn thumbnail(&self, id: u32) -> Result<Uint8Array, JsValue> {
        self.check("work", id, self.collection().len())?;
        Ok(Uint8Array::from(self.collection().thumbnail(id as usize)))
    }

    /// What the ready query pictures are: `[{ label, change }]`.
    pub fn samples(&self) -> Result<JsValue, JsValue> {
        let described = |Sample { label, change, .. }| SampleInfo { label, change };
        let collection = self.collection();
        Ok(values::to_js(&collection.samples().map(described).collect::<Vec<_>>())?)
    }

    /// A ready query picture: a JPEG file.
    pub fn sample(&self, number: u32) -> Result<Uint8Array, JsValue> {
        let collection = self.collection();
        self.check("sample", number, collection.samples().count())?;
        let jpeg = collection.samples().nth(number as usize).map(|sample| sample.jpeg);
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

/// The picture in a file, or the `region` of it that the options name.
fn picture(bytes: &[u8], options: &JsValue) -> Result<Picture, WebError> {
    let picture = image::decode(bytes, &Limits::default())?;
    Ok(match values::region(options)? {
        Some(region) => picture.crop(region),
        None => picture,
    })
}

impl Eye {
    fn collection(&self) -> Ref<'_, Collection> {
        Ref::map(self.engine.borrow(), Engine::collection)
    }

    /// A part of a question: an embedding, or the number of a work or of an own picture, which stands for the stored vector
    /// of its whole.
    fn part(&self, part: &JsValue) -> Result<Query, WebError> {
        if let Some(numbers) = part.dyn_ref::<Float32Array>() {
            return Ok(Query::quantize(&numbers.to_vec()).map_err(EngineError::from)?);
        }
        if part.is_object()
            && let Some(id) = values::option::<u32>(part, "own")?
        {
            return self.own.query(id).ok_or(WebError::NoSuchPicture { id });
        }
        let number = part.as_f64().filter(|number| *number >= 0.0 && number.fract() == 0.0);
        let Some(number) = number.filter(|number| *number <= f64::from(u32::MAX)) else {
            let reason =
                "each of its parts is an embedding (Float32Array), the number of a work, or { own: number }".into();
            return Err(WebError::Option { option: "question", reason });
        };
        self.check_arrived(number as u32)?;
        Ok(self.collection().query(number as usize))
    }

    fn check_arrived(&self, number: u32) -> Result<(), WebError> {
        let collection = self.collection();
        self.check("work", number, collection.len())?;
        match collection.arrived() {
            Some(arrived) if !arrived.contains(number) => Err(WebError::NotYet { number }),
            _ => Ok(()),
        }
    }

    fn check(&self, what: &'static str, number: u32, count: usize) -> Result<(), WebError> {
        if (number as usize) < count { Ok(()) } else { Err(WebError::NotFound { what, number, count }) }
    }
}
