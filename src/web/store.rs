//! Files that stay on the device, in the browser's Cache API: one cache for each collection.
//!
//! Only files whose bytes were checked are kept, so what is found here was whole when it was stored. A device without
//! room, or an address without a Cache API (plain HTTP), only means fetching again at the next visit; nothing here
//! fails.

use std::collections::BTreeSet;

use js_sys::{Array, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Cache, CacheStorage, Request, Response};

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

    pub async fn put(&self, url: &str, bytes: &[u8]) {
        let Some(cache) = &self.cache else { return };
        let body = Uint8Array::from(bytes);
        if let Ok(response) = Response::new_with_opt_buffer_source(Some(&body)) {
            // A refusal means no room.
            let _ = JsFuture::from(cache.put_with_str(url, &response)).await;
        }
    }

    pub async fn remove(&self, url: &str) {
        if let Some(cache) = &self.cache {
            let _ = JsFuture::from(cache.delete_with_str(url)).await;
        }
    }

    /// Removes what an older state of the collection left behind.
    pub async fn keep_only(&self, urls: &BTreeSet<String>) {
        let Some(cache) = &self.cache else { return };
        let Ok(kept) = JsFuture::from(cache.keys()).await else { return };
        for request in Array::from(&kept).iter().filter_map(|kept| kept.dyn_into::<Request>().ok()) {
            if !urls.contains(&request.url()) {
                self.remove(&request.url()).await;
            }
        }
    }
}

async fn open(name: &str) -> Result<Cache, JsValue> {
    let caches = Reflect::get(&js_sys::global(), &"caches".into())?.dyn_into::<CacheStorage>()?;
    JsFuture::from(caches.open(name)).await?.dyn_into()
}
