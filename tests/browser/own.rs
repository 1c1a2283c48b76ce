//! One's own pictures through the module API: added, kept, searched, exported, forgotten.

use std::path::{Path, PathBuf};
use std::process::Command;

use axum::Router;
use fantoccini::Locator;
use image::DynamicImage;
use libtest_mimic::Failed;
use private_eye::collection;
use serde_json::{Value, json};

use crate::driver::Engine;
use crate::page::Page;
use crate::privacy::GRACE;
use crate::served::{BLANK, Served};
use crate::stage::Scene;
use crate::works::{jpeg, noise};

/// A page of the site's origin that has the module API, a collection opened, and an input for own pictures.
pub async fn lab(scene: &Scene) -> Result<(Served, Page), Failed> {
    let served = scene.serve_with(Router::new())?;
    let page = Page::open(&scene.client, &served.url(BLANK)).await?;
    open(&page).await?;
    Ok((served, page))
}

pub async fn open(page: &Page) -> Result<(), Failed> {
    let script = r#"
        const { open, Pauser } = await import("/www/private-eye.js");
        Object.assign(window, { open, Pauser, eye: await open("/collection/") });
        const input = document.body.appendChild(document.createElement("input"));
        Object.assign(input, { type: "file", multiple: true, id: "own" });
        // What fails comes back as its code.
        window.attempt = (call) => call.then(() => "done", ({ code }) => code);"#;
    page.run(script, vec![]).await.map(drop)
}

/// So many different pictures as files in the test's folder.
pub fn pictures(scene: &Scene, count: u32) -> Result<Vec<PathBuf>, Failed> {
    (0..count).map(|number| scene.file(&format!("own picture-{number:04}.jpg"), &picture(number)?)).collect()
}

fn picture(number: u32) -> Result<Vec<u8>, Failed> {
    picture_of(number, 160, 120)
}

/// A picture like no other: blocks whose colours its number decides.
fn picture_of(number: u32, width: u32, height: u32) -> Result<Vec<u8>, Failed> {
    let picture = image::RgbImage::from_fn(width, height, |x, y| {
        let block = (x * 8 / width + y * 6 / height * 8).wrapping_mul(0x9E37_79B1);
        let block = block ^ number.wrapping_add(1).wrapping_mul(0x85EB_CA77);
        let mixed = (block ^ (block >> 13)).wrapping_mul(0xC2B2_AE35);
        // Not as smooth as to take next to nothing as a file.
        let grain = (x.wrapping_mul(0x27D4_EB2F) ^ y.wrapping_mul(0x1656_67B1)) >> 29;
        image::Rgb([24, 16, 8].map(|shift| ((mixed >> shift) as u8).saturating_add(grain as u8)))
    });
    jpeg(&DynamicImage::ImageRgb8(picture), 85)
}

pub async fn choose(scene: &Scene, page: &Page, files: &[PathBuf]) -> Result<(), Failed> {
    page.run("document.querySelector('#own').value = ''", vec![]).await?;
    let paths: Option<Vec<&str>> = files.iter().map(|file| file.to_str()).collect();
    let input = scene.client.find(Locator::Css("#own")).await?;
    Ok(input.send_keys(&paths.ok_or("a path is not text")?.join("\n")).await?)
}

/// Adds files and gives what `add` answers.
pub async fn add(scene: &Scene, page: &Page, files: &[PathBuf]) -> Result<Value, Failed> {
    choose(scene, page, files).await?;
    page.run("return eye.own.add(document.querySelector('#own').files)", vec![]).await
}

/// The titles and scores of an answer to one of the files that are chosen, the own ones marked.
pub async fn ask(page: &Page, chosen: u32) -> Result<Value, Failed> {
    let script = r#"
        const found = await eye.search(document.querySelector('#own').files[arguments[0]], { limit: 12 });
        return Array.from(found, ({ rank, own, id, file, score, verdict }) => ({ rank, own, id, file, score, verdict }))"#;
    page.run(script, vec![json!(chosen)]).await
}

pub async fn count(page: &Page) -> Result<u64, Failed> {
    Ok(page.run("return (await eye.own.info()).count", vec![]).await?.as_u64().unwrap_or(u64::MAX))
}

pub async fn own_pictures_are_found_in_one_ranking_with_the_collection(scene: Scene) -> Result<(), Failed> {
    let (_served, page) = lab(&scene).await?;
    let work = scene.collection().picture(scene.collection().work(0.4))?;
    let mut files = pictures(&scene, 3)?;
    files.push(scene.file("photo of a work.jpg", &jpeg(&work, 60)?)?);
    assert_eq!(add(&scene, &page, &files).await?, json!({ "added": 4, "known": 0, "failed": [], "stopped": false }));

    let found = ask(&page, 3).await?;
    let best = &found[0];
    assert_eq!(
        (&best["own"], &best["file"], &best["verdict"]),
        (&json!(true), &json!("photo of a work.jpg"), &json!("same"))
    );
    assert_eq!((&found[1]["own"], &found[1]["file"]), (&json!(false), &json!(scene.collection().work(0.4).file)));
    let list = found.as_array().ok_or("no list")?;
    assert!(list.is_sorted_by(|a, b| a["score"].as_f64() >= b["score"].as_f64()), "{found}");

    let script = r#"
        const all = await eye.own.items();
        const first = all.find(({ file }) => file === "own picture-0000.jpg");
        const like = await eye.search({ own: first.id }, { limit: 3 });
        const others = await eye.search({ own: first.id }, { limit: 3, without: [{ own: first.id }, 0] });
        const published = await eye.search({ own: first.id }, { limit: 3, among: "works" });
        const filtered = await eye.search({ own: first.id }, { limit: 3, filters: { style: (await eye.columns())[0].values.map(([value]) => value) } });
        const thumbnail = await createImageBitmap(await eye.own.thumbnail(first.id));
        const { count, bytes, storage } = await eye.own.info();
        return {
            names: all.map(({ file }) => file), title: first.title, added: Math.abs(new Date(first.added) - Date.now()) < 600_000,
            like: [like[0].own, like[0].id === first.id, like[0].score], others: others.some(({ own, id }) => own && id === first.id || !own && id === 0),
            published: published.some(({ own }) => own), filtered: [filtered.length, filtered.some(({ own }) => own)],
            thumbnail: [thumbnail.width, thumbnail.height], info: [count, bytes > 1000, storage],
            missing: await attempt(eye.own.thumbnail(4711)), unknown: await attempt(eye.search({ own: 4711 })),
        }"#;
    let said = page.run(script, vec![]).await?;
    let storage = if scene.engine() == Engine::WebKit { "indexeddb" } else { "opfs" };
    assert_eq!(said["title"], "Own picture-0000");
    assert_eq!(said["names"].as_array().map(Vec::len), Some(4));
    let rest =
        json!([said["added"], said["like"], said["others"], said["published"], said["filtered"], said["thumbnail"]]);
    assert_eq!(rest, json!([true, [true, true, 1], false, false, [3, false], [160, 120]]));
    assert_eq!(
        (&said["info"], &said["missing"], &said["unknown"]),
        (&json!([4, true, storage]), &json!("NotFound"), &json!("NotFound"))
    );
    Ok(())
}

pub async fn known_pictures_are_not_added_twice_and_broken_ones_are_named(scene: Scene) -> Result<(), Failed> {
    let (_served, page) = lab(&scene).await?;
    let files = pictures(&scene, 3)?;
    assert_eq!(add(&scene, &page, &files).await?["added"], 3);
    let mut more = pictures(&scene, 5)?;
    more.push(scene.file("a copy.jpg", &picture(4)?)?);
    more.push(scene.file("broken.jpg", b"this is no picture")?);
    let whole = picture(9)?;
    more.push(scene.file("cut off.jpg", &whole[..whole.len() / 4])?);
    choose(&scene, &page, &more).await?;
    let script = r#"
        const seen = [];
        const answer = await eye.own.add(document.querySelector('#own').files, { onProgress: (progress) => seen.push(progress) });
        const rising = seen.every(({ done }, place) => place === 0 || done >= seen[place - 1].done);
        return { ...answer, last: seen.at(-1), rising }"#;
    let said = page.run(script, vec![]).await?;
    assert_eq!((&said["added"], &said["known"], &said["rising"]), (&json!(2), &json!(4), &json!(true)), "{said}");
    assert_eq!(said["last"], json!({ "done": 8, "total": 8, "added": 2, "known": 4, "failed": 2 }));
    let mut failed: Vec<(&str, &str)> = said["failed"]
        .as_array()
        .ok_or("no list")?
        .iter()
        .filter_map(|one| Some((one["file"].as_str()?, one["code"].as_str()?)))
        .collect();
    failed.sort_unstable();
    assert_eq!(failed, [("broken.jpg", "NotAPicture"), ("cut off.jpg", "DamagedPicture")]);
    assert_eq!(count(&page).await?, 5);
    Ok(())
}

pub async fn adding_pauses_goes_on_and_ends_when_it_is_aborted(scene: Scene) -> Result<(), Failed> {
    let (_served, page) = lab(&scene).await?;
    choose(&scene, &page, &pictures(&scene, 60)?).await?;
    let script = r#"
        const files = document.querySelector('#own').files;
        const pauser = new Pauser();
        const controller = new AbortController();
        const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
        let asked = 0;
        // So many while nothing is paused: a machine on which timers are late must not be out of files before the end.
        let most = 12;
        // An iterator, so that it can be seen how many files are asked for.
        async function* some() { for (const file of files) { asked += 1; while (asked > most) await wait(5); yield file; } }
        let seen;
        let began;
        const first = new Promise((resolve) => { began = resolve; });
        const adding = eye.own.add(some(), { pauser, signal: controller.signal, onProgress: (progress) => { seen = progress; if (progress.added >= 3) began(); } });
        await first;
        pauser.pause();
        most = Infinity;
        await wait(600); // what was under way is finished
        const paused = [asked, pauser.paused];
        await wait(600);
        const still = [asked, pauser.paused];
        // Whatever is done before a pause is told in it: how often that may be is no excuse.
        const told = [];
        for (let pause = 0; pause < 4; pause += 1) {
            for (let tries = 0; tries < 500 && seen.done !== asked; tries += 1) await wait(10);
            told.push([seen.done, asked]);
            const before = asked;
            most = before + 2;
            pauser.resume();
            while (asked < before + 2) await wait(1);
            pauser.pause();
            most = Infinity;
        }
        const resumed = asked;
        most = resumed + 4;
        pauser.resume();
        while (asked < resumed + 4) await wait(10);
        controller.abort();
        most = Infinity;
        const answer = await adding;
        const kept = (await eye.own.info()).count;
        const later = asked;
        await wait(300);
        return { paused, still, told, answer, kept, total: seen.total ?? null, untouched: asked - later, left: files.length - asked }"#;
    let said = page.run(script, vec![]).await?;
    assert_eq!(said["paused"], said["still"], "{said}");
    let told = said["told"].as_array().ok_or("nothing was told")?;
    assert!(told.len() == 4 && told.iter().all(|told| told[0] == told[1]), "{said}");
    assert_eq!((&said["paused"][1], &said["answer"]["stopped"]), (&json!(true), &json!(true)));
    let added = said["answer"]["added"].as_u64().unwrap_or_default();
    assert!(added >= 3 && said["kept"].as_u64() >= Some(added), "{said}");
    assert!(said["left"].as_u64() > Some(0) && said["untouched"] == 0 && said["total"].is_null(), "{said}");
    // The rest goes in another time.
    let rest = page.run("return eye.own.add(document.querySelector('#own').files)", vec![]).await?;
    assert_eq!(
        (rest["added"].as_u64().unwrap_or_default() + rest["known"].as_u64().unwrap_or_default(), count(&page).await?),
        (60, 60)
    );
    Ok(())
}

pub async fn own_pictures_are_there_at_the_next_visit_and_gone_once_they_are_forgotten(
    scene: Scene,
) -> Result<(), Failed> {
    let (_served, page) = lab(&scene).await?;
    let files = pictures(&scene, 4)?;
    add(&scene, &page, &files).await?;
    let before = ask(&page, 2).await?;
    page.reload().await?;
    open(&page).await?;
    choose(&scene, &page, &files).await?;
    assert_eq!(ask(&page, 2).await?, before);
    let remove = "const first = (await eye.own.items()).find(({ file }) => file === 'own picture-0000.jpg');
        await eye.own.remove([first.id, 4711])";
    page.run(remove, vec![]).await?;
    assert_eq!(count(&page).await?, 3);

    // Another tab's engine, as far as the device is concerned.
    let script = r#"
        const other = await open("/collection/", { workers: 0 });
        const seen = [(await other.own.info()).count];
        seen.push((await other.own.add([document.querySelector('#own').files[0]])).added);
        seen.push((await eye.own.info()).count, (await eye.search({ own: (await eye.own.items(3, 1))[0].id }))[0].score);
        await Promise.all([eye.own.remove([(await eye.own.items())[0].id]), other.own.remove([(await other.own.items(1, 1))[0].id])]);
        seen.push((await eye.own.info()).count);
        await other.own.forget();
        seen.push((await eye.own.info()).count);
        other.close();
        return seen"#;
    assert_eq!(page.run(script, vec![]).await?, json!([3, 1, 4, 1, 2, 0]));

    add(&scene, &page, &files).await?;
    page.run("await eye.own.forget()", vec![]).await?;
    let left = r#"
        const files = [];
        const root = await navigator.storage?.getDirectory?.().catch(() => null);
        if (root) for await (const name of root.keys()) files.push(name);
        const caches_ = (await caches.keys()).filter((name) => name.includes("own"));
        return [files, (await indexedDB.databases()).length, caches_, await eye.own.items()]"#;
    assert_eq!(page.run(left, vec![]).await?, json!([[], 0, [], []]));
    page.reload().await?;
    open(&page).await?;
    assert_eq!(count(&page).await?, 0);
    Ok(())
}

pub async fn an_export_is_read_by_the_command_and_comes_back_by_import(scene: Scene) -> Result<(), Failed> {
    let (_served, page) = lab(&scene).await?;
    let mut files = pictures(&scene, 5)?;
    files.push(scene.file("noise.jpg", &noise()?)?);
    add(&scene, &page, &files).await?;
    let before = ask(&page, 5).await?;
    let script = r#"
        window.archive = await eye.own.export();
        return [archive.type, Array.from(new Uint8Array(await archive.arrayBuffer()))]"#;
    let exported = page.run(script, vec![]).await?;
    assert_eq!(exported[0], "application/zip");
    let bytes: Vec<u8> = serde_json::from_value(exported[1].clone())?;
    let archive = scene.file("own.zip", &bytes)?;
    let folder = archive.with_extension("unpacked");
    unpack(&archive, &folder)?;

    let command = |arguments: &[&str]| -> Result<String, Failed> {
        let output = Command::new(env!("CARGO_BIN_EXE_private-eye")).args(arguments).output()?;
        match output.status.success() {
            true => Ok(String::from_utf8(output.stdout)?),
            false => Err(String::from_utf8_lossy(&output.stderr).into_owned().into()),
        }
    };
    let place = folder.to_str().ok_or("the path is not text")?;
    assert!(command(&["verify", place])?.contains("whole"));
    assert!(command(&["info", place])?.contains("My pictures"));
    let query = files[3].to_str().ok_or("the path is not text")?;
    let found: Value = serde_json::from_str(&command(&["query", place, query, "--json"])?)?;
    assert_eq!((&found[0]["file"], found[0]["score"].as_f64()), (&json!("own picture-0003.jpg"), Some(1.0)));

    // The vectors are those of a build of the same files.
    let (source, site) = (folder.with_extension("source"), folder.with_extension("site"));
    std::fs::create_dir_all(&source)?;
    for file in &files {
        std::fs::copy(file, source.join(file.file_name().ok_or("no name")?))?;
    }
    let looks: Vec<&str> = scene.collection().manifest["looks"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default()
        .iter()
        .filter_map(Value::as_str)
        .collect();
    let words = [
        "build",
        source.to_str().unwrap_or_default(),
        "--out",
        site.to_str().unwrap_or_default(),
        "--looks",
        &looks.join(","),
    ]
    .map(str::to_owned);
    command(&words.iter().map(String::as_str).collect::<Vec<_>>())?;
    let (built, own) = (collection::read(&site)?, collection::read(&folder)?);
    for place in 0..own.len() {
        let name = own.item(place).file();
        let there = built.items().iter().position(|item| item.file() == name).ok_or("a picture is missing")?;
        let rows = |collection: &collection::Collection, place: usize| -> Vec<Vec<i8>> {
            collection.rows().of(place).map(|row| collection.vectors().row(row).to_vec()).collect()
        };
        assert_eq!(rows(&own, place), rows(&built, there), "{name}");
        assert_eq!(own.thumbnail(place), built.thumbnail(there), "{name}");
    }

    let script = r#"
        await eye.own.forget();
        const seen = [await eye.own.import(archive), await eye.own.import(archive)];
        return seen.map(({ added, known }) => [added, known])"#;
    assert_eq!(page.run(script, vec![]).await?, json!([[6, 0], [0, 6]]));
    let again = ask(&page, 5).await?;
    let scores = |found: &Value| -> Vec<Value> {
        found.as_array().into_iter().flatten().map(|one| json!([one["own"], one["file"], one["score"]])).collect()
    };
    assert_eq!(scores(&again), scores(&before));
    Ok(())
}

pub async fn a_damaged_or_foreign_export_is_refused_and_nothing_is_lost(scene: Scene) -> Result<(), Failed> {
    let (_served, page) = lab(&scene).await?;
    add(&scene, &page, &pictures(&scene, 3)?).await?;
    let script = r#"
        const whole = new Uint8Array(await (await eye.own.export()).arrayBuffer());
        const text = Array.from(whole, (byte) => String.fromCharCode(byte)).join("");
        const attempts = {};
        const attempt_ = async (name, bytes) => { attempts[name] = await attempt(eye.own.import(new File([bytes], `${name}.zip`))); };
        const changed = (place, bit) => { const bytes = whole.slice(); bytes[place] ^= bit; return bytes; };
        await attempt_("empty", new Uint8Array());
        await attempt_("text", "not an archive, just a few words that go on for a while");
        await attempt_("cut", whole.slice(0, whole.length / 2));
        await attempt_("vectors", changed(text.indexOf("\"codes\"") + 2000, 1));
        await attempt_("name", changed(text.lastIndexOf("thumbnails-") + 3, 1));
        // The name of the model, as it stands in the manifest: the hash of the manifest is nobody's business.
        const hash = eye.info.model.sha256;
        const other = hash.replace(/^./, (digit) => (digit === "0" ? "1" : "0"));
        const foreign = text.replaceAll(hash, other).replaceAll(hash.slice(0, 16), other.slice(0, 16));
        await attempt_("model", Uint8Array.from(foreign, (letter) => letter.charCodeAt(0)));
        // Every byte of the table of contents may be wrong, without more than a refusal.
        const codes = new Set();
        for (let place = whole.length - 300; place < whole.length; place += 7) codes.add(await attempt(eye.own.import(new File([changed(place, 0x55)], "x.zip"))));
        return { attempts, codes: [...codes].sort(), count: (await eye.own.info()).count }"#;
    let said = page.run(script, vec![]).await?;
    let expected = json!({ "empty": "BadCollection", "text": "BadCollection", "cut": "BadCollection", "vectors": "CorruptedDownload",
        "name": "BadCollection", "model": "ModelMismatch" });
    assert_eq!(said["attempts"], expected);
    let codes: Vec<&str> = said["codes"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    assert!(codes.iter().all(|code| ["BadCollection", "CorruptedDownload", "done"].contains(code)), "{codes:?}");
    assert_eq!(said["count"], 3);
    page.reload().await?;
    open(&page).await?;
    assert_eq!(count(&page).await?, 3);
    Ok(())
}

pub async fn duplicates_among_own_pictures_are_grouped(scene: Scene) -> Result<(), Failed> {
    let (_served, page) = lab(&scene).await?;
    let work = scene.collection().picture(scene.collection().work(0.7))?;
    let mut files = Vec::new();
    for (number, place) in [0.1, 0.4].into_iter().enumerate() {
        let other = scene.collection().picture(scene.collection().work(place))?;
        files.push(scene.file(&format!("other {number}.jpg"), &jpeg(&other, 90)?)?);
    }
    for quality in [95, 80, 60] {
        files.push(scene.file(&format!("copy {quality}.jpg"), &jpeg(&work, quality)?)?);
    }
    add(&scene, &page, &files).await?;
    let script = r#"
        const seen = [];
        const groups = await eye.own.duplicates({ onProgress: (progress) => seen.push(progress) });
        const names = Object.fromEntries((await eye.own.items()).map(({ id, file }) => [id, file]));
        const none = await eye.own.duplicates({ threshold: 1.5 });
        return [groups.map((group) => group.map(({ id, score }) => [names[id], score >= eye.info.thresholds.same]).sort()), seen.at(-1), none]"#;
    let copies = ["copy 60.jpg", "copy 80.jpg", "copy 95.jpg"].map(|name| json!([name, true]));
    assert_eq!(page.run(script, vec![]).await?, json!([[copies], { "done": 5, "total": 5 }, []]));
    Ok(())
}

pub async fn nothing_done_with_own_pictures_asks_the_server_for_anything(scene: Scene) -> Result<(), Failed> {
    let (served, page) = lab(&scene).await?;
    let before = served.record.all().len();
    add(&scene, &page, &pictures(&scene, 6)?).await?;
    let script = r#"
        await eye.search(document.querySelector('#own').files[0]);
        const [first] = await eye.own.items();
        await eye.own.thumbnail(first.id);
        await eye.own.duplicates();
        const archive = await eye.own.export();
        await eye.own.remove([first.id]);
        await eye.own.forget();
        await eye.own.import(archive);
        return (await eye.own.info()).count"#;
    assert_eq!(page.run(script, vec![]).await?, 6);
    tokio::time::sleep(GRACE).await;
    let after = served.record.all();
    assert_eq!(after.len(), before, "requests after ready: {:#?}", &after[before..]);
    Ok(())
}

pub async fn own_pictures_that_only_the_browser_can_read_are_added(scene: Scene) -> Result<(), Failed> {
    let (_served, page) = lab(&scene).await?;
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser/rgb.avif");
    let said = add(&scene, &page, &[file]).await?;
    assert_eq!(said["added"], 1, "{said}");
    Ok(())
}

/// All go in, and the memory does not grow with them once the workers have what they need.
pub async fn a_thousand_own_pictures_go_in_and_memory_stays_flat(scene: Scene) -> Result<(), Failed> {
    let (_served, page) = lab(&scene).await?;
    let files = pictures(&scene, 1000)?;
    let figures = add_many(&scene, &page, &files, 200).await?;
    assert_eq!(
        (&figures["added"], &figures["count"], &figures["stopped"]),
        (&json!(1000), &json!(1000), &json!(true)),
        "{figures}"
    );
    let grown =
        figures["memory_after"].as_f64().unwrap_or(f64::NAN) - figures["memory_before"].as_f64().unwrap_or(f64::NAN);
    // As vectors and thumbnails they take a few megabytes; as pixels they would take fifty.
    assert!(grown < 40e6, "{grown} bytes more after the last eight hundred: {figures}");
    Ok(())
}

/// A measurement, no test: `cargo xtask bench own` runs it and writes down what it finds.
pub async fn adding_photographs_of_ones_own(scene: Scene) -> Result<(), Failed> {
    let file = std::env::var_os("PRIVATE_EYE_MEASURED").ok_or("this is run by `cargo xtask bench own`")?;
    let (_served, page) = lab(&scene).await?;
    let sized = |number: u32| scene.file(&format!("photograph {number}.jpg"), &picture_of(number, 1200, 900)?);
    let files = (0..1000).map(sized).collect::<Result<Vec<_>, _>>()?;
    let mut figures = add_many(&scene, &page, &files, 100).await?;
    figures["file_bytes"] = (std::fs::metadata(&files[0])?.len()).into();
    figures["browser"] = page.run("return navigator.userAgent", vec![]).await?;
    Ok(std::fs::write(file, figures.to_string())?)
}

/// Adds the files, the first few apart from the others, then some more that are given up. Tells what that took.
async fn add_many(scene: &Scene, page: &Page, files: &[PathBuf], first: usize) -> Result<Value, Failed> {
    let adding = r#"
        window.long ??= [];
        window.watcher ??= new PerformanceObserver((list) => long.push(...list.getEntries().map(({ duration }) => duration)));
        watcher.observe({ type: "longtask" });
        const began = performance.now();
        const { added } = await eye.own.add(document.querySelector('#own').files);
        return [added, (performance.now() - began) / 1000]"#;
    choose(scene, page, &files[..first]).await?;
    let some = page.run(adding, vec![]).await?;
    let memory_before = scene.memory_of_pages()?;
    choose(scene, page, &files[first..]).await?;
    let rest = page.run(adding, vec![]).await?;
    let memory_after = scene.memory_of_pages()?;
    let giving_up = r#"
        const { count, bytes } = await eye.own.info();
        const controller = new AbortController();
        async function* changed() {
            for (const file of document.querySelector('#own').files) yield new File([await file.arrayBuffer(), "changed"], file.name);
        }
        let aborted;
        const { stopped } = await eye.own.add(changed(), { signal: controller.signal, onProgress: ({ added }) => {
            if (added < 10 || aborted) return;
            aborted = performance.now();
            controller.abort();
        } });
        return { count, bytes, stopped, cancel_ms: performance.now() - aborted,
            long_tasks: long.filter((duration) => duration > 100).length, longest_task_ms: Math.max(0, ...long),
            workers: Math.min(Math.max(navigator.hardwareConcurrency - 1, 1), 4) }"#;
    let mut figures = page.run(giving_up, vec![]).await?;
    let number = |found: &Value, place: usize| found[place].as_f64().unwrap_or(f64::NAN);
    figures["added"] = json!(number(&some, 0) as u64 + number(&rest, 0) as u64);
    figures["per_second"] = json!(number(&rest, 0) / number(&rest, 1));
    figures["memory_before"] = memory_before.into();
    figures["memory_after"] = memory_after.into();
    Ok(figures)
}

/// Unpacks an archive as a system's own program would.
fn unpack(archive: &Path, folder: &Path) -> Result<(), Failed> {
    let script = "import sys, zipfile; archive = zipfile.ZipFile(sys.argv[1]); assert archive.testzip() is None; archive.extractall(sys.argv[2])";
    let status = Command::new("python3").args(["-c", script]).args([archive, folder]).status()?;
    if status.success() { Ok(()) } else { Err("the archive cannot be unpacked".into()) }
}
