//! SHA-256 by the browser, whose code for it uses the processor's own instructions and another thread.

use js_sys::{Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::Crypto;

use crate::hash::{self, hex};

/// SHA-256 in lower-case hex. Browsers offer it on secure addresses only; elsewhere it is computed here.
pub async fn sha256(bytes: &Uint8Array) -> String {
    match by_browser(bytes).await {
        Ok(digest) => hex(&digest),
        Err(_) => hash::sha256(&bytes.to_vec()),
    }
}

async fn by_browser(bytes: &Uint8Array) -> Result<Vec<u8>, JsValue> {
    let crypto: Crypto = Reflect::get(&js_sys::global(), &"crypto".into())?.dyn_into()?;
    let subtle = Reflect::get(&crypto, &"subtle".into())?.dyn_into::<web_sys::SubtleCrypto>()?;
    // The browser takes a copy of the bytes before it returns the promise.
    let digest = JsFuture::from(subtle.digest_with_str_and_buffer_source("SHA-256", bytes)?).await?;
    Ok(Uint8Array::new(&digest).to_vec())
}
