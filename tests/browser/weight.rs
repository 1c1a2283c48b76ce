//! What the page itself weighs, and how soon it is there over a slow network.

use std::collections::BTreeSet;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, header};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use libtest_mimic::Failed;
use serde_json::{Value, json};
use tower_http::compression::predicate::SizeAbove;
use tower_http::compression::{CompressionLayer, CompressionLevel};

use crate::page::{Page, until};
use crate::served::Served;
use crate::stage::Scene;

/// Bytes that the page may take, as a host sends them that compresses its files once and well.
const MOST: usize = 60_000;

/// Everything that a visit fetches but the WebAssembly module, the collection with its weights, and the icons for home
/// screens.
pub async fn without_module_data_and_icons_the_page_is_at_most_60_kb_of_brotli(scene: Scene) -> Result<(), Failed> {
    let site = tower_http::services::ServeDir::new(&scene.collection().site);
    let compressed = CompressionLayer::new().quality(CompressionLevel::Best).compress_when(SizeAbove::new(0));
    let served = scene
        .serve_with(Router::new().nest_service("/test/br", Router::new().fallback_service(site).layer(compressed)))?;
    scene.ready_page(&served).await?;
    let asked: BTreeSet<String> = served.record.paths().into_iter().collect();
    let other = |path: &String| {
        ["/collection/", "/models/"].iter().any(|start| path.starts_with(start))
            || [".wasm", ".png"].iter().any(|end| path.ends_with(end))
    };
    let client = Client::builder(TokioExecutor::new()).build::<_, Body>(HttpConnector::new());
    let mut weights = Vec::new();
    for path in asked.iter().filter(|path| !other(path)) {
        let address = served.url(&format!("/test/br{path}"));
        let request = Request::get(address).header(header::ACCEPT_ENCODING, "br").body(Body::empty())?;
        let answer = client.request(request).await?;
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        weights.push((to_bytes(Body::new(answer.into_body()), usize::MAX).await?.len(), path));
    }
    weights.sort();
    let all: usize = weights.iter().map(|(bytes, _)| bytes).sum();
    assert!(weights.len() > 20, "these cannot be all files of the page: {weights:#?}");
    assert!(all <= MOST, "{all} bytes are more than {MOST}: {weights:#?}");
    Ok(())
}

/// A measurement, no test: `cargo xtask bench page` runs it and writes down what it finds. Each visit is the first one.
pub async fn first_paint_and_usable_form(scene: Scene) -> Result<(), Failed> {
    let file = std::env::var_os("PRIVATE_EYE_MEASURED").ok_or("this is run by `cargo xtask bench page`")?;
    let network: Value = serde_json::from_str(&std::env::var("PRIVATE_EYE_NETWORK")?)?;
    let visits: usize = std::env::var("PRIVATE_EYE_VISITS")?.parse()?;
    let mut samples = Vec::new();
    for _ in 0..visits {
        // An address of its own has nothing in any cache.
        let served: Served = scene.serve()?;
        let page = Page::open(&scene.client, "about:blank").await?;
        page.devtools("Network.enable", json!({})).await?;
        page.devtools("Network.emulateNetworkConditions", network.clone()).await?;
        scene.client.goto(&served.url("/")).await?;
        let painted = "return performance.getEntriesByName('first-contentful-paint').length";
        until(async || Ok(page.run(painted, vec![]).await? == 1)).await?;
        // The module that takes pictures is run before this event, the first thing of it being to listen.
        let times = "const [{ domContentLoadedEventStart: usable }] = performance.getEntriesByType('navigation');
            const [{ startTime: painted }] = performance.getEntriesByName('first-contentful-paint');
            return { painted, usable }";
        samples.push(page.run(times, vec![]).await?);
    }
    let browser = scene.client.execute("return navigator.userAgent", vec![]).await?;
    std::fs::write(file, json!({ "browser": browser, "samples": samples }).to_string())?;
    Ok(())
}
