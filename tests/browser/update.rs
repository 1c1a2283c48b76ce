//! A new version of the page: offered, and taken when the visitor wants it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::routing::get;
use libtest_mimic::Failed;
use private_eye::collection::sha256;

use crate::page::{Page, until};
use crate::stage::Scene;
use crate::works::cropped;

pub async fn a_new_version_is_offered_and_comes_only_when_the_visitor_wants_it(scene: Scene) -> Result<(), Failed> {
    let site = &scene.collection().site;
    let (index, worker) =
        (std::fs::read_to_string(site.join("index.html"))?, std::fs::read_to_string(site.join("sw.js"))?);
    let newer_index = index.replace("<body ", "<body data-newer ");
    let hashes = [&index, &newer_index].map(|file| sha256(file.as_bytes())[..8].to_owned());
    assert!(worker.contains(&hashes[0]), "the service worker knows the page's files by the starts of their hashes");
    let newer_worker = worker.replace(&hashes[0], &hashes[1]).replace("const VERSION = \"", "const VERSION = \"newer-");
    let released = Arc::new(AtomicBool::new(false));
    let either = |kind: &'static str, old: String, new: String| {
        let released = released.clone();
        get(move || {
            let file = if released.load(Ordering::Relaxed) { new.clone() } else { old.clone() };
            async move { ([(CONTENT_TYPE, kind), (CACHE_CONTROL, "no-cache")], file) }
        })
    };
    let routes = Router::new()
        .route("/", either("text/html", index, newer_index))
        .route("/sw.js", either("text/javascript", worker, newer_worker));
    let served = scene.serve_with(routes)?;
    let page = scene.ready_page(&served).await?;
    assert_eq!(page.text_of("#update").await?, "", "there is no other version yet");

    released.store(true, Ordering::Relaxed);
    for visit in ["the next visit", "one more"] {
        page.reload().await?;
        page.wait_for_state("ready").await?;
        until(async || Ok(page.text_of("#update").await?.contains("newer version"))).await?;
        assert!(!is_newer(&page).await?, "{visit} still has the version that it began with");
    }
    let work = scene.collection().work(0.55);
    let query = scene.file("query.jpg", &cropped(&scene.collection().picture(work)?)?)?;
    let results = page.ask(&query).await?;
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(page.results().await?, results, "nothing is taken from somebody in the middle of something");

    // Another tab has the offer as well.
    let first = scene.client.window().await?;
    let window = scene.client.new_window(true).await?;
    scene.client.switch_to_window(window.handle.clone()).await?;
    let other = scene.ready_page(&served).await?;
    until(async || Ok(other.text_of("#update").await?.contains("newer version"))).await?;
    scene.client.switch_to_window(first.clone()).await?;

    page.click("#update button").await?;
    until(async || Ok(is_newer(&page).await.unwrap_or(false))).await?;
    page.wait_for_state("ready").await?;
    scene.client.switch_to_window(window.handle).await?;
    assert!(!is_newer(&other).await?, "nothing is taken from the other tab");
    other.click("#update button").await?;
    until(async || Ok(is_newer(&other).await.unwrap_or(false))).await?;
    scene.client.switch_to_window(first).await?;
    assert_eq!(page.text_of("#update").await?, "");
    assert_eq!(page.ask(&query).await?, results);
    page.reload().await?;
    page.wait_for_state("ready").await?;
    assert!(is_newer(&page).await?);
    Ok(())
}

pub async fn an_update_that_never_comes_holds_no_visit_up(scene: Scene) -> Result<(), Failed> {
    let site = &scene.collection().site;
    let (index, worker) =
        (std::fs::read_to_string(site.join("index.html"))?, std::fs::read_to_string(site.join("sw.js"))?);
    let newer_worker = worker
        .replace(&sha256(index.as_bytes())[..8], "00000000")
        .replace("const VERSION = \"", "const VERSION = \"newer-");
    let released = Arc::new(AtomicBool::new(false));
    let (hangs, comes) = (released.clone(), released.clone());
    let page_file = get(move || {
        let (hangs, index) = (hangs.load(Ordering::Relaxed), index.clone());
        async move {
            if hangs {
                std::future::pending::<()>().await;
            }
            ([(CONTENT_TYPE, "text/html"), (CACHE_CONTROL, "no-cache")], index)
        }
    });
    let worker_file = get(move || {
        let file = if comes.load(Ordering::Relaxed) { newer_worker.clone() } else { worker.clone() };
        async move { ([(CONTENT_TYPE, "text/javascript"), (CACHE_CONTROL, "no-cache")], file) }
    });
    let served = scene.serve_with(Router::new().route("/", page_file).route("/sw.js", worker_file))?;
    let page = scene.ready_page(&served).await?;
    let before = served.record.all().len();
    released.store(true, Ordering::Relaxed);
    page.reload().await?;
    page.wait_for_state("ready").await?;
    // The update asks for what never comes; a browser that is busy may begin with it later.
    until(async || Ok(served.record.paths()[before..].iter().any(|path| path == "/"))).await?;
    Ok(())
}

async fn is_newer(page: &Page) -> Result<bool, Failed> {
    Ok(page.run("return 'newer' in document.body.dataset", vec![]).await? == true)
}
