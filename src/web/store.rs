//! Files that stay on the device, in the browser's Cache API: one cache for each collection.
//!
//! Only files whose bytes were checked are kept, so what is found here was whole when it was stored; and pieces of files
//! that are still on their way, so that a download that broke off need not begin anew. A device without
//! room, or an address without a Cache API (plain HTTP), only means fetching again at the next visit; nothing here
//! fails.

use std::collections::BTreeSet;

use js_sys::{Array, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Cache, CacheStorage, Request, Response};

/// Bytes of a piece of a file that is still on its way.
pub const PIECE: usize = 1 << 20;

pub struct Store {
    cache: Option<Cache>,
}

impl Store {
    /// The store of the collection at `url`.
    pub async fn open(url: &str) -> Store {
        Store { cache: open(&format!("private-eye collection {url}")).await.ok() }
    }

    /// Whether files stay on the device at all.
    pub fn keeps(&self) -> bool {
        self.cache.is_some()
    }

    pub async fn get(&self, url: &str) -> Option<Response> {
        let found = JsFuture::from(self.cache.as_ref()?.match_with_str(url)).await.ok()?;
        found.dyn_into().ok()
    }

    /// Begins to keep a file; the result waits until that is done.
    pub fn put(&self, url: &str, bytes: &Uint8Array) -> impl Future<Output = ()> + use<> {
        let response = Response::new_with_opt_buffer_source(Some(bytes));
        let kept = self.cache.as_ref().zip(response.ok()).map(|(cache, response)| cache.put_with_str(url, &response));
        async {
            if let Some(kept) = kept {
                // A refusal means no room.
                let _ = JsFuture::from(kept).await;
            }
        }
    }

    /// One piece of a file that an interrupted download left here: [`PIECE`] bytes.
    pub async fn piece(&self, url: &str, number: usize) -> Option<Uint8Array> {
        let buffer = self.get(&piece(url, number)).await?.array_buffer().ok()?;
        let piece = Uint8Array::new(&JsFuture::from(buffer).await.ok()?);
        (piece.length() as usize == PIECE).then_some(piece)
    }

    /// Keeps a piece of a file that is not complete yet.
    pub async fn put_piece(&self, url: &str, number: usize, bytes: &Uint8Array) {
        self.put(&piece(url, number), bytes).await;
    }

    /// Forgets the pieces of a file, of which there are at most this many.
    pub async fn remove_pieces(&self, url: &str, count: usize) {
        for number in 0..count {
            self.remove(&piece(url, number)).await;
        }
    }

    /// The addresses of everything that is here.
    pub async fn urls(&self) -> BTreeSet<String> {
        let Some(cache) = &self.cache else { return BTreeSet::new() };
        let Ok(kept) = JsFuture::from(cache.keys()).await else { return BTreeSet::new() };
        Array::from(&kept).iter().filter_map(|kept| Some(kept.dyn_into::<Request>().ok()?.url())).collect()
    }

    pub async fn remove(&self, url: &str) {
        if let Some(cache) = &self.cache {
            let _ = JsFuture::from(cache.delete_with_str(url)).await;
        }
    }

    /// Removes what an older state of the collection left behind.
    pub async fn keep_only(&self, urls: &BTreeSet<String>) {
        for url in self.urls().await.difference(urls) {
            self.remove(url).await;
        }
    }
}

/// Where a piece lies: at an address that nobody asks a server for.
fn piece(url: &str, number: usize) -> String {
    format!("{url}?piece={number}")
}

async fn open(name: &str) -> Result<Cache, JsValue> {
    let caches = Reflect::get(&js_sys::global(), &"caches".into())?.dyn_into::<CacheStorage>()?;
    JsFuture::from(caches.open(name)).await?.dyn_into()
}
