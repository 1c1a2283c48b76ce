//! What can be done with an answer: go on from it, narrow it down, look closer, go back.

use fantoccini::key::Key;
use image::DynamicImage;
use libtest_mimic::Failed;
use private_eye::engine::{Engine, SearchOptions, Verdict};
use private_eye::image::{Look, Looks};
use private_eye::index::Effort;
use serde_json::json;

use crate::page::{Page, Shown};
use crate::parity::native;
use crate::stage::Scene;
use crate::works::{cropped, on_a_wall};

pub async fn more_like_this_finds_the_neighbours_of_the_stored_vector(scene: Scene) -> Result<(), Failed> {
    let served = scene.serve()?;
    let (page, first) = answered(&scene, &served.url("/"), 0.3).await?;
    let results = page.click_and_answer("#results li:nth-child(3) .like").await?;

    let engine = native(&scene)?;
    let work: u32 = first[2].id.parse()?;
    let query = engine.collection().query(work as usize);
    let (answer, _) = engine.search_together(&[query], None, &SearchOptions { limit: 11, ..Default::default() })?;
    let expected: Vec<String> =
        answer.matches.iter().filter(|near| near.id != work).take(10).map(|near| near.id.to_string()).collect();
    assert_eq!(ids(&results), expected, "the work itself is not among those like it");
    assert!(page.text_of("#verdict").await?.contains(&first[2].title));
    Ok(())
}

pub async fn a_mirrored_work_is_found_by_a_closer_look_that_says_how(scene: Scene) -> Result<(), Failed> {
    found_by_a_closer_look(&scene, Look::Mirrored, |work| cropped(&work.fliph()), "in the mirror").await
}

pub async fn a_photograph_of_a_work_on_a_wall_finds_it_without_being_cut_out(scene: Scene) -> Result<(), Failed> {
    found_by_a_closer_look(&scene, Look::Framed, on_a_wall, "by what hangs on the wall").await
}

/// Asks for some work, changed so that one look is not sure of it and this one finds it.
async fn found_by_a_closer_look(
    scene: &Scene,
    look: Look,
    change: impl Fn(&DynamicImage) -> Result<Vec<u8>, Failed>,
    said: &str,
) -> Result<(), Failed> {
    let engine = native(scene)?;
    let once = SearchOptions { looks: Looks::Once, ..SearchOptions::default() };
    let mut found = None;
    for place in 0..20 {
        let work = scene.collection().work(f64::from(place) / 20.0);
        let query = change(&scene.collection().picture(work)?)?;
        let answer = engine.search(&query, &SearchOptions::default())?;
        let best = &answer.matches[0];
        if engine.search(&query, &once)?.verdict != Verdict::Same && best.look == Some(look) && best.file == work.file {
            found = Some((query, answer));
            break;
        }
    }
    let (query, expected) = found.ok_or("no work needs a closer look")?;

    let served = scene.serve()?;
    let page = scene.ready_page(&served).await?;
    let results = page.ask(&scene.file("changed.jpg", &query)?).await?;
    let scores = |shown: &Shown| (shown.file.clone(), shown.score.parse::<f32>().unwrap_or(f32::NAN));
    let natively: Vec<(String, f32)> = expected.matches.iter().map(|near| (near.file.clone(), near.score)).collect();
    assert_eq!(results.iter().map(scores).collect::<Vec<_>>(), natively);
    assert!(results[0].text.contains(said), "{}", results[0].text);
    Ok(())
}

pub async fn a_work_of_the_wall_starts_a_search(scene: Scene) -> Result<(), Failed> {
    let served = scene.serve()?;
    let page = scene.ready_page(&served).await?;
    assert_eq!(page.click_and_answer("#wall li:nth-child(2) button").await?.len(), 10);
    Ok(())
}

pub async fn not_this_one_leaves_a_work_out_until_it_is_brought_back(scene: Scene) -> Result<(), Failed> {
    let served = scene.serve()?;
    let (page, before) = answered(&scene, &served.url("/"), 0.3).await?;
    let results = page.click_and_answer("#results li:nth-child(2) .not").await?;
    assert_eq!(results.len(), 10, "the next one moves up");
    let left: Vec<String> = ids(&before).into_iter().filter(|id| *id != before[1].id).collect();
    assert_eq!(ids(&results)[..9], left);

    let back = page.click_and_answer("#left-out button").await?;
    assert_eq!(ids(&back), ids(&before));
    Ok(())
}

pub async fn show_more_goes_on_where_the_answer_ended(scene: Scene) -> Result<(), Failed> {
    let served = scene.serve()?;
    let (page, before) = answered(&scene, &served.url("/"), 0.3).await?;
    let results = page.click_and_answer("#more").await?;
    assert_eq!(results.len(), 30);
    assert_eq!(ids(&results)[..10], ids(&before));
    Ok(())
}

pub async fn back_and_forward_walk_through_searches_of_which_the_address_says_nothing(
    scene: Scene,
) -> Result<(), Failed> {
    let served = scene.serve()?;
    let (page, first) = answered(&scene, &served.url("/"), 0.3).await?;
    let second = page.click_and_answer("#results li:nth-child(4) .like").await?;
    assert_ne!(ids(&first), ids(&second));

    page.forget_state().await?;
    page.run("history.back()", vec![]).await?;
    assert_eq!(page.answer().await?, first);
    page.forget_state().await?;
    page.run("history.back()", vec![]).await?;
    page.wait_for_state("ready").await?;
    assert!(page.results().await?.is_empty(), "before the first search there is no answer");
    page.forget_state().await?;
    page.run("history.go(2)", vec![]).await?;
    assert_eq!(page.answer().await?, second);

    assert_eq!(page.run("return location.href", vec![]).await?, served.url("/"));
    let kept = page.run("return Object.entries(history.state).map(([name, value]) => [name, typeof value])", vec![]);
    assert_eq!(kept.await?, json!([["visit", "number"], ["step", "number"]]), "the browser keeps numbers only");

    // The small pictures of the trail lead back, too.
    page.forget_state().await?;
    page.click("#trail li:nth-child(2) button").await?;
    assert_eq!(page.answer().await?, first);
    Ok(())
}

pub async fn filters_leave_the_ranking_of_what_they_let_through(scene: Scene) -> Result<(), Failed> {
    let served = scene.serve()?;
    let (page, _) = answered(&scene, &served.url("/"), 0.3).await?;
    let engine = native(&scene)?;
    let styles = page.run(
        "return [...document.querySelectorAll('#filters [data-column=style] li')]
            .map((line) => [line.querySelector('input').value, line.querySelector('.figures').textContent])",
        vec![],
    );
    let styles: Vec<(String, String)> = serde_json::from_value(styles.await?)?;
    for (style, count) in &styles {
        let works = engine.collection().items().iter().filter(|item| item.record()["style"] == **style).count();
        assert_eq!(*count, works.to_string(), "works of {style}");
    }

    let style = &styles[2].0;
    let query = cropped(&scene.collection().picture(scene.collection().work(0.3))?)?;
    let expected = ranked(&engine, &query, |record| record["style"] == *style)?;
    let results = page.click_and_answer("#filters [data-column=style] li:nth-child(3) input").await?;
    assert_eq!(ids(&results), expected[..10]);

    // Together with a range of years. What somebody is still writing when the answer comes stays as it is.
    page.forget_state().await?;
    let written = "const [from, to] = document.querySelectorAll('#filters [data-column=year] input');
        from.value = 1670;
        from.dispatchEvent(new Event('change'));
        to.value = 17";
    page.run(written, vec![]).await?;
    page.answer().await?;
    let to = "return document.querySelectorAll('#filters [data-column=year] input')[1].value";
    assert_eq!(page.run(to, vec![]).await?, "17");
    let expected = ranked(&engine, &query, |record| {
        let year = record["year"].as_str().and_then(|year| year.parse::<i32>().ok());
        record["style"] == *style && year.is_some_and(|year| (1670..=1700).contains(&year))
    })?;
    page.forget_state().await?;
    page.run(
        "for (const [index, year] of [1670, 1700].entries()) {
             const input = document.querySelectorAll('#filters [data-column=year] input')[index];
             input.value = year;
             input.dispatchEvent(new Event('change'));
         }",
        vec![],
    )
    .await?;
    let in_range = page.answer().await?;
    assert_eq!(ids(&in_range), expected[..expected.len().min(10)]);

    // A range without anything in it is no question, and the number that makes it so is refused.
    page.forget_state().await?;
    let refused = page.run(
        "const [from, to] = document.querySelectorAll('#filters [data-column=year] input');
         const enter = (input, year) => { input.value = year; input.dispatchEvent(new Event('change')); };
         enter(from, 1701);
         const refused = [from.validity.rangeOverflow, to.validity.valid];
         enter(from, 1670);
         return [...refused, from.validity.valid]",
        vec![],
    );
    assert_eq!(refused.await?, json!([true, true, true]));
    assert_eq!(ids(&page.answer().await?), ids(&in_range));

    // The next search keeps them, until they are cleared.
    let like = page.click_and_answer("#results .like").await?;
    assert!(like.iter().all(|shown| shown.text.contains(style)), "{like:#?}");
    let all = page.click_and_answer("#filters form > .link").await?;
    assert!(all.len() == 10 && all.iter().any(|shown| !shown.text.contains(style)), "{all:#?}");
    Ok(())
}

/// The works of the demo have no originals elsewhere.
pub async fn what_is_no_address_of_the_web_becomes_no_link_in_older_browsers_either(
    scene: Scene,
) -> Result<(), Failed> {
    let served = scene.serve()?;
    let page = scene.ready_page(&served).await?;
    let links = "delete URL.canParse;
        const { original } = await import('/www/results.js');
        return ['https://example.org/a', 'javascript:alert(1)', 'no link', undefined].map((link) => original(link, 'A')?.href ?? null)";
    assert_eq!(page.run(links, vec![]).await?, json!(["https://example.org/a", null, null, null]));
    Ok(())
}

pub async fn a_slider_lays_the_picture_over_the_work(scene: Scene) -> Result<(), Failed> {
    let served = scene.serve()?;
    let (page, results) = answered(&scene, &served.url("/"), 0.3).await?;
    page.click("#results .opens").await?;
    assert_eq!(page.text_of("#compare-title").await?, results[0].title);
    let uncovered = "return getComputedStyle(document.querySelector('#stage .mine')).clipPath";
    let before = page.run(uncovered, vec![]).await?;
    assert_eq!(page.run("return document.activeElement.id", vec![]).await?, "slider");
    page.press(&[Key::Left, Key::Left]).await?;
    assert_ne!(page.run(uncovered, vec![]).await?, before, "the arrow keys move the slider");
    assert_eq!(page.run("return document.querySelectorAll('#stage img').length", vec![]).await?, 2);
    page.press(&[Key::Escape]).await?;
    let focused = page.run("return document.activeElement.className", vec![]).await?;
    assert_eq!(focused, "opens", "closing leads back to the work");
    Ok(())
}

pub async fn the_number_behind_a_verdict_says_what_it_means_when_asked(scene: Scene) -> Result<(), Failed> {
    let served = scene.serve()?;
    let (page, results) = answered(&scene, &served.url("/"), 0.3).await?;
    assert!(!results[0].text.contains("In this collection"), "not before it is asked for: {}", results[0].text);
    page.click("#results .score summary").await?;
    let meaning = page.text_of("#results .scale p").await?;
    let collection = scene.collection();
    let query = cropped(&collection.picture(collection.work(0.3))?)?;
    let thresholds = native(&scene)?.search(&query, &SearchOptions::default())?.thresholds;
    for limit in [thresholds.same, thresholds.similar] {
        let cut = format!("{:.3}", (limit * 1000.0).floor() / 1000.0);
        assert!(meaning.contains(&cut), "{cut} is not in: {meaning}");
    }
    Ok(())
}

pub async fn the_answer_is_a_grid_or_a_list(scene: Scene) -> Result<(), Failed> {
    let served = scene.serve()?;
    let (page, _) = answered(&scene, &served.url("/"), 0.3).await?;
    let lines = "return new Set([...document.querySelectorAll('#results li')].slice(1)
        .map((line) => line.getBoundingClientRect().top)).size";
    assert!(page.run(lines, vec![]).await?.as_u64() < Some(9), "several works in a line");
    page.click("#view [data-view=list]").await?;
    assert_eq!(page.run(lines, vec![]).await?, 9, "one work in each line");
    let pressed = page.run("return document.querySelector('#view [data-view=list]').ariaPressed", vec![]).await?;
    assert_eq!(pressed, "true");
    Ok(())
}

/// A ready page with the answer to a crop of the work at this fraction of the collection.
pub async fn answered(scene: &Scene, address: &str, at: f64) -> Result<(Page, Vec<Shown>), Failed> {
    let page = Page::open_ready(&scene.client, address).await?;
    let query = cropped(&scene.collection().picture(scene.collection().work(at))?)?;
    let results = page.ask(&scene.file("a photo.jpg", &query)?).await?;
    Ok((page, results))
}

pub fn ids(results: &[Shown]) -> Vec<String> {
    results.iter().map(|shown| shown.id.clone()).collect()
}

/// The works whose records are wanted, nearest first, as the native engine ranks them all: at one look, or at several where
/// one is not sure.
fn ranked(
    engine: &Engine,
    query: &[u8],
    wanted: impl Fn(&serde_json::Map<String, serde_json::Value>) -> bool,
) -> Result<Vec<String>, Failed> {
    let ranked = |looks| -> Result<(Verdict, Vec<String>), Failed> {
        let limit = engine.collection().len();
        let options = SearchOptions { limit, effort: Effort::Exact, looks, ..SearchOptions::default() };
        let matches: Vec<_> =
            engine.search(query, &options)?.matches.into_iter().filter(|found| wanted(&found.item)).collect();
        let verdict = matches.first().map_or(Verdict::None, |best| best.verdict);
        Ok((verdict, matches.into_iter().map(|found| found.id.to_string()).collect()))
    };
    let (once, closer) = (ranked(Looks::Once)?, ranked(Looks::Closer)?);
    Ok(if once.0 == Verdict::Same || closer.0 < once.0 { once.1 } else { closer.1 })
}
