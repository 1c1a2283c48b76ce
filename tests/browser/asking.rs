//! Every way of asking leads to the right work.

use image::DynamicImage;
use libtest_mimic::Failed;
use serde_json::json;

use crate::page::{Page, Shown};
use crate::stage::Scene;
use crate::works::{Work, cropped, noise};

/// All over the collection, 19 in 20 of the centre crops of 80 %, saved again as JPEG 50, find their work first.
pub async fn upload_finds_the_right_work_first(scene: Scene) -> Result<(), Failed> {
    let served = scene.serve()?;
    let page = scene.ready_page(&served).await?;
    let mut missed = Vec::new();
    for step in 0..20 {
        let work = scene.collection().work((f64::from(step) + 0.5) / 20.0);
        let query = cropped(&scene.collection().picture(work)?)?;
        let results = page.ask(&scene.file("my photo.jpg", &query)?).await?;
        assert_eq!(results.len(), 10, "the page shows ten works");
        assert!(results.iter().all(|shown| shown.pictured), "a thumbnail is missing: {results:#?}");
        assert!(results.iter().all(|shown| shown.text.contains("similarity")), "a score is missing: {results:#?}");
        assert!(descending(&results), "results are not in the order of their scores: {results:#?}");
        if results[0].file != work.file || results[0].title != work.title {
            missed.push((&work.file, results[0].file.clone()));
        }
    }
    assert!(missed.len() <= 1, "asked for and found: {missed:#?}");
    Ok(())
}

pub async fn the_same_picture_scores_one_and_is_called_the_same(scene: Scene) -> Result<(), Failed> {
    let served = scene.serve()?;
    let page = scene.ready_page(&served).await?;
    let work = scene.collection().work(0.42);
    let results = page.ask(&scene.file("same.png", &png(&scene.collection().picture(work)?)?)?).await?;
    finds(work, &results);
    assert_eq!(results[0].score.parse::<f32>()?, 1.0);
    assert_eq!(results[0].verdict, "same");
    assert_eq!(page.verdict().await?, "same");
    Ok(())
}

pub async fn a_pasted_picture_finds_the_right_work_first(scene: Scene) -> Result<(), Failed> {
    // Set afterwards, because in Firefox an event that a script makes has a clipboard without files.
    let event =
        "Object.defineProperty(new ClipboardEvent('paste', { bubbles: true }), 'clipboardData', { value: data })";
    given_by_event(&scene, 0.2, &format!("dispatchEvent({event})")).await
}

pub async fn a_dropped_picture_finds_the_right_work_first(scene: Scene) -> Result<(), Failed> {
    given_by_event(
        &scene,
        0.6,
        "dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }))",
    )
    .await
}

/// Hands a picture to the page the way the browser does, as a file in an event; `dispatch` uses it as `data`.
async fn given_by_event(scene: &Scene, at: f64, dispatch: &str) -> Result<(), Failed> {
    let served = scene.serve()?;
    let page = scene.ready_page(&served).await?;
    let work = scene.collection().work(at);
    let query = cropped(&scene.collection().picture(work)?)?;
    let script = format!(
        "const data = new DataTransfer();
         data.items.add(new File([Uint8Array.from(arguments[0])], 'image.jpg', {{ type: 'image/jpeg' }}));
         document.body.{dispatch}"
    );
    page.run(&script, vec![json!(query)]).await?;
    finds(work, &page.answer().await?);
    Ok(())
}

/// The camera itself is the system's: what it hands over comes in by an input that asks for the one at the back.
pub async fn a_photo_from_the_camera_finds_the_right_work_first(scene: Scene) -> Result<(), Failed> {
    let served = scene.serve()?;
    let page = scene.ready_page(&served).await?;
    let asks = "const { accept, multiple } = document.querySelector('#camera');
        return [accept, document.querySelector('#camera').getAttribute('capture'), multiple]";
    assert_eq!(page.run(asks, vec![]).await?, json!(["image/*", "environment", false]));
    let work = scene.collection().work(0.75);
    let photo = scene.file("IMG_0001.jpg", &cropped(&scene.collection().picture(work)?)?)?;
    page.forget_state().await?;
    page.give("#camera", &[&photo]).await?;
    finds(work, &page.answer().await?);
    Ok(())
}

pub async fn a_sample_finds_its_work_first(scene: Scene) -> Result<(), Failed> {
    let served = scene.serve()?;
    let page = scene.ready_page(&served).await?;
    let samples = page.run("return document.querySelectorAll('#samples button').length", vec![]).await?;
    assert_eq!(samples, 3, "three pictures to try are on the page");
    let mut found = Vec::new();
    for sample in 0..3 {
        page.forget_state().await?;
        page.run("document.querySelectorAll('#samples button')[arguments[0]].click()", vec![json!(sample)]).await?;
        let results = page.answer().await?;
        assert_ne!(page.verdict().await?, "none", "sample {sample} finds nothing: {results:#?}");
        found.push(results[0].file.clone());
    }
    found.sort();
    found.dedup();
    assert_eq!(found.len(), 3, "each sample is another work, found were only {found:?}");
    Ok(())
}

pub async fn a_new_picture_cancels_the_search_for_the_old_one(scene: Scene) -> Result<(), Failed> {
    let served = scene.serve()?;
    let page = scene.ready_page(&served).await?;
    let (old, new) = (scene.collection().work(0.1), scene.collection().work(0.9));
    let queries = [cropped(&scene.collection().picture(old)?)?, cropped(&scene.collection().picture(new)?)?];
    // Both in one turn of the page, so that the first cannot be done when the second comes. From then on, every first
    // line that the results ever show is noted.
    let script = r##"
        window.seen = [];
        new MutationObserver(() => {
            const first = document.querySelector("#results > li");
            if (first) window.seen.push(first.dataset.file);
        }).observe(document.querySelector("#results"), { childList: true });
        for (const bytes of arguments) {
            const data = new DataTransfer();
            data.items.add(new File([Uint8Array.from(bytes)], "image.jpg", { type: "image/jpeg" }));
            const input = document.querySelector("#picture");
            input.files = data.files;
            input.dispatchEvent(new Event("change", { bubbles: true }));
        }"##;
    page.run(script, queries.iter().map(|query| json!(query)).collect()).await?;
    finds(new, &page.answer().await?);
    // The engine works in the order of asking, so an answer to the first would have come before.
    let seen = page.run("return window.seen", vec![]).await?;
    assert_eq!(seen, json!([new.file]), "only the new picture's answer may ever be shown");
    Ok(())
}

pub async fn a_picture_chosen_while_the_collection_loads_is_searched_when_it_is_there(
    scene: Scene,
) -> Result<(), Failed> {
    let served = scene.serve()?;
    let page = Page::open(&scene.client, &served.url("/")).await?;
    let work = scene.collection().work(0.66);
    let query = cropped(&scene.collection().picture(work)?)?;
    finds(work, &page.ask(&scene.file("early.jpg", &query)?).await?);
    Ok(())
}

pub async fn a_picture_that_is_not_in_the_collection_has_no_close_match(scene: Scene) -> Result<(), Failed> {
    let served = scene.serve()?;
    let page = scene.ready_page(&served).await?;
    let results = page.ask(&scene.file("noise.jpg", &noise()?)?).await?;
    assert_eq!(page.verdict().await?, "none", "{results:#?}");
    assert!(page.text_of("#verdict").await?.contains("No close match"));
    assert!(results.iter().all(|shown| shown.verdict == "none"));
    Ok(())
}

fn finds(work: &Work, results: &[Shown]) {
    let first = results.first().map(|shown| (shown.file.as_str(), shown.title.as_str()));
    assert_eq!(first, Some((work.file.as_str(), work.title.as_str())), "all results: {results:#?}");
    assert!(results[0].text.contains("similarity"), "the score is shown: {}", results[0].text);
}

fn descending(results: &[Shown]) -> bool {
    let scores: Vec<f32> = results.iter().filter_map(|shown| shown.score.parse().ok()).collect();
    scores.len() == results.len() && scores.is_sorted_by(|left, right| left >= right)
}

fn png(picture: &DynamicImage) -> Result<Vec<u8>, Failed> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, image::ImageFormat::Png)?;
    Ok(bytes.into_inner())
}
