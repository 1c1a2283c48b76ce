//! One's own pictures in the browser: what the worker does with them. Where the files lie, and who may write them at which
//! time, is the business of `www/own/keeping.js`.

use js_sys::{Array, Float32Array, Object, Reflect, Uint8Array};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use wasm_bindgen::prelude::*;

use super::arrival::Arrived;
use super::error::WebError;
use super::hash::sha256;
use super::{Eye, values};
use crate::collection::{Collection, CollectionError, EmbeddingKind, Loader, Manifest};
use crate::image::Look;
use crate::model::Model;
use crate::own::{Addition, Duplicates, Kept, NewFile, OwnError, Prepared, Saved};

/// Pictures become vectors and thumbnails, in a worker of the pool.
#[wasm_bindgen]
pub struct Embedder {
    model: Model,
    kind: EmbeddingKind,
    looks: Vec<Look>,
}

#[wasm_bindgen]
impl Embedder {
    /// `weights` as they lie on the device; `kind` as [`Eye::own_kind`] gives it, with their SHA-256, which is checked.
    pub async fn open(weights: Uint8Array, kind: JsValue) -> Result<Embedder, JsValue> {
        let Kind { sha256: expected, raw, looks, .. } = serde_wasm_bindgen::from_value(kind)
            .map_err(|error| WebError::Option { option: "kind", reason: error.to_string() })?;
        let looks = looks.iter().map(|look| look.parse()).collect::<Result<Vec<Look>, _>>();
        let looks = looks.map_err(|error| WebError::Option { option: "looks", reason: error.to_string() })?;
        let got = sha256(&weights).await;
        if got != expected {
            return Err(WebError::Collection(CollectionError::Hash { file: "the weights".into() }).into());
        }
        let model = Model::from_hashed_bytes(&weights.to_vec(), got).map_err(WebError::Model)?;
        Ok(Embedder { model, kind: if raw { EmbeddingKind::Raw } else { EmbeddingKind::Normalized }, looks })
    }

    /// What is kept of the picture in the bytes of a file: `{ vectors, thumbnail }`.
    pub fn prepare(&self, bytes: &[u8]) -> Result<Object, JsValue> {
        prepared(&self.model, bytes, self.kind, &self.looks)
    }
}

fn prepared(model: &Model, bytes: &[u8], kind: EmbeddingKind, looks: &[Look]) -> Result<Object, JsValue> {
    let Prepared { vectors, thumbnail } = Prepared::new(model, bytes, kind, looks).map_err(WebError::Engine)?;
    object(&[
        ("vectors", Float32Array::from(vectors.as_slice()).into()),
        ("thumbnail", Uint8Array::from(thumbnail.as_slice()).into()),
    ])
}

/// SHA-256 in lower-case hex.
#[wasm_bindgen]
pub async fn hash(bytes: Uint8Array) -> String {
    sha256(&bytes).await
}

/// A collection on its way from files that were kept or exported.
#[wasm_bindgen]
pub struct Coming {
    loader: Loader,
}

#[wasm_bindgen]
impl Coming {
    #[wasm_bindgen(constructor)]
    pub fn new(manifest: &[u8]) -> Result<Coming, JsValue> {
        let manifest = Manifest::from_json(manifest).map_err(WebError::Collection)?;
        Ok(Coming { loader: Loader::new(manifest) })
    }

    /// Names of the files that the manifest names.
    pub fn files(&self) -> Array {
        self.loader.manifest().files().map(|(_, shard)| JsValue::from(&shard.file)).collect()
    }

    /// Takes a file, if its length and its hash are right.
    pub async fn add(&mut self, name: String, bytes: Uint8Array) -> Result<(), JsValue> {
        let hash = sha256(&bytes).await;
        Ok(self.loader.add_hashed(&name, &Arrived(&bytes), &hash).map_err(WebError::Collection)?)
    }
}

impl Coming {
    fn finish(self) -> Result<Collection, WebError> {
        Ok(self.loader.finish()?)
    }
}

/// How pictures become vectors.
#[derive(Serialize, Deserialize)]
struct Kind {
    /// The weights, relative to the collection.
    file: String,
    sha256: String,
    raw: bool,
    looks: Vec<String>,
    key: String,
}

/// What there is to keep of a picture.
#[derive(Deserialize)]
struct Given {
    file: String,
    added: String,
    sha256: String,
}

#[derive(Serialize)]
struct OwnItem<'a> {
    id: u32,
    #[serde(flatten)]
    record: &'a Map<String, Value>,
}

#[derive(Serialize)]
struct Counts {
    added: usize,
    known: usize,
}

#[derive(Serialize)]
struct Sizes {
    count: usize,
    bytes: u64,
}

#[wasm_bindgen]
impl Eye {
    /// What an [`Embedder`] must be, and a name for what may be kept together: `{ file, sha256, raw, looks, key }`.
    pub fn own_kind(&self) -> Result<JsValue, JsValue> {
        let collection = self.collection();
        let manifest = collection.manifest();
        let kind = Kind {
            file: manifest.model.file.clone(),
            sha256: manifest.model.id.sha256.clone(),
            raw: manifest.embedding == EmbeddingKind::Raw,
            looks: manifest.looks().iter().map(|look| look.name()).collect(),
            key: self.own.key(),
        };
        Ok(values::to_js(&kind)?)
    }

    /// `{ count, bytes }`.
    pub fn own_info(&self) -> Result<JsValue, JsValue> {
        Ok(values::to_js(&Sizes { count: self.own.len(), bytes: self.own.bytes() })?)
    }

    /// The SHA-256 of every file that is here.
    pub fn own_hashes(&self) -> Array {
        self.own.hashes().map(JsValue::from).collect()
    }

    /// The same as [`Embedder::prepare`], for browsers in which no worker of a pool gets the weights.
    pub fn own_prepare(&self, bytes: &[u8]) -> Result<Object, JsValue> {
        let engine = self.engine.borrow();
        let manifest = engine.collection().manifest();
        prepared(engine.model(), bytes, manifest.embedding, manifest.looks())
    }

    /// Adds a picture: `{ file, added, sha256, vectors, thumbnail }`; false where it was here already.
    pub fn own_add(&mut self, picture: &JsValue) -> Result<bool, JsValue> {
        let given: Given = serde_wasm_bindgen::from_value(picture.clone())
            .map_err(|error| WebError::Option { option: "picture", reason: error.to_string() })?;
        let vectors = Float32Array::new(&Reflect::get(picture, &"vectors".into())?).to_vec();
        let thumbnail = Uint8Array::new(&Reflect::get(picture, &"thumbnail".into())?).to_vec();
        let kept = Kept { vectors, thumbnail, sha256: given.sha256 };
        let addition = self.own.add(&given.file, &given.added, &kept).map_err(WebError::Own)?;
        Ok(addition != Addition::Known)
    }

    /// What is to be written: `{ manifest, files: [{ name, bytes }], names }`; without a manifest where nothing is left. The
    /// files count as written from now on.
    pub fn own_save(&mut self) -> Result<Object, JsValue> {
        let Saved { manifest, files, names } = self.own.save().map_err(WebError::Own)?;
        let files: Array = files
            .into_iter()
            .map(|NewFile { name, bytes }| {
                object(&[("name", name.into()), ("bytes", Uint8Array::from(bytes.as_slice()).into())])
            })
            .collect::<Result<_, _>>()?;
        let names: Array = names.into_iter().map(JsValue::from).collect();
        let manifest = manifest.map_or(JsValue::NULL, JsValue::from);
        object(&[("manifest", manifest), ("files", files.into()), ("names", names.into())])
    }

    /// Puts what was kept in the place of what is here.
    pub fn own_restore(&mut self, kept: Coming) -> Result<(), JsValue> {
        let kept = kept.finish()?;
        Ok(self.own.restore(&kept).map_err(WebError::Own)?)
    }

    /// Adds what was exported: `{ added, known }`.
    pub fn own_import(&mut self, exported: Coming) -> Result<JsValue, JsValue> {
        let exported = exported.finish()?;
        let (added, known) = self.own.import(&exported).map_err(WebError::Own)?;
        Ok(values::to_js(&Counts { added, known })?)
    }

    /// Tells how many of these numbers there were.
    pub fn own_remove(&mut self, ids: Vec<u32>) -> Result<usize, JsValue> {
        Ok(self.own.remove(&ids).map_err(WebError::Own)?)
    }

    pub fn own_clear(&mut self) -> Result<(), JsValue> {
        Ok(self.own.clear().map_err(WebError::Own)?)
    }

    /// The records of `count` pictures from a place on.
    pub fn own_items(&self, from: usize, count: usize) -> Result<JsValue, JsValue> {
        let items = self.own.items().enumerate().skip(from).take(count);
        let items: Vec<OwnItem> =
            items.map(|(place, item)| OwnItem { id: self.own.id(place), record: item.record() }).collect();
        Ok(values::to_js(&items)?)
    }

    pub fn own_thumbnail(&self, id: u32) -> Result<Uint8Array, JsValue> {
        let missing = WebError::NoSuchPicture { id };
        Ok(Uint8Array::from(self.own.thumbnail(id).ok_or(missing)?))
    }

    /// Begins to look for the same pictures among one's own.
    pub fn own_duplicates(&self, threshold: Option<f32>) -> Result<Alike, JsValue> {
        if threshold.is_some_and(|threshold| !threshold.is_finite()) {
            return Err(WebError::Option { option: "threshold", reason: "it is no number".into() }.into());
        }
        let duplicates =
            Duplicates::new(&self.own, threshold).map_err(|error| WebError::Own(OwnError::Index(error)))?;
        Ok(Alike { duplicates })
    }
}

/// A search for duplicates under way.
#[wasm_bindgen]
pub struct Alike {
    duplicates: Duplicates,
}

#[derive(Serialize)]
struct Twin {
    id: u32,
    score: f32,
}

#[wasm_bindgen]
impl Alike {
    pub fn total(&self) -> usize {
        self.duplicates.total()
    }

    /// Compares the next so many pictures with all others; gives how many have been compared.
    pub fn go_on(&mut self, pictures: usize) -> Result<usize, JsValue> {
        self.duplicates.go_on(pictures).map_err(|error| WebError::Own(OwnError::Index(error)))?;
        Ok(self.duplicates.done())
    }

    /// `[[{ id, score }]]`.
    pub fn groups(&self) -> Result<JsValue, JsValue> {
        let groups: Vec<Vec<Twin>> = self
            .duplicates
            .groups()
            .into_iter()
            .map(|group| group.into_iter().map(|(id, score)| Twin { id, score }).collect())
            .collect();
        Ok(values::to_js(&groups)?)
    }
}

fn object(fields: &[(&str, JsValue)]) -> Result<Object, JsValue> {
    let object = Object::new();
    for (name, value) in fields {
        Reflect::set(&object, &(*name).into(), value)?;
    }
    Ok(object)
}
