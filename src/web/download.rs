//! A whole collection with its model: from the device where it was before, from the server where it was not.
//!
//! Everything comes here, in one order, whether somebody asks meanwhile or not: what is fetched can therefore not depend on
//! any question. As soon as there are a model and the first works, they can be searched. Files with a hash in their names
//! never change, so a copy on the device is used without asking the server; only `manifest.json` is asked for at every
//! visit, and the last one serves where there is no network. A newer one takes its place once everything that it names is
//! here: an update that breaks off leaves what can be searched without a network as it was.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeSet, VecDeque};
use std::rc::Rc;

use js_sys::{Array, Function, Promise, Uint8Array};
use serde::Serialize;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::{JsFuture, future_to_promise};
use web_sys::{AbortSignal, RequestCache, Url};

use super::arrival::{Arrival, Arrived, Buffers};
use super::error::WebError;
use super::fetch::{self, Body, Source};
use super::hash::sha256;
use super::patience;
use super::progress::{Origin, Progress};
use super::store::{PIECE, Store};
use super::values;
use crate::collection::{CollectionError, Loader, Manifest};
use crate::engine::Engine;
use crate::model::Model;

const MANIFEST: &str = "manifest.json";
/// No manifest is longer.
const LONGEST_MANIFEST: u64 = 16 << 20;
/// Files under way at once. Browsers allow six to one server over HTTP/1.
const LANES: usize = 4;
/// The part of the progress that is the weights file.
pub const MODEL: &str = "model";

/// A file still to come.
struct File {
    url: String,
    name: String,
    part: &'static str,
    /// As it comes.
    bytes: u64,
    /// As it lies on the device.
    unpacked: u64,
}

/// What there is to download, in bytes.
#[derive(Serialize)]
struct Size {
    /// Not on the device yet.
    missing: u64,
    total: u64,
}

/// What the collection holds by the newest manifest that can be read.
struct Newest {
    manifest: Manifest,
    sha256: String,
    /// The manifest as the server sent it just now; nothing where that of an earlier visit serves.
    sent: Option<Uint8Array>,
}

struct Download {
    store: Store,
    buffers: Buffers,
    signal: Option<AbortSignal>,
    progress: Rc<Progress>,
    waiting: RefCell<VecDeque<File>>,
    manifest: Manifest,
    /// What came before the model.
    loader: RefCell<Option<Loader>>,
    /// From then on, what has come, ready to be searched.
    engine: RefCell<Option<Rc<RefCell<Engine>>>>,
    /// Called once there is something to search.
    begin: Cell<Option<Function>>,
}

/// What to fetch.
pub struct Order {
    /// The collection's folder.
    pub url: String,
    /// Told of the progress now and then.
    pub on_progress: Function,
    pub signal: Option<AbortSignal>,
    /// Milliseconds that the server may take for the manifest, the first thing that is asked of it.
    pub patience: u32,
    /// Asked with `{ missing, total }` in bytes before anything large is fetched; what it promises is waited for.
    pub consent: Option<Function>,
}

/// A download that has brought something to search.
pub struct Begun {
    /// Gets what still comes, and is whole in the end.
    pub engine: Rc<RefCell<Engine>>,
    pub manifest_sha256: String,
    pub progress: Rc<Progress>,
    /// Resolves when everything is here.
    pub rest: Promise,
}

/// Fetches and checks everything that the ordered collection names; goes on with that by itself once there is something to
/// search.
pub async fn begin(order: Order) -> Result<Begun, JsValue> {
    let Order { url, on_progress, signal, patience, consent } = order;
    let folder = if url.ends_with('/') { url } else { format!("{url}/") };
    let store = Store::open(&folder).await;
    let url = join(MANIFEST, &folder)?;
    let Newest { manifest, sha256, sent } = newest(&store, &url, patience, signal.as_ref()).await?;
    let files = files(&manifest, &folder)?;
    if let Some(consent) = consent {
        ask(&consent, &files, &store.urls().await).await?;
    }
    let update = sent.map(|bytes| Update { files: files.iter().map(|file| file.url.clone()).collect(), url, bytes });
    let progress =
        Rc::new(Progress::new(on_progress, manifest.count, files.iter().map(|file| (file.part, file.bytes))));
    let download = Rc::new(Download {
        progress: progress.clone(),
        waiting: RefCell::new(files),
        loader: RefCell::new(Some(Loader::new(manifest.clone()))),
        manifest,
        engine: RefCell::new(None),
        begin: Cell::new(None),
        signal,
        store,
        buffers: Buffers::default(),
    });
    let begun = Promise::new(&mut |resolve, _| download.begin.set(Some(resolve)));
    let rest = future_to_promise(rest(download.clone(), update));
    JsFuture::from(Promise::race(&Array::of2(&begun, &rest))).await?;
    let engine = download.engine()?;
    Ok(Begun { engine, manifest_sha256: sha256, progress, rest })
}

/// What the device is to hold once everything is here.
struct Update {
    /// Of the manifest, with its bytes.
    url: String,
    bytes: Uint8Array,
    /// The addresses of all files that it names.
    files: BTreeSet<String>,
}

/// Brings all files and makes the collection whole. Then the device holds what the update says and nothing else; without one,
/// what is there stays: it may be what an interrupted update has brought so far.
async fn rest(download: Rc<Download>, update: Option<Update>) -> Result<JsValue, JsValue> {
    let lanes: Array = (0..LANES).map(|_| JsValue::from(future_to_promise(lane(download.clone())))).collect();
    JsFuture::from(Promise::all(&lanes)).await?;
    download.progress.report();
    download.engine()?.borrow_mut().complete().map_err(WebError::Collection)?;
    if let Some(Update { url, bytes, files: mut kept }) = update {
        download.store.put(&url, &bytes).await;
        kept.insert(url);
        download.store.keep_only(&kept).await;
    }
    Ok(JsValue::UNDEFINED)
}

/// The manifest at `url`: as the server sends it, or, where none comes that can be read, the one on the device.
async fn newest(store: &Store, url: &str, patience: u32, signal: Option<&AbortSignal>) -> Result<Newest, WebError> {
    let source = Source { url, file: MANIFEST, longest: LONGEST_MANIFEST };
    // Past the HTTP cache, where Firefox lets a request wait for an earlier one for the same file, for ever if the server
    // does not answer that: once a service worker has let a request through, Firefox goes on with it even if it is aborted.
    let fetched = async {
        let response = fetch::request(&source, 0, RequestCache::NoStore, signal).await?;
        fetch::read(&source, &response).await
    };
    let too_late = || WebError::Timeout { file: MANIFEST.to_owned(), seconds: f64::from(patience) / 1000.0 };
    let fetched = patience::within(patience, fetched).await.unwrap_or_else(|| Err(too_late()));
    let stored = store.get(url).await;
    // What is sent for whatever does not exist is no manifest, and one of a later format is for a later program than the
    // one that the service worker still serves.
    match (fetched.and_then(read), stored) {
        (Ok((manifest, bytes)), stored) => {
            if stored.is_none() {
                // So that a first visit that breaks off can be gone on with.
                store.put(url, &bytes).await;
            }
            Ok(Newest { manifest, sha256: sha256(&bytes).await, sent: Some(bytes) })
        }
        (Err(WebError::Aborted), _) => Err(WebError::Aborted),
        (Err(error), None) => Err(error),
        (Err(error), Some(stored)) => {
            let stored = fetch::read_at_once(&source, &stored).await.and_then(read);
            let (manifest, bytes) = stored.map_err(|_| error)?;
            Ok(Newest { manifest, sha256: sha256(&bytes).await, sent: None })
        }
    }
}

/// The manifest in these bytes, and the bytes.
fn read(bytes: Uint8Array) -> Result<(Manifest, Uint8Array), WebError> {
    Ok((Manifest::from_json(&bytes.to_vec())?, bytes))
}

/// The weights and every shard, each once, in the order in which they are fetched.
fn files(manifest: &Manifest, folder: &str) -> Result<VecDeque<File>, WebError> {
    let model = &manifest.model;
    let shards = manifest.files().map(|(part, shard)| (part.name(), &shard.file, shard.bytes, shard.bytes));
    let mut files: VecDeque<File> = VecDeque::new();
    for (part, name, bytes, unpacked) in [(MODEL, &model.file, model.bytes, model.unpacked)].into_iter().chain(shards) {
        // Shards with the same content have the same name.
        if files.iter().all(|file| file.name != *name) {
            files.push_back(File { url: join(name, folder)?, name: name.clone(), part, bytes, unpacked });
        }
    }
    Ok(files)
}

/// Waits for the consent to fetch what is not on the device yet, if there is any.
async fn ask(consent: &Function, files: &VecDeque<File>, stored: &BTreeSet<String>) -> Result<(), JsValue> {
    let size = |wanted: &dyn Fn(&File) -> bool| {
        files.iter().filter(|file| wanted(file)).map(|file| file.bytes).fold(0, u64::saturating_add)
    };
    let size = Size { missing: size(&|file| !stored.contains(&file.url)), total: size(&|_| true) };
    if size.missing > 0 {
        let answer = consent.call1(&JsValue::NULL, &values::to_js(&size)?)?;
        JsFuture::from(Promise::resolve(&answer)).await?;
    }
    Ok(())
}

fn join(file: &str, folder: &str) -> Result<String, WebError> {
    let url = Url::new_with_base(file, folder);
    url.map(|url| url.href()).map_err(|_| WebError::Option { option: "url", reason: format!("{folder} is no address") })
}

/// Takes one waiting file after the other. The first failure ends all lanes.
async fn lane(download: Rc<Download>) -> Result<JsValue, JsValue> {
    loop {
        let Some(file) = download.waiting.borrow_mut().pop_front() else { return Ok(JsValue::UNDEFINED) };
        if let Err(error) = download.bring(&file).await {
            download.waiting.borrow_mut().clear();
            return Err(error.into());
        }
    }
}

impl Download {
    /// Brings a file from wherever it is and takes it in.
    async fn bring(&self, file: &File) -> Result<(), WebError> {
        let source = Source { url: &file.url, file: &file.name, longest: file.bytes };
        let counted = Cell::new(0);
        let count = |origin, bytes: i64| {
            counted.set(counted.get() + bytes);
            match u64::try_from(bytes) {
                Ok(bytes) => self.progress.add(file.part, origin, bytes),
                Err(_) => self.progress.take_back(file.part, bytes.unsigned_abs()),
            }
        };
        let start_again = || self.progress.take_back(file.part, counted.take().unsigned_abs());
        if let Some(response) = self.store.get(&file.url).await {
            // What is packed for the way lies here unpacked.
            let stored = Source { longest: file.unpacked, ..source };
            if let Ok(bytes) = fetch::read_at_once(&stored, &response).await {
                count(Origin::Device, file.bytes as i64);
                if self.take(file, &bytes).await.is_ok() {
                    return Ok(());
                }
            }
            // What lies on the device went bad: fetch it anew.
            self.store.remove(&file.url).await;
            start_again();
        }
        // The HTTP cache would only hold a second copy of what is stored here.
        let first = if self.store.keeps() { RequestCache::NoStore } else { RequestCache::Default };
        for (cache, last) in [(first, false), (RequestCache::Reload, true)] {
            let taken = match self.fetch(file, &source, cache, &count).await {
                Ok(bytes) => self.take(file, &bytes).await.map(|()| bytes),
                Err(error) => Err(error),
            };
            match taken {
                Ok(bytes) => {
                    self.store.put(&file.url, &bytes).await;
                    self.buffers.give_back(&bytes);
                    self.store.remove_pieces(&file.url, file.bytes as usize / PIECE).await;
                    return Ok(());
                }
                Err(error) if last || !error.is_damage() => return Err(error),
                Err(_) => {
                    self.store.remove_pieces(&file.url, file.bytes as usize / PIECE).await;
                    start_again();
                }
            }
        }
        Ok(())
    }

    /// Fetches a file from the server, but for what an interrupted download left on the device. A connection that breaks
    /// is taken up again where it broke, as long as something comes each time.
    async fn fetch(
        &self,
        file: &File,
        source: &Source<'_>,
        cache: RequestCache,
        count: &impl Fn(Origin, i64),
    ) -> Result<Uint8Array, WebError> {
        let model = (file.part == MODEL).then_some(&self.manifest.model);
        let mut arrival = Arrival::new(self.buffers.take(source.longest), model);
        while let Some(piece) = self.store.piece(source.url, arrival.len() / PIECE).await {
            if (arrival.len() + PIECE) as u64 > source.longest {
                break;
            }
            arrival.append_kept(&piece);
        }
        count(Origin::Device, arrival.len() as i64);
        while (arrival.len() as u64) < source.longest {
            let before = arrival.len();
            match self.go_on(source, cache, count, &mut arrival).await {
                Ok(()) => break,
                Err(WebError::Network { .. }) if arrival.len() > before => {}
                Err(error) => return Err(error),
            }
        }
        Ok(arrival.finish()?)
    }

    /// Takes what the server sends from where the arrival ends on, and keeps each piece that becomes complete.
    async fn go_on(
        &self,
        source: &Source<'_>,
        cache: RequestCache,
        count: &impl Fn(Origin, i64),
        arrival: &mut Arrival<'_>,
    ) -> Result<(), WebError> {
        let from = arrival.len() as u64;
        let response = fetch::request(source, from, cache, self.signal.as_ref()).await?;
        if fetch::begins_at(&response) != from {
            count(Origin::Device, -(from as i64));
            arrival.begin_again();
        }
        let mut body = Body::new(source, &response, arrival.len() as u64);
        while let Some(piece) = body.next().await? {
            arrival.append(&piece);
            count(Origin::Network, i64::from(piece.length()));
            while let Some((number, piece)) = arrival.take_piece() {
                self.store.put_piece(source.url, number, &piece).await;
            }
        }
        Ok(())
    }

    /// Believes the bytes only if their length and hash are those of the manifest.
    async fn take(&self, file: &File, bytes: &Uint8Array) -> Result<(), WebError> {
        let sha256 = sha256(bytes).await;
        if file.part == MODEL {
            self.manifest.model.verify(&sha256)?;
            self.seat(Model::from_hashed_bytes(&bytes.to_vec(), sha256)?)?;
        } else if let Some(loader) = self.loader.borrow_mut().as_mut() {
            loader.add_hashed(&file.name, &Arrived(bytes), &sha256)?;
        } else if let Some(loader) = self.engine()?.borrow_mut().loader() {
            loader.add_hashed(&file.name, &Arrived(bytes), &sha256)?;
        }
        self.tell();
        Ok(())
    }

    /// The model is here: what has come can be searched, and so can what will.
    fn seat(&self, model: Model) -> Result<(), WebError> {
        if let Some(loader) = self.loader.take() {
            let engine = Engine::arriving(model, loader)?;
            *self.engine.borrow_mut() = Some(Rc::new(RefCell::new(engine)));
        }
        Ok(())
    }

    /// Tells how many works can be searched, and when the first can.
    fn tell(&self) {
        let Some(engine) = self.engine.borrow().clone() else { return };
        let searchable = engine.borrow().searchable();
        self.progress.set_searchable(searchable);
        if searchable.works > 0
            && let Some(begin) = self.begin.take()
        {
            // What resolves a promise never throws.
            let _ = begin.call0(&JsValue::UNDEFINED);
        }
    }

    fn engine(&self) -> Result<Rc<RefCell<Engine>>, WebError> {
        let missing = || CollectionError::Missing { file: self.manifest.model.file.clone() };
        Ok(self.engine.borrow().clone().ok_or_else(missing)?)
    }
}
