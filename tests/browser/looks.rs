//! How the page looks and sounds.

use axum::Router;
use axum::extract::Path;
use axum::response::Html;
use axum::routing::get;
use libtest_mimic::Failed;
use serde_json::json;

use crate::page::{Page, until};
use crate::stage::Scene;
use crate::works::cropped;

pub async fn dark_mode_follows_the_system(scene: Scene) -> Result<(), Failed> {
    let page = answered(&scene, 1280, 860).await?;
    let mut brightness = Vec::new();
    for scheme in ["light", "dark"] {
        page.in_colours(scheme).await?;
        let picture = image::load_from_memory(&page.screenshot().await?)?;
        brightness.push(picture.to_luma8().pixels().map(|pixel| u64::from(pixel.0[0])).sum::<u64>());
    }
    assert!(brightness[1] * 2 < brightness[0], "dark is not darker than light: {brightness:?}");
    Ok(())
}

pub async fn a_phone_shows_the_page_without_scrolling_sideways(scene: Scene) -> Result<(), Failed> {
    for width in [320, 390] {
        let page = answered(&scene, width, 844).await?;
        let wide = page.run("return document.documentElement.scrollWidth", vec![]).await?;
        assert_eq!(wide, width, "something is wider than the screen");
    }
    Ok(())
}

/// In a frame of a phone's width, because no window of Firefox is narrower than 500 pixels and none of WebKit than 447.
pub async fn on_a_phone_nothing_is_wider_than_the_screen(scene: Scene) -> Result<(), Failed> {
    let frames = |Path(width): Path<u32>| async move {
        Html(format!(
            "<!doctype html><title>Phone</title><iframe title=page src=/ width={width} height=844 style=border:0></iframe>"
        ))
    };
    let served = scene.serve_with(Router::new().route("/test/phone/{width}", get(frames)))?;
    let query = cropped(&scene.collection().picture(scene.collection().work(0.55))?)?;
    let query = scene.file("a postcard with rather a long name.jpg", &query)?;
    for width in [320, 390] {
        scene.client.goto(&served.url(&format!("/test/phone/{width}"))).await?;
        scene.client.enter_frame(0).await?;
        let page = Page::here(&scene.client);
        page.wait_for_state("ready").await?;
        assert_eq!(page.run("return innerWidth", vec![]).await?, width);
        fits(&page, "ready").await?;
        page.ask(&query).await?;
        page.click("#results .score summary").await?;
        page.click("#filters summary").await?;
        fits(&page, "an answer").await?;
        page.click("#results .opens").await?;
        fits(&page, "a comparison").await?;
        page.run("document.querySelector('#compare').close()", vec![]).await?;
        page.click("#proof").await?;
        until(async || Ok(page.run("return Boolean(document.querySelector('#erase'))", vec![]).await? == true)).await?;
        fits(&page, "the trust panel").await?;
        page.run("document.querySelector('#trust').close()", vec![]).await?;
        crate::own_page::walk_through_the_room(&scene, &page).await?;
        fits(&page, "own pictures").await?;
        page.click("#forget-all").await?;
        until(async || Ok(page.run("return document.querySelector('#forget').open", vec![]).await? == true)).await?;
        fits(&page, "the question before forgetting").await?;
        page.click("#forget [value=forget]").await?;
        until(async || Ok(page.text_of("#own-count").await?.is_empty())).await?;
        fits(&page, "an empty room").await?;
    }
    Ok(())
}

/// Fails where something can be scrolled to sideways, or is cut off at the edge of the screen.
pub async fn fits(page: &Page, state: &str) -> Result<(), Failed> {
    let outside = "const { clientWidth, scrollWidth } = document.documentElement;
        return [scrollWidth > clientWidth, [...document.querySelectorAll('body *')].filter((shown) => {
            const { left, right, width } = shown.getBoundingClientRect();
            return width > 1 && shown.checkVisibility() && !shown.closest('#trail') && (left < -1 || right > innerWidth + 1);
        }).map((shown) => shown.outerHTML.slice(0, 80))]";
    let found = page.run(outside, vec![]).await?;
    if found == json!([false, []]) {
        return Ok(());
    }
    Err(format!("{state}: wider than the screen: {found}").into())
}

/// Fails where something to touch is lower than a fingertip, 44 pixels, where fingers are what the screen is for.
pub async fn touchable(page: &Page, state: &str) -> Result<(), Failed> {
    let low = "const all = document.querySelectorAll('a, button, summary, select, label:has(input), input:not([type=file]), input[type=file] + label');
        // A link in a sentence is as high as its line; what a dialog lies over is out of reach; a part of the picture is as large as it is drawn; a label stands for its input.
        const room = document.querySelector('dialog[open]') ?? document.body;
        return [...all].filter((touched) => {
            const { width, height } = touched.getBoundingClientRect();
            return room.contains(touched) && touched.checkVisibility() && !touched.matches('label input, .move, .unseen') && width > 1 && height < 43.5 && getComputedStyle(touched).display !== 'inline';
        }).map((touched) => [touched.getBoundingClientRect().height, touched.outerHTML.slice(0, 80)])";
    assert_eq!(page.run("return matchMedia('(pointer: coarse)').matches", vec![]).await?, true);
    let found = page.run(low, vec![]).await?;
    if found == json!([]) { Ok(()) } else { Err(format!("{state}: too low for a finger: {found:#}").into()) }
}

pub async fn the_number_of_results_is_announced_politely(scene: Scene) -> Result<(), Failed> {
    let served = scene.serve()?;
    let page = scene.ready_page(&served).await?;
    assert_eq!(page.run("return document.querySelector('#status').getAttribute('role')", vec![]).await?, "status");
    let count = scene.collection().len().to_string();
    let status = page.text_of("#status").await?;
    assert!(status.contains(&count), "ready, and no word of the {count} works: {status}");
    let query = cropped(&scene.collection().picture(scene.collection().work(0.8))?)?;
    page.ask(&scene.file("query.jpg", &query)?).await?;
    let status = page.text_of("#status").await?;
    assert!(status.contains("10"), "no count of results: {status}");
    Ok(())
}

/// The page on a screen of this size, with the answer to a crop of one work.
pub async fn answered(scene: &Scene, width: u32, height: u32) -> Result<Page, Failed> {
    let served = scene.serve()?;
    let page = Page::open(&scene.client, &served.url("/")).await?;
    page.on_screen(width, height).await?;
    page.wait_for_state("ready").await?;
    let query = cropped(&scene.collection().picture(scene.collection().work(0.55))?)?;
    page.ask(&scene.file("a postcard.jpg", &query)?).await?;
    page.come_to_rest().await?;
    Ok(page)
}
