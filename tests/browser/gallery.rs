//! `cargo xtask screenshots`: the page in every state, on screens of three widths, light and dark, for people to look at.

use libtest_mimic::Failed;

use crate::looks::answered;
use crate::page::Page;
use crate::stage::Scene;
use crate::visits::{self, Eyes, Looking};

/// A phone, a tablet, a desk.
const SCREENS: [(u32, u32); 3] = [(320, 640), (820, 1100), (1440, 900)];
/// However much there is to scroll, a picture is no higher.
const HIGHEST: u64 = 2400;

/// The picture that the README shows.
pub async fn screenshot_for_the_readme(scene: Scene) -> Result<(), Failed> {
    let page = answered(&scene, 1280, 1000).await?;
    page.run("document.activeElement.blur()", vec![]).await?;
    scene.keep_screenshot(&page, "search.png").await
}

pub async fn screenshots_of_waiting(scene: Scene) -> Result<(), Failed> {
    visits::waiting(&Looking { scene: &scene, eyes: Eyes::Camera }).await
}

pub async fn screenshots_of_answers(scene: Scene) -> Result<(), Failed> {
    visits::answers(&Looking { scene: &scene, eyes: Eyes::Camera }).await
}

pub async fn screenshots_of_own_pictures(scene: Scene) -> Result<(), Failed> {
    visits::own_pictures(&Looking { scene: &scene, eyes: Eyes::Camera }).await
}

pub async fn screenshots_of_trouble(scene: Scene) -> Result<(), Failed> {
    visits::trouble(&Looking { scene: &scene, eyes: Eyes::Camera }).await
}

pub async fn screenshots_of_the_examples(scene: Scene) -> Result<(), Failed> {
    visits::examples(&Looking { scene: &scene, eyes: Eyes::Camera }).await
}

/// Takes the page in this state on every screen and in both schemes: the whole length of the page, or what a dialog over
/// it leaves visible.
pub async fn take(scene: &Scene, page: &Page, state: &str) -> Result<(), Failed> {
    let length = "return document.querySelector('dialog[open]') ? 0 : document.documentElement.scrollHeight";
    for (width, height) in SCREENS {
        page.on_screen(width, height).await?;
        let length = page.run(length, vec![]).await?.as_u64().unwrap_or_default();
        page.on_screen(width, length.clamp(u64::from(height), HIGHEST) as u32).await?;
        for scheme in ["light", "dark"] {
            page.in_colours(scheme).await?;
            page.come_to_rest().await?;
            scene.keep_screenshot(page, &format!("{}-{width}-{scheme}.png", state.replace(' ', "-"))).await?;
        }
    }
    Ok(())
}
