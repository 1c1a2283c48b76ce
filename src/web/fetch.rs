//! One file over HTTP, as a stream, so that progress can be shown and a file that is too long is cut off.

use js_sys::{Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortSignal, ReadableStreamDefaultReader, Request, RequestCache, RequestInit, Response, WorkerGlobalScope,
};

use super::error::WebError;

/// What is fetched, and how it is called in messages.
pub struct Source<'a> {
    pub url: &'a str,
    /// The file as the manifest names it.
    pub file: &'a str,
    /// The file has at most this many bytes.
    pub longest: u64,
}

/// Requests a file from the server (or the browser's HTTP cache, as `cache` says).
pub async fn request(
    source: &Source<'_>,
    cache: RequestCache,
    signal: Option<&AbortSignal>,
) -> Result<Response, WebError> {
    let init = RequestInit::new();
    init.set_cache(cache);
    init.set_signal(signal);
    let request = Request::new_with_str_and_init(source.url, &init).map_err(|error| failed(source, &error))?;
    let scope = js_sys::global().unchecked_into::<WorkerGlobalScope>();
    let response = JsFuture::from(scope.fetch_with_request(&request)).await.map_err(|error| failed(source, &error))?;
    let response = response.dyn_into::<Response>().map_err(|other| failed(source, &other))?;
    if !response.ok() {
        return Err(WebError::Status { file: source.file.to_owned(), status: response.status() });
    }
    Ok(response)
}

/// The body of a response, with `on_bytes` told the length of each piece that arrives.
pub async fn read(source: &Source<'_>, response: &Response, on_bytes: impl Fn(u64)) -> Result<Vec<u8>, WebError> {
    let Some(body) = response.body() else { return Ok(Vec::new()) };
    let reader = body.get_reader().unchecked_into::<ReadableStreamDefaultReader>();
    // Growing step by step would leave holes in a memory that never shrinks.
    let announced = response.headers().get("content-length").ok().flatten().and_then(|length| length.parse().ok());
    let mut bytes = Vec::with_capacity(source.longest.min(announced.unwrap_or(0)) as usize);
    loop {
        let piece = JsFuture::from(reader.read()).await.map_err(|error| failed(source, &error))?;
        let Ok(piece) = Reflect::get(&piece, &"value".into()) else { return Ok(bytes) };
        // The last piece is `{ done: true, value: undefined }`.
        let Ok(piece) = piece.dyn_into::<Uint8Array>() else { return Ok(bytes) };
        if bytes.len() as u64 + u64::from(piece.length()) > source.longest {
            let _ = reader.cancel();
            return Err(WebError::TooLong { file: source.file.to_owned(), expected: source.longest });
        }
        let start = bytes.len();
        bytes.resize(start + piece.length() as usize, 0);
        piece.copy_to(&mut bytes[start..]);
        on_bytes(u64::from(piece.length()));
    }
}

/// The body of a response that lies on the device: all at once, which is several times faster than piece by piece.
pub async fn read_at_once(source: &Source<'_>, response: &Response) -> Result<Vec<u8>, WebError> {
    let buffer = response.array_buffer().map_err(|error| failed(source, &error))?;
    let bytes = Uint8Array::new(&JsFuture::from(buffer).await.map_err(|error| failed(source, &error))?);
    if u64::from(bytes.length()) > source.longest {
        return Err(WebError::TooLong { file: source.file.to_owned(), expected: source.longest });
    }
    Ok(bytes.to_vec())
}

/// Why a request or a stream broke: `fetch` rejects with an `AbortError` or with a `TypeError` that says little.
fn failed(source: &Source<'_>, error: &JsValue) -> WebError {
    let text = |key: &str| Reflect::get(error, &key.into()).ok().and_then(|value| value.as_string());
    let file = source.file.to_owned();
    if text("name").is_some_and(|name| name == "AbortError") {
        return WebError::Aborted;
    }
    let scope = js_sys::global().unchecked_into::<WorkerGlobalScope>();
    if !scope.navigator().on_line() {
        return WebError::Offline { file };
    }
    WebError::Network { file, reason: text("message").unwrap_or_else(|| "the connection broke".to_owned()) }
}
