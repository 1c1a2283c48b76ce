//! The page in more than one language, and in both directions of writing.

use libtest_mimic::Failed;
use serde_json::json;

use crate::answering::answered;
use crate::stage::Scene;

pub async fn every_language_says_everything(scene: Scene) -> Result<(), Failed> {
    let served = scene.serve()?;
    let page = scene.ready_page(&served).await?;
    let script = r#"
        const { catalogues } = await import("/www/words.js");
        const keys = (value, path) => (typeof value === "object" && value !== null
            ? Object.entries(value).flatMap(([key, inner]) => keys(inner, `${path}.${key}`))
            : [`${path}: ${typeof value}`]);
        // The labels of samples come with the collection; a language may have words for some of them.
        return Object.values(catalogues).map(({ samples, ...words }) => keys(words, "").sort())"#;
    let keys = page.run(script, vec![]).await?;
    let catalogues = keys.as_array().ok_or("no list of catalogues")?;
    assert!(catalogues.len() >= 2 && catalogues[0].as_array().is_some_and(|keys| keys.len() > 100));
    for other in &catalogues[1..] {
        assert_eq!(*other, catalogues[0]);
    }
    // What stands in the file for readers without scripts is the English of the catalogue.
    let script = r#"
        const { catalogues: { en } } = await import("/www/words.js");
        const page = new DOMParser().parseFromString(await (await fetch("/")).text(), "text/html");
        return [...page.querySelectorAll("[data-words]")].filter((said) => said.textContent !== en.page[said.dataset.words])
            .concat(...page.querySelectorAll("[aria-label], [title], [alt], [placeholder]")) // which nothing translates
            .map((said) => said.outerHTML)"#;
    assert_eq!(page.run(script, vec![]).await?, json!([]));
    let script = r#"
        const { catalogues: { en, de } } = await import("/www/words.js");
        return [en, de].map(({ own }) => own.report({ added: 1, known: 0, failed: [] }, 1))"#;
    let one = ["1 picture added. 1 other file left aside.", "1 Bild hinzugefügt. 1 andere Datei beiseite gelassen."];
    assert_eq!(page.run(script, vec![]).await?, json!(one));
    Ok(())
}

pub async fn the_page_speaks_german_when_it_is_asked_to(scene: Scene) -> Result<(), Failed> {
    let served = scene.serve()?;
    let (page, _) = answered(&scene, &served.url("/"), 0.3).await?;
    let english = page.text_of("main").await?;
    let switch = "const select = document.querySelector('#language');
        select.value = 'de';
        select.dispatchEvent(new Event('change'));";
    page.run(switch, vec![]).await?;
    let root = "const { lang, dir } = document.documentElement; return [lang, dir]";
    assert_eq!(page.run(root, vec![]).await?, json!(["de", "ltr"]));
    let heading = page.text_of("#verdict").await?;
    assert!(["Hier ist es", "Diese sehen ähnlich aus", "Kein naher Treffer"].contains(&heading.as_str()), "{heading}");
    // Titles and names stay; no sentence of the page does.
    let german = page.text_of("main").await?;
    for sentence in english.lines().filter(|line| line.contains("similarity") || line.contains("picture")) {
        assert!(!german.lines().any(|line| line == sentence), "still in English: {sentence}");
    }
    // It is remembered, and an error is said in German, too.
    page.reload().await?;
    page.wait_for_state("ready").await?;
    assert!(page.text_of("#status").await?.starts_with("Bereit"));
    page.choose(&scene.file("notes.txt", b"no picture")?).await?;
    assert!(page.error().await?.1.contains("kein Bild"));
    Ok(())
}

pub async fn written_from_right_to_left_nothing_leaves_the_screen(scene: Scene) -> Result<(), Failed> {
    let served = scene.serve()?;
    let (page, _) = answered(&scene, &served.url("/"), 0.3).await?;
    for width in [320, 1280] {
        page.on_screen(width, 844).await?;
        page.run("document.documentElement.dir = 'rtl'", vec![]).await?;
        let outside = "const { clientWidth, scrollWidth } = document.documentElement;
            return [scrollWidth > clientWidth, [...document.querySelectorAll('main *')].filter((shown) => {
                const { left, right, width } = shown.getBoundingClientRect();
                return width > 1 && !shown.closest('#trail') && (left < -1 || right > clientWidth + 1);
            }).map((shown) => shown.outerHTML.slice(0, 80))]";
        assert_eq!(page.run(outside, vec![]).await?, json!([false, []]), "at {width} pixels");
    }
    Ok(())
}
