//! After one visit, everything is on the device, and stays there whatever becomes of the next.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::routing::get;
use libtest_mimic::Failed;
use private_eye::collection::{Collection, Part, VERSION};
use serde_json::json;
use tempfile::TempDir;

use crate::page::{Page, until};
use crate::served::Served;
use crate::shards::reshard;
use crate::stage::Scene;
use crate::works::cropped;

pub async fn after_one_visit_the_page_works_with_the_server_switched_off(scene: Scene) -> Result<(), Failed> {
    let mut served = scene.serve()?;
    let page = scene.ready_page(&served).await?;
    served.stop();
    until(async || Ok(served.is_off())).await?;
    page.reload().await?;
    page.wait_for_state("ready").await?;
    finds_a_work(&scene, &page).await?;

    // And at the next start, in another window.
    let window = scene.client.new_window(true).await?;
    scene.client.switch_to_window(window.handle).await?;
    let page = scene.ready_page(&served).await?;
    assert_eq!(page.run("return document.querySelectorAll('#samples button').length", vec![]).await?, 3);
    Ok(())
}

async fn finds_a_work(scene: &Scene, page: &Page) -> Result<(), Failed> {
    let work = scene.collection().work(0.37);
    let query = cropped(&scene.collection().picture(work)?)?;
    let results = page.ask(&scene.file("on a train.jpg", &query)?).await?;
    assert_eq!(results[0].file, work.file);
    assert_eq!(results[0].title, work.title);
    assert!(results.iter().all(|shown| shown.pictured), "a thumbnail is missing: {results:#?}");
    Ok(())
}

/// A site whose collection is built anew between two visits, in other files.
struct Rebuilt {
    served: Served,
    newer: Collection,
    /// The last vectors of the newer collection.
    last: String,
    sends: Arc<Mutex<Sends>>,
    _folder: TempDir,
}

/// What the server sends of the collection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sends {
    Older,
    /// The newer one, but for its last vectors.
    MostOfNewer,
    /// No manifest.
    Nothing,
    Newer,
}

impl Rebuilt {
    fn new(scene: &Scene) -> Result<Rebuilt, Failed> {
        let (older, folder) = (scene.collection().site.join("collection"), tempfile::tempdir()?);
        let newer = reshard(&scene.collection().site, folder.path(), 130, 170, |_| {});
        let last = newer.manifest().shards.vectors.last().ok_or("there are vectors")?.file.clone();
        let sends = Arc::new(Mutex::new(Sends::Older));
        let (asked, missing, anew) = (sends.clone(), last.clone(), folder.path().to_owned());
        let handler = get(move |request: Request| {
            let name = request.uri().path().rsplit('/').next().unwrap_or_default().to_owned();
            let sends = *asked.lock().unwrap_or_else(PoisonError::into_inner);
            let folder = if matches!(sends, Sends::MostOfNewer | Sends::Newer) { anew.clone() } else { older.clone() };
            let is_missing = sends == Sends::MostOfNewer && name == missing;
            let is_silent = sends == Sends::Nothing && name == "manifest.json";
            async move {
                match (is_missing, is_silent) {
                    (true, _) => {
                        // What is under way comes first.
                        tokio::time::sleep(Duration::from_millis(500)).await;
                        Err(StatusCode::NOT_FOUND)
                    }
                    (_, true) => Err(StatusCode::SERVICE_UNAVAILABLE),
                    _ => std::fs::read(folder.join(name)).map_err(|_| StatusCode::NOT_FOUND),
                }
            }
        });
        let served = scene.serve_with(Router::new().route("/collection/{file}", handler))?;
        Ok(Rebuilt { served, newer, last, sends, _folder: folder })
    }

    /// Visits the page again while the server sends this.
    async fn revisit(&self, page: &Page, sends: Sends) -> Result<(), Failed> {
        *self.sends.lock().unwrap_or_else(PoisonError::into_inner) = sends;
        page.reload().await
    }

    /// Waits until the page says that the last vectors did not come.
    async fn breaks_off(&self, page: &Page) -> Result<(), Failed> {
        let (code, text) = page.error().await?;
        assert!(code == "Network" && text.contains(&self.last), "{code}: {text}");
        Ok(())
    }

    /// How often a file of the collection was asked for.
    fn asked(&self, file: &str) -> usize {
        self.served.record.paths().iter().filter(|path| path.ends_with(file)).count()
    }
}

pub async fn an_update_that_breaks_off_leaves_what_works_with_the_server_switched_off(
    scene: Scene,
) -> Result<(), Failed> {
    let mut rebuilt = Rebuilt::new(&scene)?;
    let page = scene.ready_page(&rebuilt.served).await?;
    rebuilt.revisit(&page, Sends::MostOfNewer).await?;
    rebuilt.breaks_off(&page).await?;

    rebuilt.served.stop();
    until(async || Ok(rebuilt.served.is_off())).await?;
    page.reload().await?;
    page.wait_for_state("ready").await?;
    finds_a_work(&scene, &page).await
}

pub async fn an_update_that_breaks_off_goes_on_even_after_a_visit_without_the_server(
    scene: Scene,
) -> Result<(), Failed> {
    let rebuilt = Rebuilt::new(&scene)?;
    let page = scene.ready_page(&rebuilt.served).await?;
    rebuilt.revisit(&page, Sends::MostOfNewer).await?;
    rebuilt.breaks_off(&page).await?;
    let here = "const cache = await caches.open((await caches.keys()).find((name) => name.includes('collection')));
        const manifest = await (await cache.match(new URL('collection/manifest.json', document.baseURI))).json();
        const names = (await cache.keys()).map(({ url }) => url.split('/').pop()).filter((name) => name.startsWith('vectors'));
        return [manifest.shards.vectors.map(({ file }) => file), names.sort()]";
    let older = scene.collection().shards("vectors");

    rebuilt.revisit(&page, Sends::Nothing).await?;
    page.wait_for_state("ready").await?;
    assert_eq!(page.run(here, vec![]).await?[0], json!(older));

    rebuilt.revisit(&page, Sends::Newer).await?;
    page.wait_for_state("ready").await?;
    let newer: Vec<&str> = rebuilt.newer.manifest().shards.of(Part::Vectors).iter().map(|shard| &*shard.file).collect();
    let mut sorted = newer.clone();
    sorted.sort_unstable();
    assert_eq!(page.run(here, vec![]).await?, json!([newer, sorted]), "nothing of the older one is left");
    assert_eq!([newer[0], &rebuilt.last].map(|file| rebuilt.asked(file)), [1, 2], "what had come stayed");
    finds_a_work(&scene, &page).await
}

pub async fn where_the_manifest_cannot_be_read_that_of_the_last_visit_serves(scene: Scene) -> Result<(), Failed> {
    let whole = std::fs::read_to_string(scene.collection().site.join("collection/manifest.json"))?;
    let (this, later) = (format!("\"version\": {VERSION}"), format!("\"version\": {}", VERSION + 1));
    assert!(whole.contains(&this));
    let unreadable = [whole.replace(&this, &later), "<!doctype html><title>Nothing here</title>".to_owned()];
    let said = Arc::new(Mutex::new(whole));
    let says = said.clone();
    let handler = get(move || {
        let says = says.lock().unwrap_or_else(PoisonError::into_inner).clone();
        async move { says }
    });
    let served = scene.serve_with(Router::new().route("/collection/manifest.json", handler))?;
    let page = scene.ready_page(&served).await?;
    for manifest in unreadable {
        *said.lock().unwrap_or_else(PoisonError::into_inner) = manifest;
        page.reload().await?;
        page.wait_for_state("ready").await?;
        finds_a_work(&scene, &page).await?;
    }

    let forget = "for (const name of await caches.keys()) if (name.includes('collection')) await caches.delete(name)";
    page.run(forget, vec![]).await?;
    page.reload().await?;
    let (code, text) = page.error().await?;
    assert!(code == "BadCollection" && text.contains("not the manifest"), "{code}: {text}");
    Ok(())
}
