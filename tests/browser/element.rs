//! `<private-eye>` and the module in pages that are not ours: the examples.

use axum::Router;
use libtest_mimic::Failed;
use serde_json::{Value, json};

use crate::page::{Page, until};
use crate::privacy::GRACE;
use crate::served::{BLANK, Served};
use crate::stage::Scene;
use crate::works::cropped;

/// Opens the example with two elements and waits until both are ready.
pub async fn example(scene: &Scene, served: &Served) -> Result<Page, Failed> {
    let page = Page::open(&scene.client, &served.url("/www/examples/element.html")).await?;
    let ready = "return [...document.querySelectorAll('private-eye')]
            .every((element) => element.matches(':defined') && /720/.test(element.shadowRoot.querySelector('.status')?.textContent))";
    until(async || Ok(page.run(ready, vec![]).await? == true)).await?;
    Ok(page)
}

pub async fn elements_with_the_same_source_share_one_collection_and_search_apart(scene: Scene) -> Result<(), Failed> {
    let served = scene.serve()?;
    let page = example(&scene, &served).await?;
    let count = |end: &str| served.record.paths().iter().filter(|path| path.ends_with(end)).count();
    assert_eq!(count("manifest.json"), 1, "{:#?}", served.record.all());
    assert_eq!(count("worker.js"), 1);
    let before = served.record.all().len();

    let works = [scene.collection().work(0.25), scene.collection().work(0.75)];
    let queries = works.map(|work| scene.collection().picture(work).and_then(|picture| cropped(&picture)));
    let [first, second] = queries;
    let script = r#"
        const blobs = arguments.map((bytes) => new File([Uint8Array.from(bytes)], "a.jpg"));
        const elements = [...document.querySelectorAll("private-eye")];
        const told = elements.map((element) => new Promise((resolve) => element.addEventListener("match", ({ detail }) => resolve(detail), { once: true })));
        const answers = await Promise.all(elements.map((element, index) => element.search(blobs[index])));
        const shown = elements.map((element) => [...element.shadowRoot.querySelectorAll("[part~=result] [part=title]")].map((title) => title.textContent));
        const matches = (await Promise.all(told)).map(({ matches }) => matches.map(({ title }) => title));
        return { shown, matches, verdicts: answers.map((matches) => matches.map(({ verdict }) => verdict)) }"#;
    let script = script.replace("arguments.map", "[...arguments].map");
    let answer = page.run(&script, vec![json!(first?), json!(second?)]).await?;
    assert_eq!(answer["shown"], answer["matches"], "the event tells what is shown");
    assert_eq!(answer["shown"][0][0], works[0].title.as_str());
    assert_eq!(answer["shown"][0].as_array().map(Vec::len), Some(6), "the limit holds");
    let second = answer["verdicts"][1].as_array().ok_or("no verdicts")?;
    assert!(second.iter().all(|verdict| verdict != "none"), "min-verdict holds: {second:?}");
    assert_eq!(served.record.all().len(), before, "a search asks nothing of the server");
    Ok(())
}

pub async fn an_element_speaks_the_language_it_is_told_and_wears_what_the_page_gives_it(
    scene: Scene,
) -> Result<(), Failed> {
    let served = scene.serve()?;
    let page = example(&scene, &served).await?;
    let script = "return [...document.querySelectorAll('private-eye')].map(({ shadowRoot }) => {
        const button = shadowRoot.querySelector('.button');
        return [button.textContent, getComputedStyle(button).backgroundColor, getComputedStyle(shadowRoot.querySelector('.frame')).borderRadius];
    })";
    let looks: Vec<[String; 3]> = serde_json::from_value(page.run(script, vec![]).await?)?;
    assert_eq!([looks[0][0].as_str(), looks[1][0].as_str()], ["Choose a picture", "Bild auswählen"]);
    assert_eq!(looks[1][1], "rgb(28, 78, 128)", "a custom property");
    assert_ne!(looks[0][1], looks[1][1]);
    assert_eq!([looks[0][2].as_str(), looks[1][2].as_str()], ["0px", "16px"], "a part");
    Ok(())
}

pub async fn an_element_that_cannot_open_its_collection_says_so(scene: Scene) -> Result<(), Failed> {
    let served = scene.serve()?;
    let page = Page::open(&scene.client, &served.url(BLANK)).await?;
    let script = r#"
        await import("/www/private-eye.js");
        const element = document.createElement("private-eye");
        element.setAttribute("src", "/nowhere/");
        const told = new Promise((resolve) => element.addEventListener("error", ({ detail }) => resolve(detail.code)));
        document.body.append(element);
        const code = await told;
        const shown = (name) => element.shadowRoot.querySelector(`[part=${name}]`);
        const before = [code, shown("error").textContent, shown("retry").hidden];
        // The next attempt is a new one.
        const ready = new Promise((resolve) => element.addEventListener("ready", ({ detail }) => resolve(detail.count)));
        element.setAttribute("src", "/collection/");
        return [...before, await ready, shown("error").textContent]"#;
    let told = page.run(script, vec![]).await?;
    assert_eq!([&told[0], &told[2], &told[4]], [&json!("Network"), &json!(false), &json!("")], "{told}");
    assert!(told[1].as_str().is_some_and(|text| text.contains("404")), "{told}");
    assert_eq!(told[3].as_u64(), Some(scene.collection().len() as u64));
    Ok(())
}

pub async fn the_example_of_the_module_finds_a_work(scene: Scene) -> Result<(), Failed> {
    let served = scene.serve()?;
    let page = Page::open(&scene.client, &served.url("/www/examples/module.html")).await?;
    until(async || Ok(page.run("return document.querySelector('#picture').disabled", vec![]).await? == false)).await?;
    let work = scene.collection().work(0.5);
    page.choose(&scene.file("a.jpg", &cropped(&scene.collection().picture(work)?)?)?).await?;
    until(async || Ok(page.text_of("#matches").await?.contains(&work.title))).await
}

pub async fn a_call_is_aborted_and_a_closed_collection_answers_no_more(scene: Scene) -> Result<(), Failed> {
    let served = scene.serve()?;
    let page = Page::open(&scene.client, &served.url(BLANK)).await?;
    let query = cropped(&scene.collection().picture(scene.collection().work(0.5))?)?;
    let script = r#"
        const { open, EyeError } = await import("/www/private-eye.js");
        const code = (promise) => promise.then(() => "fulfilled", (error) => (error instanceof EyeError ? error.code : String(error)));
        const blob = new Blob([Uint8Array.from(arguments[0])]);
        const early = new AbortController();
        const opening = code(open("/collection/", { signal: early.signal, onProgress: () => early.abort() }));
        const aborted = await opening;
        const eye = await open("/collection/");
        const controller = new AbortController();
        const searching = code(eye.search(blob, { signal: controller.signal }));
        controller.abort();
        const codes = [aborted, await searching];
        codes.push(await code(eye.search([])), await code(eye.search(1e9)), await code(eye.search(0, { filters: { style: 3 } })));
        codes.push(await code(eye.search(new Float32Array(3))), await code(eye.search(new Float32Array(512).fill(NaN))));
        const waiting = code(eye.embed(blob));
        await new Promise((resolve) => { setTimeout(resolve); });
        eye.close();
        codes.push(await waiting, await code(eye.item(0)));
        return codes"#;
    let codes: Value = page.run(script, vec![json!(query)]).await?;
    let [aborted, option, closed] = ["Aborted", "BadOption", "Closed"];
    assert_eq!(codes, json!([aborted, aborted, option, "NotFound", option, option, option, closed, closed]));
    Ok(())
}

/// The package as npm packs it, installed into a site that Vite builds: the element and the module, on any host.
pub async fn the_package_from_npm_searches_in_a_site_that_vite_built(scene: Scene) -> Result<(), Failed> {
    let site = std::env::var_os("PRIVATE_EYE_PACKED_SITE")
        .ok_or("PRIVATE_EYE_PACKED_SITE is not set; `cargo xtask test browser` builds the site and sets it")?;
    // The two folders of `private-eye build` that are no page.
    let folder = |name: &str| private_eye::serve::router(scene.collection().site.join(name));
    let more =
        Router::new().nest_service("/collection", folder("collection")).nest_service("/models", folder("models"));
    let served = Served::start(std::path::Path::new(&site), more, None)?;
    let page = Page::open(&scene.client, &served.url("/")).await?;
    let ready = "const status = document.querySelector('private-eye').shadowRoot?.querySelector('.status');
        return !document.querySelector('#picture').disabled && /720/.test(status?.textContent)";
    until(async || Ok(page.run(ready, vec![]).await? == true)).await?;
    let before = served.record.all().len();

    let (ours, theirs) = (scene.collection().work(0.4), scene.collection().work(0.6));
    page.choose(&scene.file("a.jpg", &cropped(&scene.collection().picture(ours)?)?)?).await?;
    until(async || Ok(page.text_of("#matches").await?.starts_with(&ours.title))).await?;
    let search = "const element = document.querySelector('private-eye');
        const matches = await element.search(new File([Uint8Array.from(arguments[0])], 'a.jpg'));
        return matches.map(({ file }) => file)";
    let query = cropped(&scene.collection().picture(theirs)?)?;
    let found = page.run(search, vec![json!(query)]).await?;
    assert_eq!([&found[0], &json!(found.as_array().map(Vec::len))], [&json!(theirs.file), &json!(5)]);
    tokio::time::sleep(GRACE).await;
    let after = served.record.all();
    assert_eq!(after.len(), before, "requests after ready: {:#?}", &after[before..]);
    Ok(())
}
