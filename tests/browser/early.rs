//! A collection that is searched while it arrives.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::routing::get;
use fantoccini::key::Key;
use libtest_mimic::Failed;
use private_eye::collection::{Collection, Part};
use private_eye::engine::{Engine, SearchOptions};
use private_eye::model::Model;
use serde_json::json;
use tempfile::TempDir;

use crate::page::{Page, Shown, until};
use crate::privacy::GRACE;
use crate::served::{BLANK, Served};
use crate::shards::reshard;
use crate::stage::Scene;
use crate::works::{cropped, noise};

/// Works in a file of vectors and in one of records.
const FILES: (usize, usize) = (130, 170);
/// Works before the files that are held back.
const HERE: usize = 3 * FILES.0;

/// The demo collection in small files, of which the later vectors come when they are let go.
struct Arriving {
    served: Served,
    whole: Collection,
    go: Arc<AtomicBool>,
    /// How many of the requests for the last vectors get a damaged file.
    damaged: Arc<AtomicUsize>,
    last: String,
    _folder: TempDir,
}

impl Arriving {
    fn new(scene: &Scene, more: Router) -> Result<Arriving, Failed> {
        let folder = tempfile::tempdir()?;
        let whole = reshard(&scene.collection().site, folder.path(), FILES.0, FILES.1, |_| {});
        let vectors = whole.manifest().shards.of(Part::Vectors);
        let held: Vec<String> = vectors[3..].iter().map(|shard| shard.file.clone()).collect();
        assert!(held.len() >= 3 && held.len() < 4, "one lane of four stays free: {held:?}");
        let last = held.last().ok_or("there are vectors")?.clone();
        let (go, damaged) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
        let files = Files {
            folder: folder.path().to_owned(),
            held,
            last: last.clone(),
            go: go.clone(),
            damaged: damaged.clone(),
        };
        let files = Arc::new(files);
        let handler = get(move |request: Request| {
            let files = files.clone();
            let name = request.uri().path().rsplit('/').next().unwrap_or_default().to_owned();
            async move { files.answer(&name).await }
        });
        let served = scene.serve_with(more.route("/collection/{file}", handler))?;
        Ok(Arriving { served, whole, go, damaged, last, _folder: folder })
    }

    fn go(&self) {
        self.go.store(true, Ordering::Relaxed);
    }

    /// The answer of this machine, from the same files.
    fn native(&self, scene: &Scene, picture: &[u8]) -> Result<Vec<(String, f32)>, Failed> {
        let model = private_eye::collection::read_model(&scene.collection().site, self.whole.manifest())?;
        let engine = Engine::new(Model::from_bytes(&model)?, self.whole.clone())?;
        let answer = engine.search(picture, &SearchOptions::default())?;
        Ok(answer.matches.into_iter().map(|found| (found.file, found.score)).collect())
    }

    /// Waits until all works but those that are held back can be searched, and their thumbnails are here.
    async fn wait(&self, page: &Page) -> Result<(), Failed> {
        let parts = "return [...document.querySelectorAll('#parts li.here')].map(({ dataset }) => dataset.part)";
        until(async || {
            let here = page.run(parts, vec![]).await?;
            let here = here.as_array().map(Vec::as_slice).unwrap_or_default();
            Ok(["model", "items", "thumbnails", "forest"].iter().all(|part| here.contains(&json!(part))))
        })
        .await
    }
}

struct Files {
    folder: PathBuf,
    held: Vec<String>,
    last: String,
    go: Arc<AtomicBool>,
    damaged: Arc<AtomicUsize>,
}

impl Files {
    async fn answer(&self, name: &str) -> Result<Vec<u8>, StatusCode> {
        while self.held.iter().any(|held| held == name) && !self.go.load(Ordering::Relaxed) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let mut bytes = std::fs::read(self.folder.join(name)).map_err(|_| StatusCode::NOT_FOUND)?;
        let one_less = |left: usize| left.checked_sub(1);
        if name == self.last && self.damaged.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_less).is_ok() {
            let middle = bytes.len() / 2;
            bytes[middle] ^= 1;
        }
        Ok(bytes)
    }
}

fn found(results: &[Shown]) -> Vec<(String, f32)> {
    results.iter().map(|shown| (shown.file.clone(), shown.score.parse().unwrap_or(f32::NAN))).collect()
}

pub async fn a_work_that_is_here_is_found_early_and_the_answer_completes_itself(scene: Scene) -> Result<(), Failed> {
    let arriving = Arriving::new(&scene, Router::new())?;
    let page = Page::open(&scene.client, &arriving.served.url("/")).await?;
    arriving.wait(&page).await?;
    let (all, here) = (scene.collection().len(), scene.collection().work(0.3));
    let absent = scene.collection().work(0.7);
    assert!(here.id < HERE && absent.id >= HERE);

    // What there is so far to try and to look at is shown, and places are kept for the rest.
    let furnished = "const many = (selector) => document.querySelectorAll(selector).length;
        return [many('#samples button'), many('#wall img') > 0, many('#wall > .ghost') > 0]";
    until(async || Ok(page.run(furnished, vec![]).await? == json!([3, true, true]))).await?;
    let mark = "const made = [...document.querySelectorAll('#wall button, #samples button')];
        for (const one of made) one.dataset.kept = '';
        return made.length";
    let marked = page.run(mark, vec![]).await?;

    // Nothing there is like it, as far as anybody can tell by now.
    let unlike = page.ask(&scene.file("noise.jpg", &noise()?)?).await?;
    assert!(unlike.iter().all(|shown| shown.id.parse::<usize>().is_ok_and(|id| id < HERE)), "{unlike:#?}");
    assert!(page.verdict().await? == "none" && page.text_of("#verdict").await?.contains("so far"));
    crate::accessible::axe(&page, "no match so far").await?;

    let missed = cropped(&scene.collection().picture(absent)?)?;
    let results = page.ask(&scene.file("absent.jpg", &missed)?).await?;
    assert!(results.iter().all(|shown| shown.file != absent.file), "{results:#?}");

    let query = cropped(&scene.collection().picture(here)?)?;
    let results = page.ask(&scene.file("here.jpg", &query)?).await?;
    assert_eq!(results[0].file, here.file);
    assert!(results[0].verdict != "none" && results[0].pictured, "{results:#?}");
    let said = page.text_of("#status").await?;
    assert!(said.contains(&format!("{HERE} of {all} works searched so far")), "{said}");
    assert!(page.text_of("#loading").await?.contains("MB"), "the rest is still on its way");
    crate::accessible::axe(&page, "an early answer").await?;

    // It can be narrowed down already.
    let choose = "const style = document.querySelector('#results .style').textContent;
        const boxes = [...document.querySelectorAll('#filters [data-column=style] input')];
        boxes.find(({ value }) => value === style).dataset.chosen = '';
        return style";
    let style = page.run(choose, vec![]).await?;
    let style = style.as_str().ok_or("no style to choose")?;
    let narrowed = page.click_and_answer("[data-chosen]").await?;
    assert!(!narrowed.is_empty() && narrowed.iter().all(|shown| shown.text.contains(style)), "{style}: {narrowed:#?}");
    let widened = page.click_and_answer("#filters form > .link").await?;
    assert_eq!(found(&widened), found(&results));

    // The visitor is at a work that will still be there.
    page.click("#results .score summary").await?;
    page.tab_to("#results .not").await?;
    let steps = "return document.querySelectorAll('#trail li').length";
    let before = page.run(steps, vec![]).await?;
    arriving.go();
    until(async || Ok(!page.text_of("#sent").await?.is_empty())).await?;
    until(async || Ok(!page.text_of("#status").await?.contains("so far"))).await?;
    assert_eq!(found(&page.results().await?), arriving.native(&scene, &query)?);
    assert_eq!(page.run("return document.body.dataset.state", vec![]).await?, "answered");
    let held = "const { activeElement } = document;
        const line = activeElement.closest('#results > li');
        return [activeElement.className, line?.dataset.file, line?.querySelector('details').open]";
    assert_eq!(page.run(held, vec![]).await?, json!(["link not", here.file, true]), "what the visitor was at stays");
    assert_eq!(
        page.run(steps, vec![]).await?,
        before,
        "the trail tells of what the visitor asked, and of nothing else"
    );

    let kept =
        "return [document.querySelectorAll('[data-kept]').length, document.querySelectorAll('#wall .ghost').length]";
    assert_eq!(page.run(kept, vec![]).await?, json!([marked, 0]), "what was shown is not made anew");

    // What was asked before is completed when it is looked at again.
    let requests = arriving.served.record.all().len();
    page.forget_state().await?;
    page.run("history.back()", vec![]).await?;
    assert_eq!(found(&page.answer().await?), arriving.native(&scene, &missed)?);
    assert!(page.results().await?[0].file == absent.file && page.verdict().await? != "none");
    page.click_and_answer("#filters [data-column=style] input").await?;
    tokio::time::sleep(GRACE).await;
    let after = arriving.served.record.all();
    assert_eq!(after.len(), requests, "requests after everything was here: {:#?}", &after[requests..]);
    assert_eq!(page.text_of("#requests").await?, "0");

    // Whatever was asked meanwhile, every file was asked for, and once.
    let mut asked: Vec<String> = arriving.served.record.paths();
    asked.retain(|path| path.starts_with("/collection/") && !path.ends_with("manifest.json"));
    let mut files: Vec<String> =
        arriving.whole.manifest().files().map(|(_, shard)| format!("/collection/{}", shard.file)).collect();
    asked.sort();
    files.sort();
    assert_eq!(asked, files);
    Ok(())
}

pub async fn where_the_rest_does_not_come_the_early_answer_stays_and_trying_again_completes_it(
    scene: Scene,
) -> Result<(), Failed> {
    let arriving = Arriving::new(&scene, Router::new())?;
    // Each visit asks twice for what arrives damaged.
    arriving.damaged.store(2, Ordering::Relaxed);
    let page = Page::open(&scene.client, &arriving.served.url("/")).await?;
    arriving.wait(&page).await?;
    let work = scene.collection().work(0.4);
    let query = cropped(&scene.collection().picture(work)?)?;
    let early = page.ask(&scene.file("here.jpg", &query)?).await?;
    assert_eq!(early[0].file, work.file);
    arriving.go();
    let (code, text) = page.error().await?;
    assert!(code == "CorruptedDownload" && text.contains(&arriving.last), "{code}: {text}");
    assert_eq!(page.results().await?[0].file, work.file, "the answer stays");
    crate::accessible::axe(&page, "the rest did not come").await?;
    let speak = "const select = document.querySelector('#language');
        select.value = arguments[0];
        select.dispatchEvent(new Event('change'))";
    for language in ["de", "en"] {
        page.run(speak, vec![json!(language)]).await?;
        assert_eq!(page.results().await?[0].file, work.file, "it is said again, and not taken away");
    }

    // Whoever asks goes on with what is here.
    let again = page.click_and_answer("#results .like").await?;
    assert!(!again.is_empty() && page.text_of("#status").await?.contains("so far"));
    page.forget_state().await?;
    page.run("history.back()", vec![]).await?;
    page.answer().await?;
    page.click("#results .opens").await?;
    page.click("#retry").await?;
    until(async || Ok(!page.text_of("#sent").await?.is_empty())).await?;
    until(async || Ok(found(&page.results().await?) == arriving.native(&scene, &query)?)).await?;
    assert_eq!(page.text_of("#error").await?, "");
    assert_eq!(page.text_of("#retry").await?, "");

    // The work that was compared meanwhile has the focus, although its line is another now.
    page.press(&[Key::Escape]).await?;
    let held = "return document.activeElement.closest('#results > li')?.dataset.file ?? ''";
    until(async || Ok(page.run(held, vec![]).await? == work.file)).await?;
    Ok(())
}

pub async fn the_module_searches_early_and_tells_when_more_has_come(scene: Scene) -> Result<(), Failed> {
    let work = scene.collection().work(0.2);
    let query = cropped(&scene.collection().picture(work)?)?;
    let picture = query.clone();
    let more = Router::new().route("/test/query.jpg", get(move || async move { picture }));
    let arriving = Arriving::new(&scene, more)?;
    let page = Page::open(&scene.client, &arriving.served.url(BLANK)).await?;
    let begin = "const [here] = arguments;
        const { open } = await import('/www/private-eye.js');
        window.picture = await (await fetch('/test/query.jpg')).blob();
        const some = new Promise((resolve) => {
            window.opening = open('/collection/', { early: true, workers: 0, onProgress({ searchable }) {
                if (searchable.works === here) resolve(searchable);
            } });
        });
        window.eye = await window.opening;
        const searchable = await some;
        const found = await eye.search(picture);
        const style = found[0].item.style;
        const filtered = await eye.search(picture, { filters: { style: [style] }, without: [found[0].id], effort: 40 });
        const missing = await eye.item(here).then(() => 'here', ({ code }) => code);
        const alike = await eye.search(here).then(() => 'here', ({ code }) => code);
        const state = await Promise.race([eye.complete.then(() => 'whole'), new Promise((later) => setTimeout(later, 300, 'on its way'))]);
        return {
            searchable, searched: found.searched, exact: found.exact, lookedAt: found.lookedAt, first: found[0].file,
            others: filtered.every(({ id, item }) => id !== found[0].id && item.style === style), filtered: filtered.length,
            missing, alike, state, count: eye.info.count,
        }";
    let said = page.run(begin, vec![json!(HERE)]).await?;
    let (all, some) = (scene.collection().len(), json!({ "works": HERE, "of": scene.collection().len() }));
    let filtered = said["filtered"].clone();
    assert!(filtered.as_u64() > Some(0), "{said}");
    let expected = json!({
        "searchable": some, "searched": some, "exact": false, "lookedAt": HERE, "first": work.file, "others": true,
        "filtered": filtered, "missing": "NotFound", "alike": "NotFound", "state": "on its way", "count": all,
    });
    assert_eq!(said, expected);

    arriving.go();
    let finish = "await eye.complete;
        const found = await eye.search(picture);
        return [found.searched, found.map(({ file, score }) => [file, score])]";
    let said = page.run(finish, vec![]).await?;
    let there: Vec<(String, f64)> = serde_json::from_value(said[1].clone())?;
    let there: Vec<(String, f32)> = there.into_iter().map(|(file, score)| (file, score as f32)).collect();
    assert_eq!((&said[0], there), (&json!({ "works": all, "of": all }), arriving.native(&scene, &query)?));
    Ok(())
}

pub async fn an_early_search_goes_on_where_the_rest_is_aborted_or_arrives_damaged(scene: Scene) -> Result<(), Failed> {
    let arriving = Arriving::new(&scene, Router::new())?;
    let page = Page::open(&scene.client, &arriving.served.url(BLANK)).await?;
    let aborted = "const { open } = await import('/www/private-eye.js');
        const controller = new AbortController();
        const eye = await open('/collection/', { early: true, workers: 0, signal: controller.signal });
        controller.abort();
        const reason = await eye.complete.catch(({ code }) => code);
        const found = await eye.search(5);
        eye.close();
        return [reason, found[0].id, found.searched.works < found.searched.of]";
    assert_eq!(page.run(aborted, vec![]).await?, json!(["Aborted", 5, true]));

    arriving.damaged.store(2, Ordering::Relaxed);
    let begin = "const { open } = await import('/www/private-eye.js');
        window.eye = await open('/collection/', { early: true, workers: 0 })";
    page.run(begin, vec![]).await?;
    arriving.go();
    let damaged = "const reason = await eye.complete.catch(({ code, message }) => [code, message]);
        const found = await eye.search(5);
        return [...reason, found[0].id, found.searched.works < found.searched.of]";
    let said = page.run(damaged, vec![]).await?;
    assert!(said[1].as_str().is_some_and(|message| message.contains(&arriving.last)), "{said}");
    assert_eq!(said, json!(["CorruptedDownload", said[1], 5, true]));
    Ok(())
}
