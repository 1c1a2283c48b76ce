//! The page as it is to somebody who does not see it or has no mouse: checked by axe-core in every state, and used by
//! the keyboard alone.

use fantoccini::key::Key;
use libtest_mimic::Failed;
use serde_json::json;

use crate::page::Page;
use crate::stage::Scene;
use crate::visits::{self, Eyes, Looking};

pub async fn axe_objects_to_nothing_while_the_collection_comes_and_when_it_is_here(scene: Scene) -> Result<(), Failed> {
    visits::waiting(&Looking { scene: &scene, eyes: Eyes::Axe }).await
}

pub async fn axe_objects_to_nothing_in_an_answer_and_what_is_done_with_it(scene: Scene) -> Result<(), Failed> {
    visits::answers(&Looking { scene: &scene, eyes: Eyes::Axe }).await
}

pub async fn axe_objects_to_nothing_in_the_own_room(scene: Scene) -> Result<(), Failed> {
    visits::own_pictures(&Looking { scene: &scene, eyes: Eyes::Axe }).await
}

pub async fn axe_objects_to_nothing_when_something_is_wrong_and_offline(scene: Scene) -> Result<(), Failed> {
    visits::trouble(&Looking { scene: &scene, eyes: Eyes::Axe }).await
}

pub async fn axe_objects_to_nothing_in_the_examples(scene: Scene) -> Result<(), Failed> {
    visits::examples(&Looking { scene: &scene, eyes: Eyes::Axe }).await
}

/// Fails with everything that axe-core, with all its rules, finds in the page as it is.
pub async fn axe(page: &Page, state: &str) -> Result<(), Failed> {
    let program =
        std::env::var_os("PRIVATE_EYE_AXE").ok_or("PRIVATE_EYE_AXE is not set; `cargo xtask test` sets it")?;
    // A movement that is still under way would be looked at half transparent.
    page.come_to_rest().await?;
    // Handed over as what the driver runs, so that the page's own rules for scripts stay as they are.
    let script = format!(
        "if (!window.axe) {{\n{}\n}}
         const {{ violations, passes }} = await window.axe.run(document, {{ resultTypes: ['violations'] }});
         const found = violations.map(({{ id, help, nodes }}) =>
             [id, help, ...nodes.map(({{ html, failureSummary }}) => `${{html}}: ${{failureSummary}}`)]);
         return [found, passes.length]",
        std::fs::read_to_string(program)?
    );
    let found = page.run(&script, vec![]).await?;
    assert!(found[1].as_u64() > Some(10), "{state}: axe has hardly looked: {found:#}");
    if found[0].as_array().is_none_or(|violations| !violations.is_empty()) {
        return Err(format!("{state}: {:#}", found[0]).into());
    }
    Ok(())
}

pub async fn the_keyboard_alone_leads_through_the_whole_journey(scene: Scene) -> Result<(), Failed> {
    let served = scene.serve()?;
    let page = scene.ready_page(&served).await?;
    page.tab_to("#picture").await?;
    // Enter or Space would open the system's own file dialog here, which no page and no driver can see.
    let first = press_and_answer(&page, "#samples button", Key::Enter).await?;
    assert_ne!(page.verdict().await?, "none", "{first:#?}");
    assert_eq!(focused(&page, "id").await?, "verdict", "the focus goes to the answer");

    // A part of the picture, moved and given up.
    press_and_answer(&page, "#part", Key::Enter).await?;
    assert_eq!(focused(&page, "className").await?, "move");
    page.forget_state().await?;
    page.press(&[Key::Left, Key::Up]).await?;
    page.answer().await?;
    page.forget_state().await?;
    page.press(&[Key::Escape]).await?;
    assert_eq!(page.answer().await?[0].file, first[0].file);
    assert_eq!(focused(&page, "id").await?, "part", "the part is gone, the focus is not lost");

    // Narrowed down and widened again, shown as a list.
    page.tab_to("#filters summary").await?;
    page.press(&[Key::Enter]).await?;
    let fewer = press_and_answer(&page, "#filters [data-column=style] input", Key::Space).await?;
    assert_ne!(fewer, first);
    assert_eq!(focused(&page, "type").await?, "checkbox", "nobody is thrown out of the filters");
    press_and_answer(&page, "#filters form > .link", Key::Enter).await?;
    assert_eq!(focused(&page, "tagName").await?, "SUMMARY");
    page.tab_to("#view [data-view=list]").await?;
    page.press(&[Key::Space]).await?;
    assert_eq!(page.run("return document.querySelector('#results').dataset.view", vec![]).await?, "list");

    // Compared, with the slider.
    page.tab_to("#results .opens").await?;
    page.press(&[Key::Enter]).await?;
    assert_eq!(focused(&page, "id").await?, "slider");
    page.press(&[Key::Left, Key::Left, Key::Escape]).await?;
    assert_eq!(focused(&page, "className").await?, "opens", "closing leads back to the work");

    // One left out and brought back, more of them, and on from one of them.
    press_and_answer(&page, "#results .not", Key::Enter).await?;
    assert_eq!(focused(&page, "id").await?, "verdict", "the button is gone, the focus is not lost");
    let back = press_and_answer(&page, "#left-out button", Key::Enter).await?;
    assert_eq!(back[0].file, first[0].file);
    assert_eq!(focused(&page, "id").await?, "verdict");
    assert_eq!(press_and_answer(&page, "#more", Key::Enter).await?.len(), 30);
    let place = "return [...document.querySelectorAll('#results .opens')].indexOf(document.activeElement)";
    assert_eq!(page.run(place, vec![]).await?, 10, "the focus goes to the first that is new");
    press_and_answer(&page, "#results li:nth-child(2) .like", Key::Enter).await?;
    assert_eq!(press_and_answer(&page, "#trail li:nth-child(2) button", Key::Enter).await?[0].file, first[0].file);
    let step = "return document.activeElement.getAttribute('aria-current')";
    assert_eq!(page.run(step, vec![]).await?, "step", "the trail keeps the focus");

    page.tab_to("#numbers summary").await?;
    page.press(&[Key::Enter]).await?;
    assert_eq!(page.run("return document.activeElement.parentElement.open", vec![]).await?, true);
    page.tab_to("#proof").await?;
    page.press(&[Key::Enter]).await?;
    assert_eq!(page.run("return document.querySelector('#trust').open", vec![]).await?, true);
    page.press(&[Key::Escape]).await?;
    assert_eq!(focused(&page, "id").await?, "proof", "closing leads back to what opened it");
    page.tab_to("#language").await?;

    // And back, to ask for the next one.
    let next = press_and_answer(&page, "#samples li:last-child button", Key::Space).await?;
    assert_ne!(next[0].file, first[0].file);
    Ok(())
}

async fn press_and_answer(page: &Page, selector: &str, key: Key) -> Result<Vec<crate::page::Shown>, Failed> {
    page.tab_to(selector).await?;
    page.forget_state().await?;
    page.press(&[key]).await?;
    page.answer().await
}

async fn focused(page: &Page, property: &str) -> Result<String, Failed> {
    let value = page.run("return document.activeElement[arguments[0]]", vec![json!(property)]).await?;
    Ok(value.as_str().unwrap_or_default().to_owned())
}
