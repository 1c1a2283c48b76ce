//! Visits that lead through every state of the page. Somebody looks at each state: axe-core and a ruler in the tests, a
//! camera for `cargo xtask screenshots`.

use axum::Router;
use axum::http::header;
use axum::routing::get;
use libtest_mimic::Failed;
use serde_json::json;

use crate::accessible::axe;
use crate::answering::answered;
use crate::driver::Engine;
use crate::looks::{fits, touchable};
use crate::own_page;
use crate::page::{Page, until};
use crate::served::{BLANK, BrokenOff};
use crate::stage::Scene;
use crate::works::{cropped, jpeg, noise, on_a_wall};
use crate::{element, gallery};

/// A visit, and who looks.
pub struct Looking<'a> {
    pub scene: &'a Scene,
    pub eyes: Eyes,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Eyes {
    /// axe-core, in Chromium in both schemes of colours, and there on the smallest screen with a ruler, too.
    Axe,
    Camera,
}

impl Looking<'_> {
    async fn at(&self, page: &Page, state: &str) -> Result<(), Failed> {
        if self.eyes == Eyes::Camera {
            return gallery::take(self.scene, page, state).await;
        }
        if !self.in_chromium() {
            return axe(page, state).await;
        }
        for scheme in ["light", "dark"] {
            page.in_colours(scheme).await?;
            axe(page, &format!("{state}, {scheme}")).await?;
        }
        page.on_screen(320, 640).await?;
        fits(page, state).await?;
        touchable(page, state).await?;
        page.on_screen(1280, 900).await
    }

    fn in_chromium(&self) -> bool {
        self.scene.engine() == Engine::Chromium
    }
}

/// The collection comes, and is here.
pub async fn waiting(look: &Looking<'_>) -> Result<(), Failed> {
    let scene = look.scene;
    // The weights never come, so that the page stays as it is while it loads.
    let never = get(|| async { std::future::pending::<()>().await });
    let loading = scene.serve_with(Router::new().route("/models/{file}", never))?;
    let page = Page::open(&scene.client, &loading.url("/")).await?;
    until_true(&page, "document.querySelectorAll('#parts li').length > 0").await?;
    look.at(&page, "loading").await?;
    assert_eq!(page.run("return document.body.dataset.state", vec![]).await?, "loading");

    let served = scene.serve()?;
    if look.in_chromium() {
        page.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source":
            "Object.defineProperty(Navigator.prototype, 'connection', { configurable: true, get: () => ({ saveData: true }) })" })).await?;
        let page = Page::open(&scene.client, &served.url("/")).await?;
        until_true(&page, "!document.querySelector('#metered').hidden").await?;
        look.at(&page, "metered").await?;
        page.click("#metered button").await?;
        page.wait_for_state("ready").await?;
    }
    let page = scene.ready_page(&served).await?;
    look.at(&page, "ready").await?;
    page.click("#proof").await?;
    until_true(&page, "document.querySelector('#erase')").await?;
    look.at(&page, "trust panel").await?;
    close(&page, "trust").await?;
    write_from_right_to_left(&page, true).await?;
    look.at(&page, "ready, from right to left").await
}

/// Questions, answers, and what is done with them.
pub async fn answers(look: &Looking<'_>) -> Result<(), Failed> {
    let scene = look.scene;
    let served = scene.serve()?;
    let (page, results) = answered(scene, &served.url("/"), 0.55).await?;
    look.at(&page, "answer").await?;
    speak(&page, "de").await?;
    look.at(&page, "answer in German").await?;
    speak(&page, "en").await?;
    write_from_right_to_left(&page, true).await?;
    look.at(&page, "answer from right to left").await?;
    write_from_right_to_left(&page, false).await?;

    for opens in ["#results .score summary", "#filters summary", "#numbers summary"] {
        page.click(opens).await?;
    }
    look.at(&page, "answer with all opened").await?;
    page.click("#view [data-view=list]").await?;
    page.click_and_answer("#filters [data-column=style] li:nth-child(2) input").await?;
    look.at(&page, "list, filtered").await?;
    page.click("#results .opens").await?;
    look.at(&page, "comparison").await?;
    close(&page, "compare").await?;
    page.click_and_answer("#filters form > .link").await?;
    page.click("#view [data-view=grid]").await?;
    page.click("#filters summary").await?;

    page.click_and_answer("#part").await?;
    look.at(&page, "part of the picture").await?;
    page.click_and_answer("#results .like").await?;
    page.click_and_answer("#results .not").await?;
    look.at(&page, "more like a work, one left out").await?;
    page.forget_state().await?;
    let impossible = "const year = document.querySelector('#filters [data-column=year] input');
        year.value = 9000;
        year.dispatchEvent(new Event('change'))";
    page.run(impossible, vec![]).await?;
    assert!(page.answer().await?.is_empty());
    look.at(&page, "nothing left").await?;

    let noise = scene.file("noise.jpg", &noise()?)?;
    page.ask(&noise).await?;
    assert_eq!(page.verdict().await?, "none");
    look.at(&page, "no match").await?;
    let work = scene.collection().picture(scene.collection().work(0.55))?;
    // Half of a work is like it, but not surely the same.
    let half = work.crop_imm(0, 0, work.width() / 2, work.height() * 6 / 10);
    page.ask(&scene.file("half.jpg", &jpeg(&half, 80)?)?).await?;
    look.at(&page, "alike").await?;
    let other = scene.collection().picture(scene.collection().work(0.2))?;
    let room = scene.file("room.jpg", &on_a_wall(&other)?)?;
    page.ask(&room).await?;
    look.at(&page, "on a wall").await?;
    let crop = scene.file("a work.jpg", &cropped(&work)?)?;
    let several = page.ask_all(&[&noise, &crop, &room]).await?;
    assert_eq!(several[0].file, results[0].file);
    look.at(&page, "several pictures").await
}

/// The room of the visitor's own pictures, and answers with them.
pub async fn own_pictures(look: &Looking<'_>) -> Result<(), Failed> {
    let scene = look.scene;
    let forgetful = own_page::serve_without_storage(scene)?;
    let page = own_page::room(&scene.ready_page(&forgetful).await?).await?;
    look.at(&page, "own room that keeps nothing").await?;

    let served = scene.serve()?;
    let page = own_page::room(&scene.ready_page(&served).await?).await?;
    look.at(&page, "own room, empty").await?;
    let mut files = own_page::many(scene, 150)?;
    own_page::give(&page, "#own-files", &files).await?;
    until(async || Ok(own_page::done(&page).await? > 3)).await?;
    page.click("#pause").await?;
    look.at(&page, "own room, paused").await?;
    page.click("#pause").await?;
    page.click("#cancel").await?;
    own_page::idle(&page).await?;
    own_page::ask_to_forget(&page, "#forget-all").await?;
    page.click("#forget [value=forget]").await?;
    until(async || Ok(page.text_of("#own-count").await?.is_empty())).await?;

    let places: Vec<f64> = (0..11).map(|place| f64::from(place) / 11.0).collect();
    files = own_page::pictures(scene, &places)?;
    files.push(scene.file("Saved again.jpg", &jpeg(&image::open(&files[6])?, 60)?)?);
    let long = "A rather long name that somebody gave to a photograph of a painting on holiday 2025-08-14.jpg";
    files.push(scene.file(long, &jpeg(&image::open(&files[3])?.fliph(), 70)?)?);
    files.push(scene.file("broken.jpg", &std::fs::read(&files[0])?[..600])?);
    own_page::add(&page, &files).await?;
    page.click("#own-report summary").await?;
    look.at(&page, "own room, filled").await?;
    write_from_right_to_left(&page, true).await?;
    look.at(&page, "own room, from right to left").await?;
    write_from_right_to_left(&page, false).await?;
    page.click("#twins").await?;
    until_true(&page, "!document.querySelector('#own-twins').hidden").await?;
    look.at(&page, "own room, near-duplicates").await?;
    own_page::ask_to_forget(&page, "#forget-all").await?;
    look.at(&page, "question before forgetting").await?;
    close(&page, "forget").await?;

    page.click(own_page::BACK).await?;
    page.ask(&files[6]).await?;
    look.at(&page, "answer with own pictures").await?;
    page.click("#results .opens").await?;
    look.at(&page, "comparison with an own picture").await?;
    close(&page, "compare").await?;
    page.click_and_answer("#among [data-among=own]").await?;
    look.at(&page, "answer among own pictures only").await
}

/// What cannot be read, what does not come, what is there without a network, and what is newer.
pub async fn trouble(look: &Looking<'_>) -> Result<(), Failed> {
    let scene = look.scene;
    let weights = scene.collection().manifest["model"]["file"].as_str().unwrap_or_default().to_owned();
    let weights = weights.rsplit('/').next().unwrap_or_default().to_owned();
    let broken = BrokenOff { file: weights, after: std::sync::Arc::new(std::sync::Mutex::new([1 << 20, 0].into())) };
    let broken = scene.serve_broken_off(broken)?;
    let page = Page::open(&scene.client, &broken.url("/")).await?;
    page.error().await?;
    look.at(&page, "broken download").await?;

    // A worker that is another one at each visit.
    let visits = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let script = std::fs::read_to_string(scene.collection().site.join("sw.js"))?;
    let changing = get(async move || {
        let visit = visits.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        ([(header::CONTENT_TYPE, "text/javascript")], format!("{script}\n// visit {visit}"))
    });
    let mut served = scene.serve_with(Router::new().route("/sw.js", changing))?;
    let page = scene.ready_page(&served).await?;
    page.choose(&scene.file("notes.txt", b"no picture")?).await?;
    page.error().await?;
    look.at(&page, "not a picture").await?;
    scene.client.goto(&served.url(BLANK)).await?;
    let page = scene.ready_page(&served).await?;
    until_true(&page, "!document.querySelector('#update').hidden").await?;
    look.at(&page, "new version").await?;
    served.stop();
    until(async || Ok(served.is_off())).await?;
    page.reload().await?;
    page.wait_for_state("ready").await?;
    look.at(&page, "offline").await
}

/// The pages that show how other pages use this.
pub async fn examples(look: &Looking<'_>) -> Result<(), Failed> {
    let scene = look.scene;
    let served = scene.serve()?;
    let query = cropped(&scene.collection().picture(scene.collection().work(0.55))?)?;
    let page = element::example(scene, &served).await?;
    look.at(&page, "example of the element").await?;
    let search = "await Promise.all([...document.querySelectorAll('private-eye')].map((element) =>
        element.search(new File([Uint8Array.from(arguments[0])], 'a.jpg'))))";
    page.run(
        &search.replace("arguments[0]", "bytes").replacen("await", "const [bytes] = arguments; await", 1),
        vec![json!(query)],
    )
    .await?;
    look.at(&page, "example of the element with an answer").await?;

    let page = Page::open(&scene.client, &served.url("/www/examples/module.html")).await?;
    until_true(&page, "!document.querySelector('#picture').disabled").await?;
    look.at(&page, "example of the module").await?;
    let file = scene.file("a postcard.jpg", &query)?;
    page.give("#picture", &[&file]).await?;
    until_true(&page, "document.querySelector('#matches img')?.complete").await?;
    look.at(&page, "example of the module with an answer").await
}

async fn until_true(page: &Page, expression: &str) -> Result<(), Failed> {
    let question = format!("return Boolean({expression})");
    until(async || Ok(page.run(&question, vec![]).await? == true)).await
}

async fn close(page: &Page, dialog: &str) -> Result<(), Failed> {
    page.run("document.getElementById(arguments[0]).close()", vec![json!(dialog)]).await.map(drop)
}

async fn write_from_right_to_left(page: &Page, so: bool) -> Result<(), Failed> {
    page.run("document.documentElement.dir = arguments[0] ? 'rtl' : 'ltr'", vec![json!(so)]).await.map(drop)
}

async fn speak(page: &Page, language: &str) -> Result<(), Failed> {
    let choose = "const select = document.querySelector('#language');
        select.value = arguments[0];
        select.dispatchEvent(new Event('change'))";
    page.run(choose, vec![json!(language)]).await?;
    until_true(page, "[...document.querySelectorAll('#samples img, #wall img')].every((picture) => picture.complete)")
        .await
}
