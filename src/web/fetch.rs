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

/// Requests a file from its byte `from` on from the server (or the browser's HTTP cache, as `cache` says). A server that
/// knows no parts of files sends the whole; [`begins_at`] tells.
pub async fn request(
    source: &Source<'_>,
    from: u64,
    cache: RequestCache,
    signal: Option<&AbortSignal>,
) -> Result<Response, WebError> {
    let init = RequestInit::new();
    init.set_cache(cache);
    init.set_signal(signal);
    let request = Request::new_with_str_and_init(source.url, &init).map_err(|error| failed(source, &error))?;
    if from > 0 {
        let range = format!("bytes={from}-");
        request.headers().set("range", &range).map_err(|error| failed(source, &error))?;
    }
    let scope = js_sys::global().unchecked_into::<WorkerGlobalScope>();
    let response = JsFuture::from(scope.fetch_with_request(&request)).await.map_err(|error| failed(source, &error))?;
    let response = response.dyn_into::<Response>().map_err(|other| failed(source, &other))?;
    if !response.ok() {
        return Err(WebError::Status { file: source.file.to_owned(), status: response.status() });
    }
    Ok(response)
}

/// The byte of the file with which the body of a response begins.
pub fn begins_at(response: &Response) -> u64 {
    const PARTIAL: u16 = 206;
    let range = || response.headers().get("content-range").ok().flatten();
    let first = |range: String| range.strip_prefix("bytes ")?.split('-').next()?.parse().ok();
    if response.status() == PARTIAL { range().and_then(first).unwrap_or(0) } else { 0 }
}

/// The body of a response, piece by piece as it arrives.
pub struct Body<'a> {
    source: &'a Source<'a>,
    reader: Option<ReadableStreamDefaultReader>,
    /// Bytes that the file may still have.
    left: u64,
}

impl<'a> Body<'a> {
    /// What follows the first `from` bytes of the file.
    pub fn new(source: &'a Source<'a>, response: &Response, from: u64) -> Body<'a> {
        let reader = response.body().map(|body| body.get_reader().unchecked_into());
        Body { source, reader, left: source.longest.saturating_sub(from) }
    }

    /// The next piece; nothing at the end.
    pub async fn next(&mut self) -> Result<Option<Uint8Array>, WebError> {
        let Some(reader) = &self.reader else { return Ok(None) };
        let piece = JsFuture::from(reader.read()).await.map_err(|error| failed(self.source, &error))?;
        // The last piece is `{ done: true, value: undefined }`.
        let value = Reflect::get(&piece, &"value".into()).ok().and_then(|value| value.dyn_into::<Uint8Array>().ok());
        let Some(piece) = value else { return Ok(None) };
        match self.left.checked_sub(u64::from(piece.length())) {
            Some(left) => self.left = left,
            None => {
                let _ = reader.cancel();
                return Err(WebError::TooLong { file: self.source.file.to_owned(), expected: self.source.longest });
            }
        }
        Ok(Some(piece))
    }
}

/// The whole body of a response.
pub async fn read(source: &Source<'_>, response: &Response) -> Result<Uint8Array, WebError> {
    let mut bytes = Vec::new();
    let mut body = Body::new(source, response, 0);
    while let Some(piece) = body.next().await? {
        bytes.extend(piece.to_vec());
    }
    Ok(Uint8Array::from(bytes.as_slice()))
}

/// The body of a response that lies on the device: all at once, which is several times faster than piece by piece.
pub async fn read_at_once(source: &Source<'_>, response: &Response) -> Result<Uint8Array, WebError> {
    let buffer = response.array_buffer().map_err(|error| failed(source, &error))?;
    let bytes = Uint8Array::new(&JsFuture::from(buffer).await.map_err(|error| failed(source, &error))?);
    if u64::from(bytes.length()) > source.longest {
        return Err(WebError::TooLong { file: source.file.to_owned(), expected: source.longest });
    }
    Ok(bytes)
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
