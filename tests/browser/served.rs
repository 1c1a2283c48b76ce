//! A built site over HTTP on this machine, by a server that remembers every request and can be switched off.

use std::collections::VecDeque;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::header;
use axum::middleware::{self, Next};
use axum::response::{Html, Response};
use axum::routing::get;
use futures_util::{StreamExt, stream};
use libtest_mimic::Failed;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

/// One request that arrived.
#[derive(Debug, Clone)]
#[expect(dead_code, reason = "the fields are there to be shown when an assertion fails")]
pub struct Asked {
    method: String,
    pub path: String,
    /// The part of a file that was asked for, as in the header.
    pub range: Option<String>,
    time: Instant,
}

/// What was asked of the server, in order.
#[derive(Debug, Clone, Default)]
pub struct Record(Arc<Mutex<Vec<Asked>>>);

impl Record {
    fn add(&self, request: &Request) {
        let (method, path) = (request.method().to_string(), request.uri().to_string());
        let range = request.headers().get(header::RANGE).and_then(|range| Some(range.to_str().ok()?.to_owned()));
        let asked = Asked { method, path, range, time: Instant::now() };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(asked);
    }

    pub fn all(&self) -> Vec<Asked> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub fn paths(&self) -> Vec<String> {
        self.all().into_iter().map(|asked| asked.path).collect()
    }
}

/// An address of the test's own: a page that loads nothing, on the site's origin.
pub const BLANK: &str = "/test/blank";

/// What is done to one of the site's files on its way.
#[derive(Clone)]
pub struct FlippedBit {
    /// End of the file's path.
    pub file: String,
}

/// Connections that break in the middle of one of the site's files.
#[derive(Clone)]
pub struct BrokenOff {
    /// End of the file's path.
    pub file: String,
    /// How many bytes each request for it still gets; from then on, all of them.
    pub after: Arc<Mutex<VecDeque<usize>>>,
}

#[derive(Clone)]
pub enum Harm {
    FlippedBit(FlippedBit),
    BrokenOff(BrokenOff),
}

pub struct Served {
    pub address: SocketAddr,
    pub record: Record,
    /// Owns every connection, so that letting go of it closes all of them at once, as a switched-off server does.
    runtime: Option<Runtime>,
}

impl Served {
    /// Serves the site, and `more` on paths below `/test/`.
    pub fn start(site: &Path, more: Router, harm: Option<Harm>) -> Result<Served, Failed> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let record = Record::default();
        let mut router = private_eye::serve::router(site);
        router = match harm {
            None => router,
            Some(Harm::FlippedBit(flipped)) => {
                router.layer(middleware::from_fn(move |request, next| flip_a_bit(flipped.clone(), request, next)))
            }
            Some(Harm::BrokenOff(broken)) => {
                router.layer(middleware::from_fn(move |request, next| break_off(broken.clone(), request, next)))
            }
        };
        let recorder = record.clone();
        let router = Router::new()
            .route(BLANK, get(|| async { Html("<!doctype html><title>Blank</title><link rel=icon href=data:,>") }))
            .merge(more)
            .fallback_service(router)
            .layer(middleware::from_fn(move |request: Request, next: Next| {
                recorder.add(&request);
                next.run(request)
            }));
        // In a thread of its own, because the caller may be in a runtime already, where blocking is not allowed.
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        runtime.spawn(async move {
            match TcpListener::from_std(listener) {
                Ok(listener) => drop(axum::serve(listener, router).await),
                Err(error) => eprintln!("the server does not start: {error}"),
            }
        });
        Ok(Served { address, record, runtime: Some(runtime) })
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Switches the server off: nothing listens any more and open connections break.
    pub fn stop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }

    pub fn is_off(&self) -> bool {
        std::net::TcpStream::connect(self.address).is_err()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.stop();
    }
}

async fn break_off(broken: BrokenOff, request: Request, next: Next) -> Response {
    if !request.uri().path().ends_with(&broken.file) {
        return next.run(request).await;
    }
    let (head, body) = next.run(request).await.into_parts();
    let Some(after) = broken.after.lock().unwrap_or_else(PoisonError::into_inner).pop_front() else {
        return Response::from_parts(head, body);
    };
    let bytes = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let sent = bytes.slice(..after.min(bytes.len()));
    // The pause lets the browser see what came before the break.
    let pieces = stream::once(async move { Ok(sent) }).chain(stream::once(async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        Err(std::io::Error::other("the connection breaks here"))
    }));
    Response::from_parts(head, Body::from_stream(pieces))
}

async fn flip_a_bit(flipped: FlippedBit, mut request: Request, next: Next) -> Response {
    if !request.uri().path().ends_with(&flipped.file) {
        return next.run(request).await;
    }
    // The bit is to differ in the file, not in its compressed form, which the browser itself would refuse.
    request.headers_mut().remove(header::ACCEPT_ENCODING);
    let (head, body) = next.run(request).await.into_parts();
    let mut bytes = to_bytes(body, usize::MAX).await.unwrap_or_default().to_vec();
    let middle = bytes.len() / 2;
    if let Some(byte) = bytes.get_mut(middle) {
        *byte ^= 1;
    }
    Response::from_parts(head, Body::from(bytes))
}
