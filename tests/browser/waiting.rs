//! Downloads that take long, break off, or cost money.

use std::sync::{Arc, Mutex};

use libtest_mimic::Failed;
use serde_json::json;

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
    page.wait_for_state("ready").await?;
    assert_eq!(page.text_of("#metered-text").await?, "", "the question is gone");

    // What is here already costs nothing.
    page.reload().await?;
    page.wait_for_state("ready").await?;
    Ok(())
}
