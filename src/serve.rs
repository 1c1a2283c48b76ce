//! A built site over HTTP, for trying it out and for the browser tests.
//!
//! Any static host serves a site just as well; this one adds nothing that a site needs.

use axum::{
    Router,
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    middleware::{self, Next},
    response::Response,
};
use std::path::Path;
use tower_http::{
    compression::{
        CompressionLayer, CompressionLevel,
        predicate::{DefaultPredicate, NotForContentType, Predicate},
    },
    services::ServeDir,
};

/// What may be kept for ever: a file whose name tells its content.
const IMMUTABLE: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// What must be asked for again: everything else.
const NO_CACHE: HeaderValue = HeaderValue::from_static("no-cache");
/// The service worker. The page asks for it before it says "ready", and the browser asks once more a moment later:
/// that second time it should find an answer at home.
const FOR_A_MINUTE: HeaderValue = HeaderValue::from_static("max-age=60");

/// A router that serves the files below `dir` and nothing else.
///
/// Text and WebAssembly are compressed; weights, vectors and pictures hardly shrink and go out as they are. Files with
/// a hash in their name may be cached for ever, the service worker for a minute, all others are revalidated.
pub fn router(dir: impl AsRef<Path>) -> Router {
    let worth_it = DefaultPredicate::new().and(NotForContentType::const_new("application/octet-stream"));
    Router::new()
        .fallback_service(ServeDir::new(dir))
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest).compress_when(worth_it))
        .layer(middleware::from_fn(set_headers))
}

async fn set_headers(request: Request, next: Next) -> Response {
    let cache = may_be_kept(request.uri().path());
    let mut response = next.run(request).await;
    let answered = response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED;
    let cache = if answered { cache } else { NO_CACHE };
    response.headers_mut().insert(header::CACHE_CONTROL, cache);
    response.headers_mut().insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

fn may_be_kept(path: &str) -> HeaderValue {
    match path {
        "/sw.js" => FOR_A_MINUTE,
        path if is_hash_named(path) => IMMUTABLE,
        _ => NO_CACHE,
    }
}

/// Whether a path ends like `vectors-0123456789abcdef.safetensors`.
fn is_hash_named(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    let stem = name.split('.').next().unwrap_or_default();
    stem.rsplit_once('-')
        .is_some_and(|(_, hash)| hash.len() == 16 && hash.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_that_end_in_a_hash_may_be_cached_for_ever() {
        assert!(is_hash_named("/collection/vectors-0123456789abcdef.safetensors"));
        for path in ["/", "/index.html", "/www/private-eye.js", "/a-0123456789ABCDEF.json", "/a-0123456789abcde.json"] {
            assert!(!is_hash_named(path), "{path}");
        }
    }
}
