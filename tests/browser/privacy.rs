//! What the server, and anybody else, can learn of a visitor's picture: nothing.

use std::time::Duration;

use image::{DynamicImage, RgbImage};
use libtest_mimic::Failed;
use serde_json::json;

use crate::page::Page;
use crate::served::{BLANK, Served};
use crate::stage::Scene;
use crate::works::{cropped, jpeg};

/// A request that was sent has long arrived after this.
pub const GRACE: Duration = Duration::from_secs(2);

pub async fn no_request_arrives_after_ready_whatever_is_done_with_two_different_pictures(
    scene: Scene,
) -> Result<(), Failed> {
    let served = scene.serve()?;
    let page = scene.ready_page(&served).await?;
    let before = served.record.all().len();
    assert!(before > 5, "the recorder works: it saw the page and the collection being fetched");

    let work = scene.collection().work(0.15);
    let query = cropped(&scene.collection().picture(work)?)?;
    let found = page.ask(&scene.file("a work.jpg", &query)?).await?;
    let black = DynamicImage::ImageRgb8(RgbImage::new(400, 80));
    let unknown = page.ask(&scene.file("black.jpg", &jpeg(&black, 80)?)?).await?;
    assert_ne!(found[0].file, unknown[0].file, "the two pictures are very different questions");
    walk_through_everything(&page).await?;
    crate::own_page::walk_through_the_room(&scene, &page).await?;
    tokio::time::sleep(GRACE).await;

    let after = served.record.all();
    assert_eq!(after.len(), before, "requests after ready: {:#?}", &after[before..]);
    assert_eq!(page.text_of("#requests").await?, "0", "the page's own count agrees");

    // The recorder and the count of the page do notice one.
    page.run("await fetch('/test/blank')", vec![]).await?;
    assert_eq!(served.record.paths()[before..], [BLANK]);
    let counted = async || Ok(page.text_of("#requests").await? == "1");
    crate::page::until(counted).await
}

/// Every way on from an answer.
async fn walk_through_everything(page: &Page) -> Result<(), Failed> {
    page.click_and_answer("#results .like").await?;
    page.click_and_answer("#results .not").await?;
    page.click_and_answer("#left-out button").await?;
    page.click_and_answer("#filters [data-column=style] input").await?;
    page.click_and_answer("#filters form > .link").await?;
    page.click_and_answer("#more").await?;
    page.forget_state().await?;
    page.run("history.back()", vec![]).await?;
    page.answer().await?;
    page.click_and_answer("#part").await?;
    page.click_and_answer("#part").await?;
    for opens in ["#results .score summary", "#view [data-view=list]", "#results .opens"] {
        page.click(opens).await?;
    }
    page.run("document.querySelector('#compare').close()", vec![]).await?;
    page.click("#proof").await?;
    crate::page::until(async || Ok(page.text_of("#trust-text").await?.contains("Erase"))).await?;
    page.run("document.querySelector('#trust').close()", vec![]).await?;
    page.run("const select = document.querySelector('#language'); select.value = 'de'; select.dispatchEvent(new Event('change'))", vec![])
        .await?;
    page.forget_state().await?;
    page.click("#samples button").await?;
    page.answer().await.map(drop)
}

pub async fn the_page_can_talk_to_no_other_address(scene: Scene) -> Result<(), Failed> {
    let served = scene.serve()?;
    let elsewhere = scene.serve()?;
    let page = scene.ready_page(&served).await?;
    let address = elsewhere.url("/test/blank");
    let attempts = r#"
        const [address] = arguments;
        const image = new Promise((done) => {
            const picture = new Image();
            picture.onload = () => done("came");
            picture.onerror = () => done("refused");
            picture.src = address;
        });
        const form = document.body.appendChild(document.createElement("form"));
        form.action = address;
        form.method = "post";
        try {
            form.submit();
        } catch {
            // Firefox not only refuses, it says so.
        }
        const fetched = fetch(address, { mode: "no-cors" }).then(() => "came", () => "refused");
        const script = import(address).then(() => "came", () => "refused");
        navigator.sendBeacon(address, "something");
        return Promise.all([image, fetched, script])"#;
    assert_eq!(page.run(attempts, vec![json!(address)]).await?, json!(["refused", "refused", "refused"]));
    tokio::time::sleep(GRACE).await;
    assert!(elsewhere.record.all().is_empty(), "arrived elsewhere: {:#?}", elsewhere.record.all());
    Ok(())
}

pub async fn a_second_visit_downloads_no_shard_again(scene: Scene) -> Result<(), Failed> {
    let served = scene.serve()?;
    scene.ready_page(&served).await?;
    let first = shards_asked(&served, 0);
    let wanted =
        ["vectors", "forest", "items", "thumbnails", "samples"].map(|part| scene.collection().shards(part)).concat();
    assert_eq!(first.len(), wanted.len() + 1, "each shard and the weights once: {first:#?}");

    let before = served.record.all().len();
    Page::open_ready(&scene.client, &served.url("/")).await?;
    assert_eq!(shards_asked(&served, before), Vec::<String>::new());
    Ok(())
}

/// Paths of shards and weights among the requests from this one on.
fn shards_asked(served: &Served, from: usize) -> Vec<String> {
    let paths = served.record.paths().into_iter().skip(from);
    paths
        .filter(|path| {
            path.ends_with(".safetensors") || path.ends_with(".zlib") || path.starts_with("/collection/items")
        })
        .collect()
}
