//! `<private-eye>` and the module in pages that are not ours: the examples.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use axum::http::StatusCode;
use axum::routing::get;
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

/// The element alone in a page, as `element`, with its parts.
const ELEMENT: &str = r#"
    const element = document.querySelector("private-eye");
    const shown = (name) => element.shadowRoot.querySelector(`[part=${name}]`);
    const asked = () => new File([Uint8Array.from(arguments[0])], "a.jpg");
    const told = (name) => new Promise((resolve) => element.addEventListener(name, ({ detail }) => resolve(detail), { once: true }));
    const code = (promise) => promise.then(() => "found", (error) => error.code);
"#;

pub async fn an_element_whose_download_failed_opens_with_the_next_picture_or_tries_again_with_this_one(
    scene: Scene,
) -> Result<(), Failed> {
    let there = Arc::new(AtomicBool::new(false));
    let (manifest, is_there) = (scene.collection().site.join("collection/manifest.json"), there.clone());
    let answer = get(move || {
        let found = if is_there.load(Ordering::Relaxed) { std::fs::read(&manifest).ok() } else { None };
        async move { found.ok_or(StatusCode::NOT_FOUND) }
    });
    let served = scene.serve_with(Router::new().route("/collection/manifest.json", answer))?;
    let page = Page::open(&scene.client, &served.url(BLANK)).await?;
    let work = scene.collection().work(0.5);
    let query = json!(cropped(&scene.collection().picture(work)?)?);
    let script = r#"
        window.codes = [];
        element.addEventListener("error", ({ detail }) => window.codes.push(detail.code));
        element.setAttribute("src", "/collection/");
        // The first one is chosen while the collection is on its way, the second one after that has failed.
        const first = [await code(element.search(asked())), window.codes.length, shown("retry").hidden];
        return [first, [await code(element.search(asked())), window.codes.length, shown("retry").hidden]]"#;
    page.run(
        "await import('/www/private-eye.js'); document.body.append(document.createElement('private-eye'))",
        vec![],
    )
    .await?;
    let failed = page.run(&format!("{ELEMENT}{script}"), vec![query.clone()]).await?;
    assert_eq!(failed, json!([["Network", 1, false], ["Network", 2, false]]));

    there.store(true, Ordering::Relaxed);
    let script = r#"
        const match = told("match");
        shown("retry").click();
        const { matches } = await match;
        return [matches[0].title, Boolean(shown("query").querySelector("img")), shown("error").textContent, shown("retry").hidden]"#;
    let answer = page.run(&format!("{ELEMENT}{script}"), vec![query.clone()]).await?;
    assert_eq!(answer, json!([work.title, true, "", true]));

    let script = r#"
        const other = document.createElement("private-eye");
        document.body.append(other);
        return code(other.search(asked()))"#;
    assert_eq!(page.run(&format!("{ELEMENT}{script}"), vec![query]).await?, "BadOption", "it has no src");
    Ok(())
}

pub async fn a_lazy_element_fetches_nothing_before_it_is_touched(scene: Scene) -> Result<(), Failed> {
    let served = scene.serve()?;
    let page = Page::open(&scene.client, &served.url(BLANK)).await?;
    let script = r#"
        document.body.innerHTML = '<private-eye src="/collection/" loading="lazy"></private-eye>';
        await import("/www/private-eye.js")"#;
    page.run(script, vec![]).await?;
    tokio::time::sleep(GRACE).await;
    let paths = served.record.paths();
    let early = paths.iter().find(|path| path.starts_with("/collection/") || path.ends_with("worker.js"));
    assert_eq!(early, None, "{paths:#?}");
    let script = r#"
        const ready = told("ready");
        shown("button").dispatchEvent(new PointerEvent("pointerdown", { bubbles: true, composed: true }));
        return (await ready).count"#;
    let count = page.run(&format!("{ELEMENT}{script}"), vec![]).await?;
    assert_eq!(count.as_u64(), Some(scene.collection().len() as u64));
    Ok(())
}

pub async fn an_element_starts_once_and_keeps_what_it_shows_in_another_language(scene: Scene) -> Result<(), Failed> {
    let served = scene.serve()?;
    let page = Page::open(&scene.client, &served.url(BLANK)).await?;
    let query = json!(cropped(&scene.collection().picture(scene.collection().work(0.5))?)?);
    let script = r#"
        const said = new Set();
        element.addEventListener("progress", () => said.add(shown("status").textContent));
        let starts = 0;
        element.addEventListener("ready", () => { starts += 1; });
        await import("/www/private-eye.js");
        await element.search(asked());
        const titles = () => [...element.shadowRoot.querySelectorAll("[part=title]")].map((title) => title.textContent);
        const before = titles();
        element.setAttribute("locale", "de");
        await new Promise((resolve) => { setTimeout(resolve, 500); });
        return {
            kept: before.length > 0 && before.join() === titles().join() && Boolean(shown("query").querySelector("img")),
            button: shown("button").textContent, language: shown("frame").lang, status: shown("status").textContent,
            starts, read: [...said].filter((text) => text.includes("MB")),
        }"#;
    let markup = r#"document.body.innerHTML = '<private-eye src="/collection/" locale="en"></private-eye>'"#;
    page.run(markup, vec![]).await?;
    let told = page.run(&format!("{ELEMENT}{script}"), vec![query]).await?;
    assert_eq!([&told["kept"], &told["starts"], &told["read"]], [&json!(true), &json!(1), &json!([])], "{told:#}");
    assert_eq!([&told["button"], &told["language"]], [&json!("Bild auswählen"), &json!("de")]);
    assert!(told["status"].as_str().is_some_and(|status| status.contains("10")), "the answer is told: {told:#}");
    let count = |end: &str| served.record.paths().iter().filter(|path| path.ends_with(end)).count();
    assert_eq!([count("/worker.js"), count("manifest.json")], [1, 1], "{:#?}", served.record.all());
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

pub async fn a_browser_that_starts_no_worker_from_there_or_none_of_modules_is_told_apart_by_codes(
    scene: Scene,
) -> Result<(), Failed> {
    let served = scene.serve()?;
    let page = Page::open(&scene.client, &served.url(BLANK)).await?;
    let script = r#"
        const { open, EyeError } = await import("/www/private-eye.js");
        const code = () => open("/collection/").then(() => "opened", (error) => (error instanceof EyeError ? error.code : String(error)));
        window.Worker = class {
            constructor(address, options) {
                throw new DOMException(`a ${options.type} from elsewhere`, "SecurityError");
            }
        };
        const codes = [await code()];
        window.Worker = class {};
        return [...codes, await code()]"#;
    assert_eq!(page.run(script, vec![]).await?, json!(["Browser", "NoSimd"]));
    Ok(())
}

pub async fn what_was_seen_of_a_picture_is_not_looked_at_again(scene: Scene) -> Result<(), Failed> {
    let served = scene.serve()?;
    let page = Page::open(&scene.client, &served.url(BLANK)).await?;
    let query = cropped(&scene.collection().picture(scene.collection().work(0.5))?.fliph())?;
    let script = r#"
        const { open } = await import("/www/private-eye.js");
        const eye = await open("/collection/");
        const told = (matches) => JSON.stringify([...matches, matches.verdict, matches.thresholds]);
        const picture = new Blob([Uint8Array.from(arguments[0])]);
        // Whoever looked at this would say that it is none.
        const gone = new Blob(["no picture"]);
        const region = { x: 0.1, y: 0.2, width: 0.6, height: 0.7 };
        const pairs = [];
        for (const options of [{}, { closer: false }, { closer: true }]) {
            const first = await eye.search(picture, options);
            pairs.push([told(first), told(await eye.search({ picture: gone, seen: first.seen[0] }, options))]);
            const part = await eye.search({ picture, region }, options);
            pairs.push([told(part), told(await eye.search(picture, { ...options, region }))]);
            const both = await eye.search([picture, 7, { picture, region }], options);
            const [whole, none, seen] = both.seen;
            if (none !== null) throw new Error("a work was looked at");
            const again = await eye.search([{ picture: gone, seen: whole }, 7, { picture: gone, region, seen }], options);
            pairs.push([told(both), told(again)]);
        }
        const code = await eye.search({ picture: gone }).catch((error) => error.code);
        eye.close();
        return [pairs, code]"#;
    let told: Value = page.run(script, vec![json!(query)]).await?;
    let pairs = told[0].as_array().ok_or("no pairs")?;
    assert_eq!(pairs.len(), 9);
    assert!(pairs.iter().all(|pair| pair[0] == pair[1]), "{pairs:#?}");
    assert_eq!(told[1], "NotAPicture");
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
