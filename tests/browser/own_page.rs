//! The room of the visitor's own pictures: they come in, are found beside the works, and go again.

use std::path::{Path, PathBuf};

use fantoccini::key::Key;
use image::{DynamicImage, Rgb, RgbImage};
use libtest_mimic::Failed;
use serde_json::{Value, json};

use crate::accessible::axe;
use crate::page::{Page, Shown, until};
use crate::served::Served;
use crate::stage::Scene;
use crate::works::{cropped, jpeg};

const DOOR: &str = "#rooms [data-room=own]";
pub const BACK: &str = "#rooms [data-room=search]";

pub async fn added_pictures_hang_in_their_room_with_their_number(scene: Scene) -> Result<(), Failed> {
    let served = scene.serve()?;
    let page = room(&scene.ready_page(&served).await?).await?;
    assert!(page.text_of("#own-said").await?.contains("sent nowhere"));
    assert_eq!(hung(&page).await?, Vec::<String>::new());

    let mut files = pictures(&scene, &[0.1, 0.3, 0.5])?;
    files.push(scene.file("broken.jpg", &std::fs::read(&files[0])?[..600])?);
    add(&page, &files).await?;
    assert_eq!(hung(&page).await?, ["Picture 0", "Picture 1", "Picture 2"]);
    assert_eq!(page.text_of("#own-count").await?, "3");
    let report = page.text_of("#own-report").await?;
    assert!(report.contains("3 pictures added") && report.contains("1 could not be read"), "{report}");
    page.click("#own-report summary").await?;
    assert!(page.text_of("#own-report").await?.contains("broken.jpg: "), "it is named");
    let pictured =
        "return Promise.all([...document.querySelectorAll('#own-pictures img')].map((picture) => picture.decode()))
        .then((all) => all.length)";
    assert_eq!(page.run(pictured, vec![]).await?, 3);

    // The same once more is known already, and another visit finds what is here.
    add(&page, &files[..2]).await?;
    assert!(page.text_of("#own-report").await?.contains("2 were here already"));
    page.reload().await?;
    page.wait_for_state("ready").await?;
    assert_eq!(page.text_of("#own-count").await?, "3");
    assert_eq!(hung(&room(&page).await?).await?.len(), 3);
    Ok(())
}

pub async fn adding_can_be_paused_gone_on_with_and_cancelled(scene: Scene) -> Result<(), Failed> {
    let served = scene.serve()?;
    let page = room(&scene.ready_page(&served).await?).await?;
    let files = many(&scene, 150)?;
    give(&page, "#own-files", &files).await?;
    until(async || Ok(done(&page).await? > 3)).await?;
    page.click("#pause").await?;
    assert!(page.text_of("#underway-text").await?.contains("paused"));
    // What is under way is finished; then nothing moves.
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    let paused = done(&page).await?;
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    assert_eq!(done(&page).await?, paused);
    assert!(paused < 150, "it was over before it was paused");
    let there: u64 = page.text_of("#own-count").await?.parse()?;
    assert!(there >= paused, "what has come in is counted and can be seen: {there} of {paused}");

    page.click("#pause").await?;
    until(async || Ok(done(&page).await? > paused)).await?;
    page.click("#cancel").await?;
    idle(&page).await?;
    let report = page.text_of("#own-report").await?;
    assert!(report.starts_with("Stopped."), "{report}");
    let kept: u64 = page.text_of("#own-count").await?.parse()?;
    assert!(kept >= paused && kept < 150, "what was added stays: {kept}");
    assert_eq!(page.run("return document.activeElement.id", vec![]).await?, "own-title", "the focus is not lost");
    Ok(())
}

pub async fn what_waits_its_turn_ends_with_what_is_under_way(scene: Scene) -> Result<(), Failed> {
    let served = scene.serve()?;
    let page = room(&scene.ready_page(&served).await?).await?;
    let files = many(&scene, 220)?;
    let watch = "window.told = [];
        const text = document.querySelector('#underway-text');
        new MutationObserver(() => window.told.push(text.textContent)).observe(text, { childList: true })";
    page.run(watch, vec![]).await?;
    let begun = "return window.told.filter((text) => text.includes('of 10 pictures'))";
    for (round, by) in ["#cancel", "#forget-all"].into_iter().enumerate() {
        let (first, next) = files[round * 110..][..110].split_at(100);
        give(&page, "#own-files", first).await?;
        until(async || Ok(done(&page).await? > 1)).await?;
        page.click("#pause").await?;
        give(&page, "#own-files", next).await?;
        if by == "#cancel" {
            page.click(by).await?;
            idle(&page).await?;
            let report = page.text_of("#own-report").await?;
            assert!(report.starts_with("Stopped."), "{report}");
        } else {
            forget(&page).await?;
        }
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
        assert_eq!(page.run(begun, vec![]).await?, json!([]), "after {by}");
    }
    assert_eq!(page.text_of("#own-count").await?, "");
    Ok(())
}

pub async fn an_own_picture_is_found_among_the_works_and_called_yours(scene: Scene) -> Result<(), Failed> {
    let served = scene.serve()?;
    let page = room(&scene.ready_page(&served).await?).await?;
    let files = pictures(&scene, &[0.2, 0.7])?;
    add(&page, &files).await?;
    page.click(BACK).await?;
    let results = page.ask(&files[0]).await?;
    assert_eq!((results[0].title.as_str(), results[0].own), ("Picture 0", true), "{results:#?}");
    assert!(results[0].text.contains("Yours"), "it is said in words: {}", results[0].text);
    assert!(results[0].pictured);
    assert_eq!(results[0].score.parse::<f32>()?, 1.0);
    let work = scene.collection().work(0.2);
    assert_eq!((&results[1].file, results[1].own), (&work.file, false), "the work that it is a part of comes next");
    assert!(!results[1].text.contains("Yours"));
    assert!(results.windows(2).all(|pair| score(&pair[0].score) >= score(&pair[1].score)), "one ranking: {results:#?}");

    // On from it, without it, without all of them.
    let like = page.click_and_answer("#results .like").await?;
    assert_eq!(like[0].file, work.file, "the picture itself is not among those like it");
    assert!(page.text_of("#verdict").await?.contains("Picture 0"));
    page.forget_state().await?;
    page.run("history.back()", vec![]).await?;
    page.answer().await?;
    let without = page.click_and_answer("#results .not").await?;
    assert_eq!(without[0].file, work.file);
    assert!(without.iter().all(|shown| shown.title != "Picture 0"));
    assert_eq!(page.click_and_answer("#left-out button").await?, results);

    // From the room, a click on a picture asks for its like.
    page.click(DOOR).await?;
    let like = page.click_and_answer("#own-pictures li:has([title='Picture 1.jpg']) .opens").await?;
    assert_eq!(like[0].file, scene.collection().work(0.7).file);
    assert_eq!(page.text_of("#own-title").await?, "", "the answer is in the other room");
    Ok(())
}

pub async fn a_search_looks_everywhere_or_in_the_collection_or_among_own_pictures_only(
    scene: Scene,
) -> Result<(), Failed> {
    let served = scene.serve()?;
    let page = scene.ready_page(&served).await?;
    let files = pictures(&scene, &[0.2, 0.7])?;
    page.ask(&files[0]).await?;
    assert_eq!(page.text_of("#among").await?, "", "without own pictures there is no choice");
    room(&page).await?;
    add(&page, &files).await?;
    page.forget_state().await?;
    page.click(BACK).await?;
    let everywhere = page.answer().await?;
    assert!(everywhere[0].own && everywhere.iter().any(|shown| !shown.own), "{everywhere:#?}");
    let all = scene.collection().len();
    let choices =
        page.run("return [...document.querySelectorAll('#among button')].map((choice) => choice.innerText)", vec![]);
    let counted = [format!("Everywhere {}", all + 2), format!("The collection {all}"), "Only mine 2".to_owned()];
    assert_eq!(choices.await?, json!(counted));

    let only = |among: &str| format!("#among [data-among={among}]");
    let mine = page.click_and_answer(&only("own")).await?;
    let pressed = "return [document.querySelector('#among [aria-pressed=true]').dataset.among, document.activeElement.dataset.among]";
    assert_eq!(page.run(pressed, vec![]).await?, json!(["own", "own"]), "said to those who do not see it");
    let names = |shown: &[Shown]| shown.iter().map(|shown| shown.title.clone()).collect::<Vec<_>>();
    assert_eq!(names(&mine), ["Picture 0", "Picture 1"]);
    assert!(page.text_of("#status").await?.starts_with("2 shown"));
    assert_eq!(page.text_of("#filters summary").await?, "", "own pictures have no columns to filter by");
    page.click("#numbers summary").await?;
    assert!(page.text_of("#numbers-text").await?.ends_with("2 pictures."));

    // It is a part of the search: of the next one that goes on from this, and not of an earlier one.
    let like = page.click_and_answer("#results li:nth-child(2) .like").await?;
    assert_eq!(names(&like), ["Picture 0"]);
    let works = page.click_and_answer(&only("works")).await?;
    assert!(works.iter().all(|shown| !shown.own) && works[0].file == scene.collection().work(0.7).file, "{works:#?}");
    page.forget_state().await?;
    page.run("history.back()", vec![]).await?;
    assert_eq!(page.answer().await?, mine);
    assert!(!page.run("return location.href", vec![]).await?.as_str().unwrap_or_default().contains("own"));

    // With the last picture of one's own, the choice is gone.
    room(&page).await?;
    forget(&page).await?;
    page.forget_state().await?;
    page.click(BACK).await?;
    assert!(page.answer().await?.iter().all(|shown| !shown.own));
    assert_eq!(page.text_of("#among").await?, "");
    Ok(())
}

/// Somebody who went on searching while pictures are added sees them in the answer, without doing anything.
pub async fn the_answer_on_the_screen_takes_in_own_pictures_when_they_have_come(scene: Scene) -> Result<(), Failed> {
    let served = scene.serve()?;
    let page = scene.ready_page(&served).await?;
    let files = pictures(&scene, &[0.2])?;
    let file = &files[0];
    assert!(!page.ask(file).await?[0].own);
    let add = "const data = new DataTransfer();
        data.items.add(new File([Uint8Array.from(arguments[0])], 'Picture 0.jpg', { type: 'image/jpeg' }));
        const input = document.querySelector('#own-files');
        input.files = data.files;
        input.dispatchEvent(new Event('change'))";
    page.run(add, vec![json!(std::fs::read(file)?)]).await?;
    until(async || Ok(page.results().await?.first().is_some_and(|shown| shown.own))).await?;
    page.click("#results .opens").await?;
    assert_eq!(page.text_of("#compare-title").await?, "Picture 0");
    Ok(())
}

pub async fn a_removed_picture_is_found_no_more(scene: Scene) -> Result<(), Failed> {
    let served = scene.serve()?;
    let page = room(&scene.ready_page(&served).await?).await?;
    let files = pictures(&scene, &[0.2, 0.4, 0.7])?;
    add(&page, &files).await?;
    page.click(BACK).await?;
    assert!(page.ask(&files[1]).await?[0].own);
    page.click(DOOR).await?;
    page.click("#own-pictures li:has([title='Picture 1.jpg']) .not").await?;
    until(async || Ok(page.text_of("#own-count").await? == "2")).await?;
    assert_eq!(hung(&page).await?, ["Picture 0", "Picture 2"]);
    assert!(page.text_of("#own-report").await?.contains("“Picture 1” is removed"));
    let focused = "return document.activeElement.matches('#own-pictures .not')";
    assert_eq!(page.run(focused, vec![]).await?, true, "the focus goes on to another");

    // The answer that had it is asked for again.
    page.forget_state().await?;
    page.click(BACK).await?;
    let results = page.answer().await?;
    assert!(results.iter().all(|shown| shown.title != "Picture 1"), "{results:#?}");
    page.reload().await?;
    page.wait_for_state("ready").await?;
    assert_eq!(page.text_of("#own-count").await?, "2");
    Ok(())
}

pub async fn near_duplicates_hang_together(scene: Scene) -> Result<(), Failed> {
    let served = scene.serve()?;
    let page = room(&scene.ready_page(&served).await?).await?;
    let mut files = pictures(&scene, &[0.1, 0.35, 0.6])?;
    add(&page, &files).await?;
    page.click("#twins").await?;
    until(async || Ok(page.text_of("#own-report").await?.contains("No two"))).await?;

    let same = image::open(&files[1])?;
    files = vec![scene.file("Saved again.jpg", &jpeg(&same, 60)?)?];
    page.click("#twins").await?;
    add(&page, &files).await?;
    page.click("#twins").await?;
    until(async || Ok(page.text_of("#own-report").await?.contains("1 group"))).await?;
    let groups = "return [...document.querySelectorAll('#own-twins > li')].map((group) =>
        [...group.querySelectorAll('h3')].map((name) => name.textContent))";
    assert_eq!(page.run(groups, vec![]).await?, json!([["Picture 1", "Saved again"]]));
    assert!(page.text_of("#own-twins").await?.contains("similarity"));
    assert!(hung(&page).await?.is_empty(), "they have the room to themselves");

    page.click("#own-twins li li:nth-child(2) .not").await?;
    until(async || Ok(page.text_of("#own-count").await? == "3")).await?;
    page.click("#twins").await?;
    until(async || Ok(hung(&page).await?.len() == 3)).await
}

pub async fn what_was_exported_comes_back_after_everything_was_forgotten(scene: Scene) -> Result<(), Failed> {
    let served = scene.serve()?;
    let page = room(&scene.ready_page(&served).await?).await?;
    let files = pictures(&scene, &[0.2, 0.4, 0.7])?;
    add(&page, &files).await?;
    let exported = export(&scene, &page).await?;
    forget(&page).await?;

    give(&page, "#import", &[exported]).await?;
    until(async || Ok(page.text_of("#own-report").await?.contains("3 pictures added"))).await?;
    idle(&page).await?;
    assert_eq!(hung(&page).await?, ["Picture 0", "Picture 1", "Picture 2"]);
    page.click(BACK).await?;
    let results = page.ask(&files[2]).await?;
    assert_eq!((results[0].own, results[0].title.as_str()), (true, "Picture 2"));

    // What is no export is refused, and said to be.
    page.click(DOOR).await?;
    give(&page, "#import", &[scene.file("other.zip", b"PK nothing of ours")?]).await?;
    until(async || Ok(!error(&page).await?.is_empty())).await?;
    assert_eq!(page.text_of("#own-count").await?, "3");
    assert!(page.text_of("#own-report").await?.starts_with("This export cannot be read"));

    // What another tab has forgotten meanwhile is no file that was moved.
    let elsewhere = "const { open } = await import('/www/private-eye.js');
        const eye = await open('/collection/');
        await eye.own.forget();
        eye.close()";
    page.run(elsewhere, vec![]).await?;
    page.click("#export").await?;
    until(async || Ok(page.text_of("#own-report").await? == "That is not here any more.")).await
}

pub async fn forgetting_asks_first_and_leaves_an_empty_room(scene: Scene) -> Result<(), Failed> {
    let served = scene.serve()?;
    let page = room(&scene.ready_page(&served).await?).await?;
    let files = pictures(&scene, &[0.2, 0.4])?;
    add(&page, &files).await?;
    page.click("#own-pictures .opens").await?;
    page.answer().await?;
    page.click(DOOR).await?;

    ask_to_forget(&page, "#forget-all").await?;
    let question = page.text_of("#forget").await?;
    assert!(question.contains("all 2 pictures") && question.contains("stay where they are"), "{question}");
    assert_eq!(page.run("return document.activeElement.value", vec![]).await?, "keep");
    page.press(&[Key::Escape]).await?;
    assert_eq!(hung(&page).await?.len(), 2, "nothing is forgotten before it is said");

    forget(&page).await?;
    assert_eq!(hung(&page).await?, Vec::<String>::new());
    until(async || Ok(page.run("return document.activeElement.id", vec![]).await? == "own-title")).await?;
    // The search for the like of one of them is gone with it.
    page.forget_state().await?;
    page.click(BACK).await?;
    page.wait_for_state("ready").await?;
    assert!(page.ask(&files[0]).await?.iter().all(|shown| !shown.own));
    page.reload().await?;
    page.wait_for_state("ready").await?;
    assert_eq!(page.text_of("#own-count").await?, "");
    assert!(page.text_of(DOOR).await?.contains("own"));
    Ok(())
}

pub async fn the_trust_panel_counts_own_pictures_and_asks_before_it_erases_them(scene: Scene) -> Result<(), Failed> {
    let served = scene.serve()?;
    let page = room(&scene.ready_page(&served).await?).await?;
    add(&page, &pictures(&scene, &[0.2, 0.4])?).await?;
    page.click("#proof").await?;
    until(async || Ok(page.text_of("#trust-text").await?.contains("2 pictures"))).await?;
    assert!(page.text_of("#trust-text").await?.contains("sent nowhere"));
    ask_to_forget(&page, "#erase").await?;
    page.click("#forget [value=keep]").await?;
    assert_eq!(page.text_of("#own-count").await?, "2");
    ask_to_forget(&page, "#erase").await?;
    // Browsers tell of the close before with a frame of theirs, which may come as late as this.
    page.run("document.querySelector('#forget').dispatchEvent(new Event('close'))", vec![]).await?;
    page.click("#forget [value=forget]").await?;
    until(async || Ok(page.run("return Boolean(document.querySelector('#nothing-stored'))", vec![]).await? == true))
        .await?;
    page.run("document.querySelector('#trust').close()", vec![]).await?;
    assert_eq!(hung(&page).await?, Vec::<String>::new());
    Ok(())
}

pub async fn the_keyboard_alone_leads_through_the_own_room(scene: Scene) -> Result<(), Failed> {
    let served = scene.serve()?;
    let page = scene.ready_page(&served).await?;
    press(&page, DOOR, Key::Enter).await?;
    assert_eq!(page.run("return document.activeElement.id", vec![]).await?, "own-title");
    page.tab_to("#own-folder").await?;
    // Enter would open the system's own file dialog here, which no page and no driver can see.
    page.tab_to("#own-files").await?;
    give(&page, "#own-files", &many(&scene, 40)?).await?;
    page.tab_to("#pause").await?;
    page.press(&[Key::Enter, Key::Enter]).await?;
    idle(&page).await?;
    add(&page, &pictures(&scene, &[0.2, 0.7])?).await?;
    press(&page, "#twins", Key::Space).await?;
    until(async || Ok(page.run("return document.querySelector('#twins').ariaPressed", vec![]).await? == "true"))
        .await?;
    press(&page, "#twins", Key::Space).await?;
    until(async || Ok(hung(&page).await?.len() == 42)).await?;
    press(&page, "#own-pictures li:nth-child(2) .not", Key::Enter).await?;
    until(async || Ok(page.text_of("#own-count").await? == "41")).await?;
    page.tab_to("#export").await?;
    page.tab_to("#import").await?;
    page.forget_state().await?;
    press(&page, "#own-pictures li:has([title='Picture 1.jpg']) .opens", Key::Enter).await?;
    assert_eq!(page.answer().await?[0].file, scene.collection().work(0.7).file);
    assert_eq!(page.run("return document.activeElement.id", vec![]).await?, "verdict", "the focus goes to the answer");
    press(&page, DOOR, Key::Enter).await?;
    press(&page, "#forget-all", Key::Enter).await?;
    until(async || Ok(page.run("return document.querySelector('#forget').open", vec![]).await? == true)).await?;
    page.tab_to("#forget [value=forget]").await?;
    page.press(&[Key::Enter]).await?;
    until(async || Ok(page.text_of("#own-count").await?.is_empty())).await?;
    press(&page, BACK, Key::Enter).await?;
    assert!(!page.text_of("#ask-title").await?.is_empty());
    Ok(())
}

pub async fn the_own_room_speaks_german(scene: Scene) -> Result<(), Failed> {
    let served = scene.serve()?;
    let page = room(&scene.ready_page(&served).await?).await?;
    add(&page, &pictures(&scene, &[0.3, 0.6])?).await?;
    let english = page.text_of("#own").await?;
    page.run("const select = document.querySelector('#language'); select.value = 'de'; select.dispatchEvent(new Event('change'))", vec![])
        .await?;
    until(async || Ok(page.text_of("#own-said").await?.contains("aufbewahrt"))).await?;
    until(async || Ok(hung(&page).await?.len() == 2)).await?;
    let german = page.text_of("#own").await?;
    for sentence in english.lines().filter(|line| !line.starts_with("Picture ") && !line.is_empty()) {
        assert!(!german.lines().any(|line| line == sentence), "still in English: {sentence}");
    }
    page.click("#twins").await?;
    until(async || Ok(page.text_of("#own-report").await?.contains("Keine zwei"))).await?;
    ask_to_forget(&page, "#forget-all").await?;
    assert!(page.text_of("#forget").await?.contains("Alle 2 Bilder vergessen?"));
    Ok(())
}

/// Only Chromium lets a script make a folder such as a drop brings.
pub async fn a_dropped_folder_comes_in_with_all_that_is_below_it(scene: Scene) -> Result<(), Failed> {
    let served = scene.serve()?;
    let page = scene.ready_page(&served).await?;
    let bytes: Vec<Vec<u8>> =
        pictures(&scene, &[0.2, 0.7])?.iter().map(std::fs::read).collect::<Result<_, std::io::Error>>()?;
    let drop = "const [one, other] = arguments;
        const done = (call) => new Promise((resolve, reject) => call(resolve, reject));
        const { root } = await done((...on) => webkitRequestFileSystem(TEMPORARY, 1e8, ...on));
        const folder = await done((...on) => root.getDirectory('holiday', { create: true }, ...on));
        const below = await done((...on) => folder.getDirectory('day one', { create: true }, ...on));
        for (const [place, name, text] of [[folder, 'a.jpg', one], [below, 'b.jpg', other], [folder, 'notes.txt', [65]], [folder, '.hidden.jpg', one]]) {
            const entry = await done((...on) => place.getFile(name, { create: true }, ...on));
            const writer = await done((...on) => entry.createWriter(...on));
            await done((end, fail) => { writer.onwriteend = end; writer.onerror = fail; writer.write(new Blob([Uint8Array.from(text)])); });
        }
        const event = new DragEvent('drop', { bubbles: true, cancelable: true });
        Object.defineProperty(event, 'dataTransfer', { value: { items: [{ kind: 'file', webkitGetAsEntry: () => folder }], files: [] } });
        document.body.dispatchEvent(event)";
    page.run(drop, vec![json!(bytes[0]), json!(bytes[1])]).await?;
    until(async || Ok(page.text_of("#own-report").await?.contains("2 pictures added"))).await?;
    assert!(page.text_of("#own-report").await?.contains("2 other files left aside"));
    assert_eq!(hung(&page).await?.len(), 2, "the page shows the room that they went into");
    Ok(())
}

/// A picture dropped in the own room is added; elsewhere it is a question.
pub async fn a_picture_dropped_in_the_own_room_is_added(scene: Scene) -> Result<(), Failed> {
    let served = scene.serve()?;
    let page = room(&scene.ready_page(&served).await?).await?;
    let bytes = std::fs::read(&pictures(&scene, &[0.2])?[0])?;
    let drop = "const data = new DataTransfer();
         data.items.add(new File([Uint8Array.from(arguments[0])], 'Dropped.jpg', { type: 'image/jpeg' }));
         document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }))";
    page.run(drop, vec![json!(bytes)]).await?;
    until(async || Ok(hung(&page).await? == ["Dropped"])).await?;
    page.click(BACK).await?;
    page.forget_state().await?;
    page.run(drop, vec![json!(bytes)]).await?;
    assert_eq!(page.answer().await?[0].title, "Dropped");
    Ok(())
}

/// The file that the browser saves, where a driver can say whereto.
pub async fn an_export_is_saved_as_a_file(scene: Scene) -> Result<(), Failed> {
    let served = scene.serve()?;
    let page = room(&scene.ready_page(&served).await?).await?;
    add(&page, &pictures(&scene, &[0.2, 0.4])?).await?;
    let folder = scene.file("mark", b"")?.parent().ok_or("no folder")?.to_owned();
    page.devtools("Browser.setDownloadBehavior", json!({ "behavior": "allow", "downloadPath": folder })).await?;
    page.click("#export").await?;
    let saved = folder.join("my-pictures.zip");
    until(async || Ok(saved.exists())).await?;
    assert!(std::fs::read(&saved)?.starts_with(b"PK"));
    Ok(())
}

/// Everything that can be done with own pictures, in whatever language.
pub async fn walk_through_the_room(scene: &Scene, page: &Page) -> Result<(), Failed> {
    room(page).await?;
    let files = pictures(scene, &[0.2, 0.4, 0.7])?;
    add(page, &files).await?;
    page.click("#own-pictures .not").await?;
    until(async || Ok(page.text_of("#own-count").await? == "2")).await?;
    page.click("#twins").await?;
    until(async || Ok(hung(page).await?.is_empty())).await?;
    page.click("#twins").await?;
    idle(page).await?;
    let exported = export(scene, page).await?;
    page.click_and_answer("#own-pictures .opens").await?;
    page.click_and_answer("#among [data-among=own]").await?;
    room(page).await?;
    forget(page).await?;
    give(page, "#import", &[exported]).await?;
    until(async || Ok(page.text_of("#own-count").await? == "2")).await?;
    idle(page).await
}

pub async fn where_the_browser_may_clear_own_pictures_the_room_says_so(scene: Scene) -> Result<(), Failed> {
    let served = scene.serve()?;
    let page = room(&scene.ready_page(&served).await?).await?;
    let storage = "Object.assign(window, { asked: 0, safe: false });
        const persist = async () => { window.asked += 1; return window.safe; };
        Object.defineProperty(navigator, 'storage', { value: { persist, persisted: async () => window.safe } })";
    page.run(storage, vec![]).await?;
    assert_eq!(page.text_of("#own-note").await?, "", "of nothing there is nothing to say");
    let files = pictures(&scene, &[0.2, 0.4])?;
    add(&page, &files[..1]).await?;
    let note = page.text_of("#own-note").await?;
    assert!(note.contains("may clear them") && note.contains("Export"), "{note}");
    page.run("window.safe = true", vec![]).await?;
    add(&page, &files[1..]).await?;
    until(async || Ok(page.text_of("#own-note").await?.is_empty())).await?;
    assert_eq!(page.run("return window.asked", vec![]).await?, 1, "the browser is asked once");
    Ok(())
}

/// Where the browser refuses every place to keep something in, the page says so and goes on.
pub async fn where_nothing_can_be_kept_the_room_says_so_and_goes_on(scene: Scene) -> Result<(), Failed> {
    let served = serve_without_storage(&scene)?;
    keeps_nothing(&scene, &served).await
}

/// The room in a page that can keep nothing of it.
pub async fn keeps_nothing(scene: &Scene, served: &Served) -> Result<(), Failed> {
    let page = room(&scene.ready_page(served).await?).await?;
    assert!(page.text_of("#own-note").await?.contains("keep nothing"));
    let files = pictures(scene, &[0.2, 0.4])?;
    add(&page, &files).await?;
    assert!(page.text_of("#own-said").await?.contains("in this page's memory"));
    axe(&page, "a room that keeps nothing").await?;
    page.click(BACK).await?;
    assert!(page.ask(&files[1]).await?[0].own);
    page.click("#proof").await?;
    until(async || {
        Ok(page.run("return Boolean(document.querySelector('#erase, #nothing-stored'))", vec![]).await? == true)
    })
    .await?;
    assert!(!page.text_of("#trust-text").await?.contains("Your own pictures"), "they are not among what is stored");
    page.reload().await?;
    page.wait_for_state("ready").await?;
    assert_eq!(page.text_of("#own-count").await?, "");
    Ok(())
}

/// Serves the site to a browser that keeps nothing: what the worker finds out about it is what it would find where every
/// place to keep something in is switched off.
pub fn serve_without_storage(scene: &Scene) -> Result<Served, Failed> {
    let store = scene.collection().site.join("www/own/store.js");
    let refused = "Object.defineProperty(navigator, 'storage', { value: undefined });
        Object.defineProperty(globalThis, 'indexedDB', { value: undefined });";
    let script = format!("{refused}\n{}", std::fs::read_to_string(store)?);
    let answer = move || async move { ([(axum::http::header::CONTENT_TYPE, "text/javascript")], script) };
    scene.serve_with(axum::Router::new().route("/www/own/store.js", axum::routing::get(answer)))
}

/// Enters the room.
pub async fn room(page: &Page) -> Result<Page, Failed> {
    page.click(DOOR).await?;
    Ok(page.clone())
}

/// Adds pictures and waits until they are in.
pub async fn add(page: &Page, files: &[PathBuf]) -> Result<(), Failed> {
    page.run("document.querySelector('#own-report').hidden = true", vec![]).await?;
    give(page, "#own-files", files).await?;
    until(async || Ok(!page.text_of("#own-report").await?.is_empty())).await?;
    assert_eq!(error(page).await?, "");
    idle(page).await
}

/// Waits until nothing is under way and everything hangs.
pub async fn idle(page: &Page) -> Result<(), Failed> {
    let over = "const many = Number(document.querySelector('#own-count').textContent.replaceAll(/\\D/g, ''));
        return document.querySelector('#underway').hidden
            && (!document.querySelector('#own-twins').hidden || document.querySelectorAll('#own-pictures > li').length === Math.min(many, 60))";
    until(async || Ok(page.run(over, vec![]).await? == true)).await
}

pub async fn give(page: &Page, selector: &str, files: &[PathBuf]) -> Result<(), Failed> {
    page.give(selector, &files.iter().map(PathBuf::as_path).collect::<Vec<&Path>>()).await
}

/// The names of what hangs in the room, in the order of the alphabet: pictures come in as they are done.
async fn hung(page: &Page) -> Result<Vec<String>, Failed> {
    let names = "const list = document.querySelector('#own-pictures');
        return list.checkVisibility() ? [...list.querySelectorAll('h3')].map((name) => name.textContent).sort() : []";
    Ok(serde_json::from_value(page.run(names, vec![]).await?)?)
}

/// How many pictures are done while some are under way.
pub async fn done(page: &Page) -> Result<u64, Failed> {
    let value: Value = page.run("return document.querySelector('#underway-progress').value", vec![]).await?;
    Ok(value.as_f64().unwrap_or_default() as u64)
}

pub async fn error(page: &Page) -> Result<String, Failed> {
    let code = page.run("return document.querySelector('#own-report').dataset.code ?? ''", vec![]).await?;
    Ok(code.as_str().unwrap_or_default().to_owned())
}

/// Clicks on what asks before it forgets, and waits for the question.
pub async fn ask_to_forget(page: &Page, selector: &str) -> Result<(), Failed> {
    page.click(selector).await?;
    until(async || Ok(page.run("return document.querySelector('#forget').open", vec![]).await? == true)).await
}

async fn forget(page: &Page) -> Result<(), Failed> {
    ask_to_forget(page, "#forget-all").await?;
    page.click("#forget [value=forget]").await?;
    until(async || Ok(page.text_of("#own-count").await?.is_empty())).await?;
    until(async || Ok(hung(page).await?.is_empty())).await
}

/// What the page saves, kept as a file: where a browser saves to is its own affair.
async fn export(scene: &Scene, page: &Page) -> Result<PathBuf, Failed> {
    let caught = "window.saved = null;
        const make = URL.createObjectURL;
        URL.createObjectURL = (blob) => { if (blob.type === 'application/zip') window.saved = blob; return make.call(URL, blob); };
        document.querySelector('#export').click()";
    page.run(caught, vec![]).await?;
    until(async || Ok(page.run("return Boolean(window.saved)", vec![]).await? == true)).await?;
    let bytes = page.run("return [...new Uint8Array(await window.saved.arrayBuffer())]", vec![]).await?;
    scene.file("exported.zip", &serde_json::from_value::<Vec<u8>>(bytes)?)
}

async fn press(page: &Page, selector: &str, key: Key) -> Result<(), Failed> {
    page.tab_to(selector).await?;
    page.press(&[key]).await
}

fn score(text: &str) -> f32 {
    text.parse().unwrap_or(f32::NAN)
}

/// Parts of works at these places of the collection, as pictures of the visitor's own: `picture 0.jpg` and so on.
pub fn pictures(scene: &Scene, at: &[f64]) -> Result<Vec<PathBuf>, Failed> {
    let collection = scene.collection();
    let files = at.iter().enumerate().map(|(number, &at)| {
        scene.file(&format!("Picture {number}.jpg"), &cropped(&collection.picture(collection.work(at))?)?)
    });
    files.collect()
}

/// So many pictures of which no two are the same.
pub fn many(scene: &Scene, count: u32) -> Result<Vec<PathBuf>, Failed> {
    let files = (0..count).map(|number| {
        let stripes = RgbImage::from_fn(240, 180, |x, y| {
            let mixed = (x / (4 + number % 9)).wrapping_mul(0x9E37_79B1 ^ number)
                ^ (y / (3 + number % 7)).wrapping_mul(0x85EB_CA77);
            Rgb([(mixed >> 24) as u8, (mixed >> 16) as u8, (mixed >> 8) as u8])
        });
        scene.file(&format!("many {number}.jpg"), &jpeg(&DynamicImage::ImageRgb8(stripes), 80)?)
    });
    files.collect()
}
