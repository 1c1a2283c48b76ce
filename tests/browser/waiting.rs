//! Downloads that take long, break off, or cost money.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::http::header::CONTENT_TYPE;
use axum::routing::get;
use libtest_mimic::Failed;
use serde_json::json;
use tokio::sync::watch;

use crate::page::{Page, until};
use crate::served::{BLANK, BrokenOff, Served};
use crate::stage::Scene;

const MEGABYTE: usize = 1 << 20;

/// The name of the weights, the longest file.
fn weights(scene: &Scene) -> Result<String, Failed> {
    let file = scene.collection().manifest["model"]["file"].as_str().ok_or("the manifest names no weights")?;
    Ok(file.rsplit('/').next().unwrap_or(file).to_owned())
}

/// With which byte each request for the file began.
fn begins(served: &Served, file: &str) -> Vec<usize> {
    let asked = served.record.all().into_iter().filter(|asked| asked.path.ends_with(file));
    let first = |range: String| range.strip_prefix("bytes=")?.strip_suffix('-')?.parse().ok();
    asked.map(|asked| asked.range.and_then(first).unwrap_or(0)).collect()
}

pub async fn a_connection_that_breaks_is_taken_up_again_where_it_broke(scene: Scene) -> Result<(), Failed> {
    let file = weights(&scene)?;
    let after = Arc::new(Mutex::new([3 * MEGABYTE + 5000, MEGABYTE].into()));
    let served = scene.serve_broken_off(BrokenOff { file: file.clone(), after })?;
    scene.ready_page(&served).await?;
    let begins = begins(&served, &file);
    assert!(matches!(begins[..], [0, first, second] if first > 0 && second > first), "{begins:?}");
    Ok(())
}

pub async fn a_download_that_broke_off_goes_on_at_the_next_visit(scene: Scene) -> Result<(), Failed> {
    let file = weights(&scene)?;
    // The second request gets nothing at all, so the page gives up.
    let after = Arc::new(Mutex::new([3 * MEGABYTE + 5000, 0].into()));
    let served = scene.serve_broken_off(BrokenOff { file: file.clone(), after })?;
    let page = Page::open(&scene.client, &served.url("/")).await?;
    let (code, text) = page.error().await?;
    assert!(code == "Network" && text.contains(&file), "{code}: {text}");

    page.reload().await?;
    page.wait_for_state("ready").await?;
    let begins = begins(&served, &file);
    assert_eq!(begins.len(), 3, "{begins:?}");
    assert!(begins[2] >= MEGABYTE && begins[2].is_multiple_of(MEGABYTE), "whole pieces were kept: {begins:?}");
    let left = "const cache = await caches.open((await caches.keys()).find((name) => name.includes('collection')));
        return (await cache.keys()).filter(({ url }) => url.includes('piece')).length";
    assert_eq!(page.run(left, vec![]).await?, 0, "the pieces are gone once the file is whole");
    Ok(())
}

/// Something of the page can be seen and used before the program is here, and how far it is while the rest comes.
pub async fn the_page_stands_before_the_program_comes_and_says_how_far_each_part_is(
    scene: Scene,
) -> Result<(), Failed> {
    let program = Gate::new("www/pkg/private_eye_bg.wasm", "application/wasm", &scene)?;
    let model = Gate::new(&format!("models/{}", weights(&scene)?), "application/octet-stream", &scene)?;
    let served = scene.serve_with(program.route().merge(model.route()))?;
    let page = Page::open(&scene.client, &served.url("/")).await?;
    assert!(!page.text_of("#title").await?.is_empty() && !page.text_of(".invitation").await?.is_empty());
    let shell = "const ghosts = [...document.querySelectorAll('#samples .ghost, #wall .ghost')];
        const seen = ghosts.filter((ghost) => ghost.checkVisibility() && ghost.offsetHeight > 20).length;
        return [document.body.dataset.state, seen >= 6, document.querySelector('#picture').disabled, document.querySelector('#progress').checkVisibility()]";
    assert_eq!(page.run(shell, vec![]).await?, json!(["loading", true, false, true]), "a skeleton, not a blank page");

    program.open();
    let bytes = scene.collection().manifest["model"]["bytes"].as_f64().unwrap_or_default();
    let of = format!("of {:.1} MB", bytes / 1e6);
    let parts = "return ['vectors', 'forest', 'items', 'thumbnails', 'samples', 'model'].map((part) =>
        document.querySelector(`#parts [data-part=${part}]`)?.classList.contains('here') ?? null)";
    let others_are_here = json!([true, true, true, true, true, false]);
    until(async || Ok(page.run(parts, vec![]).await? == others_are_here)).await?;
    let line = page.text_of("#parts [data-part=model]").await?;
    assert!(line.contains(&of), "{line}");
    assert!(page.text_of("#progress-text").await?.contains("MB"));
    model.open();
    page.wait_for_state("ready").await?;
    assert_eq!(page.text_of("#loading").await?, "");
    assert_eq!(page.run("return document.querySelectorAll('#samples .ghost, #wall .ghost').length", vec![]).await?, 0);
    Ok(())
}

/// A file of the site that comes only once it is let through.
struct Gate {
    path: String,
    kind: &'static str,
    bytes: Bytes,
    is_open: watch::Sender<bool>,
}

impl Gate {
    fn new(path: &str, kind: &'static str, scene: &Scene) -> Result<Gate, Failed> {
        let bytes = std::fs::read(scene.collection().site.join(path))?.into();
        Ok(Gate { path: format!("/{path}"), kind, bytes, is_open: watch::channel(false).0 })
    }

    fn route(&self) -> Router {
        let (kind, bytes, is_open) = (self.kind, self.bytes.clone(), self.is_open.subscribe());
        let handler = move || {
            let (bytes, mut is_open) = (bytes.clone(), is_open.clone());
            async move {
                let _ = is_open.wait_for(|is_open| *is_open).await;
                ([(CONTENT_TYPE, kind)], bytes)
            }
        };
        Router::new().route(&self.path, get(handler))
    }

    fn open(&self) {
        self.is_open.send_replace(true);
    }
}

pub async fn on_a_metered_connection_the_size_is_said_before_the_download(scene: Scene) -> Result<(), Failed> {
    let served = scene.serve()?;
    let page = Page::open(&scene.client, &served.url(BLANK)).await?;
    let metered = "Object.defineProperty(Navigator.prototype, 'connection', { get: () => ({ saveData: true }) })";
    page.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": metered })).await?;
    let page = Page::open(&scene.client, &served.url("/")).await?;
    until(async || Ok(!page.text_of("#metered-text").await?.is_empty())).await?;
    let model = scene.collection().manifest["model"]["bytes"].as_f64().unwrap_or_default();
    let said = page.text_of("#metered-text").await?;
    let number = said.split_whitespace().find_map(|word| word.parse::<f64>().ok()).unwrap_or_default();
    assert!(number > model / 1e6, "the size of everything is said: {said}");
    let asked = begins(&served, ".safetensors").len() + begins(&served, ".zlib").len();
    assert_eq!(asked, 0, "nothing large comes before somebody agrees");

    crate::accessible::axe(&page, "the size of the download is said").await?;
    page.click("#metered button").await?;
    assert_eq!(page.run("return document.activeElement.id", vec![]).await?, "picture", "the focus is not lost");
    page.wait_for_state("ready").await?;
    assert_eq!(page.text_of("#metered-text").await?, "", "the question is gone");

    // What is here already costs nothing.
    page.reload().await?;
    page.wait_for_state("ready").await?;
    Ok(())
}
