//! Asking with a part of a picture, and with several pictures at once.

use fantoccini::actions::{InputSource, MOUSE_BUTTON_LEFT, MouseActions, PointerAction};
use fantoccini::key::Key;
use image::DynamicImage;
use libtest_mimic::Failed;
use private_eye::engine::SearchOptions;
use private_eye::image::Region;
use serde_json::json;

use crate::page::{Page, until};
use crate::parity::native;
use crate::served::Served;
use crate::stage::Scene;
use crate::works::{cropped, jpeg};

pub async fn a_part_chosen_with_the_keyboard_is_searched_besides_the_whole(scene: Scene) -> Result<(), Failed> {
    let served = scene.serve()?;
    let page = scene.ready_page(&served).await?;
    let query = side_by_side(&scene)?;
    page.ask(&scene.file("two in one.jpg", &query)?).await?;

    page.click("#part").await?;
    let focused = page.run("return document.activeElement.className", vec![]).await?;
    assert_eq!(focused, "move", "the part has the focus");
    // From the middle into the upper right corner, then down to the lower edge: the right half.
    for (selector, keys) in [(".region .move", [Key::Right, Key::Up]), (".region .size", [Key::Right, Key::Down])] {
        page.run("document.querySelector(arguments[0]).focus()", vec![json!(selector)]).await?;
        for key in keys {
            page.press(&[key; 26]).await?;
        }
    }
    // Each pause of the keys begins a search; the last one has the whole half.
    let best = native(&scene)?.search(&query, &SearchOptions { region: Some(RIGHT_HALF), ..Default::default() })?;
    let best = &best.matches[0];
    let found = async || {
        let results = page.results().await?;
        Ok(results.iter().any(|shown| {
            shown.query == "1" && shown.id == best.id.to_string() && shown.score.parse() == Ok(best.score)
        }))
    };
    crate::page::until(found).await?;
    assert_eq!(best.file, scene.collection().work(0.7).file, "the half shows this work");
    assert!(page.text_of("#status").await?.contains("50"), "where the part is, is said");

    page.press(&[Key::Escape]).await?;
    let whole = async || Ok(page.results().await?.iter().all(|shown| shown.query == "0"));
    crate::page::until(whole).await
}

pub async fn a_part_that_has_not_come_to_rest_is_not_asked_for_elsewhere(scene: Scene) -> Result<(), Failed> {
    let served = scene.serve()?;
    let page = scene.ready_page(&served).await?;
    let other = cropped(&scene.collection().picture(scene.collection().work(0.4))?)?;
    page.ask(&scene.file("two in one.jpg", &side_by_side(&scene)?)?).await?;
    page.click_and_answer("#part").await?;
    let moves =
        "document.querySelector('.region .move').dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowLeft' }));";
    let rest = std::time::Duration::from_millis(800);

    // With another picture.
    let asks = "const data = new DataTransfer();
        data.items.add(new File([Uint8Array.from(arguments[0])], 'other.jpg', { type: 'image/jpeg' }));
        const input = document.querySelector('#picture');
        input.files = data.files;
        input.dispatchEvent(new Event('change'))";
    page.forget_state().await?;
    page.run(&format!("{moves}\n{asks}"), vec![json!(other)]).await?;
    page.answer().await?;
    tokio::time::sleep(rest).await;
    assert_eq!(page.run("return document.querySelector('#part').dataset.words", vec![]).await?, "part");
    assert!(page.answer().await?.iter().all(|shown| shown.query == "0"));

    // At the start, where nothing is asked.
    page.click_and_answer("#part").await?;
    let goes = "window.troubles = [];
        addEventListener('error', ({ message }) => window.troubles.push(message));
        history.go(-2)";
    page.forget_state().await?;
    page.run(&format!("{moves}\n{goes}"), vec![]).await?;
    page.wait_for_state("ready").await?;
    tokio::time::sleep(rest).await;
    assert_eq!(page.run("return window.troubles", vec![]).await?, json!([]));
    Ok(())
}

const RIGHT_HALF: Region = Region { x: 0.5, y: 0.0, width: 0.5, height: 1.0 };

pub async fn a_part_drawn_with_the_mouse_is_searched(scene: Scene) -> Result<(), Failed> {
    let served = scene.serve()?;
    let page = scene.ready_page(&served).await?;
    page.ask(&scene.file("two in one.jpg", &side_by_side(&scene)?)?).await?;
    let place = "const { left, top, width, height } = document.querySelector('.stage').getBoundingClientRect();
        return [left + width * 0.52, top + height * 0.02, left + width * 0.98, top + height * 0.97].map(Math.round)";
    let [x, y, to_x, to_y]: [i64; 4] = serde_json::from_value(page.run(place, vec![]).await?)?;
    page.forget_state().await?;
    let go = |x, y| PointerAction::MoveTo { duration: None, x: x as f64, y: y as f64 };
    let actions = MouseActions::new("mouse".to_owned())
        .then(go(x, y))
        .then(PointerAction::Down { button: MOUSE_BUTTON_LEFT })
        .then(go((x + to_x) / 2, (y + to_y) / 2))
        .then(go(to_x, to_y))
        .then(PointerAction::Up { button: MOUSE_BUTTON_LEFT });
    scene.client.perform_actions(actions).await?;
    let results = page.answer().await?;
    assert_eq!(results[0].file, scene.collection().work(0.7).file, "{results:#?}");
    assert_eq!(results[0].query, "1", "found by the part, not by the whole");
    Ok(())
}

pub async fn several_pictures_are_one_question(scene: Scene) -> Result<(), Failed> {
    let served = scene.serve()?;
    let page = scene.ready_page(&served).await?;
    let works = [scene.collection().work(0.2), scene.collection().work(0.8)];
    let mut files = Vec::new();
    for (number, work) in works.iter().enumerate() {
        files.push(scene.file(&format!("{number}.png"), &png(&scene.collection().picture(work)?)?)?);
    }
    page.choose_all(&[&files[0], &files[1]]).await?;
    let results = page.answer().await?;
    let mut first: Vec<(&str, &str)> =
        results[..2].iter().map(|shown| (shown.query.as_str(), shown.file.as_str())).collect();
    first.sort_unstable();
    assert_eq!(first, [("0", works[0].file.as_str()), ("1", works[1].file.as_str())]);
    assert!(results[..2].iter().all(|shown| shown.score.parse() == Ok(1.0_f32)), "{results:#?}");
    let said = results.iter().find(|shown| shown.query == "1").map(|shown| shown.text.as_str()).unwrap_or_default();
    assert!(said.contains("your picture 2"), "which picture it was is said: {said}");
    Ok(())
}

pub async fn pictures_shared_by_another_app_reach_the_page_and_not_the_server(scene: Scene) -> Result<(), Failed> {
    let served = scene.serve()?;
    let page = scene.ready_page(&served).await?;
    share(&scene, &served, &page).await
}

pub async fn what_is_shared_after_everything_was_erased_does_not_reach_the_server_either(
    scene: Scene,
) -> Result<(), Failed> {
    let mut served = scene.serve()?;
    let page = scene.ready_page(&served).await?;
    crate::trust::erase(&page).await?;
    share(&scene, &served, &page).await?;
    // That was a visit, so the page opens offline again.
    until(async || Ok(!page.text_of("#proof").await?.is_empty())).await?;
    served.stop();
    until(async || Ok(served.is_off())).await?;
    page.reload().await?;
    page.wait_for_state("ready").await
}

/// Shares a picture with the installed page, of which the server hears nothing.
async fn share(scene: &Scene, served: &Served, page: &Page) -> Result<(), Failed> {
    let work = scene.collection().work(0.45);
    let query = cropped(&scene.collection().picture(work)?)?;
    // What the system does with the form that the manifest describes, from a page without rules of its own.
    let manifest = "return (await fetch('/manifest.webmanifest')).json()";
    let target = page.run(manifest, vec![]).await?["share_target"].clone();
    Page::open(&scene.client, &served.url(crate::served::BLANK)).await?;
    let before = served.record.all().len();
    let script = r#"
        const [target, bytes] = arguments;
        const form = document.body.appendChild(document.createElement("form"));
        Object.assign(form, { method: target.method, enctype: target.enctype, action: "/" + target.action });
        const input = form.appendChild(document.createElement("input"));
        Object.assign(input, { type: "file", name: target.params.files[0].name });
        const data = new DataTransfer();
        data.items.add(new File([Uint8Array.from(bytes)], "shared.jpg", { type: "image/jpeg" }));
        input.files = data.files;
        form.submit();"#;
    page.run(script, vec![target, json!(query)]).await?;
    let results = page.answer().await?;
    assert_eq!(results[0].file, work.file);
    let asked = served.record.paths()[before..].to_vec();
    assert!(asked.iter().all(|path| !path.starts_with("/share")), "the server was told: {asked:?}");
    assert_eq!(page.run("return location.href", vec![]).await?, served.url("/"));
    Ok(())
}

pub async fn a_picture_is_pasted_by_a_button(scene: Scene) -> Result<(), Failed> {
    let served = scene.serve()?;
    let page = scene.ready_page(&served).await?;
    let permissions = json!({ "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"] });
    page.devtools("Browser.grantPermissions", permissions).await?;
    let work = scene.collection().work(0.35);
    let copy = "const blob = new Blob([Uint8Array.from(arguments[0])], { type: 'image/png' });
        await navigator.clipboard.write([new ClipboardItem({ 'image/png': blob })])";
    page.run(copy, vec![json!(png(&scene.collection().picture(work)?)?)]).await?;
    let results = page.click_and_answer("#paste").await?;
    assert_eq!(results[0].file, work.file);
    Ok(())
}

/// A picture that only browsers can decode; `tests/pictures/make.py` wrote both files from the same pixels.
pub async fn a_picture_that_only_the_browser_can_read_is_searched_with_a_note(scene: Scene) -> Result<(), Failed> {
    let served = scene.serve()?;
    let page = scene.ready_page(&served).await?;
    let tests = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let note = "return document.querySelector('#approximate').hidden";
    let plain = page.ask(&tests.join("pictures/rgb.png")).await?;
    assert_eq!(page.run(note, vec![]).await?, true, "nothing to say about a PNG");
    let foreign = page.ask(&tests.join("browser/rgb.avif")).await?;
    assert_eq!(page.run(note, vec![]).await?, false);
    let near = |score: &str| score.parse::<f32>().unwrap_or(f32::NAN);
    assert!((near(&plain[0].score) - near(&foreign[0].score)).abs() < 0.05, "{} {}", plain[0].score, foreign[0].score);
    Ok(())
}

/// Two works, the second one in the right half.
fn side_by_side(scene: &Scene) -> Result<Vec<u8>, Failed> {
    let half = |at: f64| -> Result<DynamicImage, Failed> {
        Ok(scene.collection().picture(scene.collection().work(at))?.resize_exact(300, 400, image::imageops::Triangle))
    };
    let mut both = DynamicImage::new_rgb8(600, 400);
    image::imageops::replace(&mut both, &half(0.1)?, 0, 0);
    image::imageops::replace(&mut both, &half(0.7)?, 300, 0);
    jpeg(&both, 90)
}

pub fn png(picture: &DynamicImage) -> Result<Vec<u8>, Failed> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, image::ImageFormat::Png)?;
    Ok(bytes.into_inner())
}
