//! What the page says of itself: what leaves it, what came, what stays.

use std::time::Duration;

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::routing::get;
use libtest_mimic::Failed;
use private_eye::collection::sha256;
use serde_json::json;

use crate::answering::answered;
use crate::page::{Page, until};
use crate::stage::Scene;

pub async fn the_panel_counts_requests_and_names_what_came_here(scene: Scene) -> Result<(), Failed> {
    let worker = "addEventListener('message', () => fetch('/test/blank')); postMessage('here')";
    let answer = move || async move { ([(CONTENT_TYPE, "text/javascript")], worker) };
    let served = scene.serve_with(Router::new().route("/test/worker.js", get(answer)))?;
    let page = scene.ready_page(&served).await?;
    page.click("#proof").await?;
    assert_eq!(page.text_of("#trust-requests").await?, "0");
    let text = page.text_of("#trust-text").await?;
    let manifest = std::fs::read(scene.collection().site.join("collection/manifest.json"))?;
    let model = &scene.collection().manifest["model"];
    let megabytes = format!("{:.1} MB", model["bytes"].as_f64().unwrap_or_default() / 1e6);
    for hash in [sha256(&manifest), model["sha256"].as_str().unwrap_or_default().to_owned()] {
        assert!(text.contains(&hash), "{hash} is not in: {text}");
    }
    assert!(text.contains(&format!("{megabytes}, just now")), "what came over the network is not said: {text}");

    // What lies on the device is named with its size, of which the weights are the most.
    let sizes = "const section = [...document.querySelectorAll('#trust-text section')].find((section) => section.querySelector('#erase'));
        return [...section?.querySelectorAll('dd') ?? []].map(({ textContent }) => parseFloat(textContent))";
    until(async || Ok(page.run(sizes, vec![]).await?.as_array().is_some_and(|sizes| sizes.len() >= 2))).await?;
    let sizes: Vec<f64> = serde_json::from_value(page.run(sizes, vec![]).await?)?;
    let stored = sizes.iter().sum::<f64>() * 1e6;
    assert!(stored > model["bytes"].as_f64().unwrap_or_default() && stored < 60e6, "{sizes:?}");

    // An open panel counts on, by the page's own record and by the service worker's.
    page.run("await fetch('/test/blank')", vec![]).await?;
    until(async || Ok(page.text_of("#trust-requests").await? == "1")).await?;
    until(async || Ok(page.text_of("#trust-witness").await?.contains("let 1 through"))).await?;

    // So does the service worker with what another worker asks for.
    let begin = "window.other = new Worker('/test/worker.js');
        await new Promise((resolve) => { window.other.onmessage = resolve; })";
    page.run(begin, vec![]).await?;
    tokio::time::sleep(Duration::from_secs(1)).await; // its script is counted as well
    let before = witnessed(&page).await?;
    page.run("window.other.postMessage('go')", vec![]).await?;
    until(async || Ok(witnessed(&page).await? == before + 1)).await?;

    // At the next visit everything was there already.
    page.reload().await?;
    page.wait_for_state("ready").await?;
    page.click("#proof").await?;
    assert!(page.text_of("#trust-text").await?.contains(&format!("{megabytes}, was here already")));
    Ok(())
}

/// How many requests the service worker has told of.
async fn witnessed(page: &Page) -> Result<u64, Failed> {
    let text = page.text_of("#trust-witness").await?;
    Ok(text.chars().filter(char::is_ascii_digit).collect::<String>().parse()?)
}

pub async fn erasing_leaves_nothing_on_the_device_and_the_page_goes_on(scene: Scene) -> Result<(), Failed> {
    let served = scene.serve()?;
    let (page, before) = answered(&scene, &served.url("/"), 0.3).await?;
    page.run("localStorage.setItem('private-eye language', 'en')", vec![]).await?;
    erase(&page).await?;
    until(async || Ok(page.text_of("#trust-text [role=status]").await?.contains("service worker"))).await?;
    assert_eq!(page.run("return document.activeElement.id", vec![]).await?, "trust-title", "the focus is not lost");
    let left = "return [(await caches.keys()).length, localStorage.length, (await indexedDB.databases()).length,
        (await navigator.serviceWorker.getRegistrations()).length]";
    assert_eq!(page.run(left, vec![]).await?, json!([0, 0, 0, 1]), "only the service worker stays");

    page.run("document.querySelector('#trust').close()", vec![]).await?;
    let file =
        scene.file("again.jpg", &crate::works::cropped(&scene.collection().picture(scene.collection().work(0.3))?)?)?;
    assert_eq!(page.ask(&file).await?, before);
    Ok(())
}

/// Opens the panel and erases all that is kept.
pub async fn erase(page: &Page) -> Result<(), Failed> {
    page.click("#proof").await?;
    let shown = "return Boolean(document.querySelector(arguments[0]))";
    until(async || Ok(page.run(shown, vec![json!("#erase")]).await? == true)).await?;
    page.run("document.querySelector('#trust-text > [role=status]').dataset.kept = ''", vec![]).await?;
    page.click("#erase").await?;
    until(async || Ok(page.run(shown, vec![json!("#nothing-stored")]).await? == true)).await?;
    // A new element would not be announced.
    until(async || Ok(page.text_of("[data-kept]").await?.starts_with("Erased"))).await
}

/// Neither the pictures nor what was searched is among what the browser keeps.
pub async fn nothing_of_a_search_is_stored(scene: Scene) -> Result<(), Failed> {
    let served = scene.serve()?;
    let page = scene.ready_page(&served).await?;
    let kept = "const names = (await caches.keys()).sort();
        const entries = await Promise.all(names.map(async (name) => (await (await caches.open(name)).keys()).map(({ url }) => url)));
        return [names, entries, { ...localStorage }, { ...sessionStorage }, (await indexedDB.databases()).length, document.cookie]";
    let before = page.run(kept, vec![]).await?;
    let query = crate::works::cropped(&scene.collection().picture(scene.collection().work(0.6))?)?;
    page.ask(&scene.file("secret.jpg", &query)?).await?;
    page.click_and_answer("#results .like").await?;
    page.click_and_answer("#results .not").await?;
    assert_eq!(page.run(kept, vec![]).await?, before);
    Ok(())
}
