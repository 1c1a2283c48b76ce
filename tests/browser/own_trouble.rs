//! What may go wrong with own pictures: no place to keep them, no room, an end in the middle of writing. And what is handed
//! over by the system's own dialog.

use std::ops::Range;
use std::path::PathBuf;
use std::time::Duration;

use fantoccini::Client;
use libtest_mimic::Failed;
use serde_json::{Value, json};

use crate::driver::{Driver, Profile};
use crate::own::{self, lab, pictures};
use crate::own_page;
use crate::page::{Page, until};
use crate::served::{BLANK, Served};
use crate::stage::Scene;

/// How often something ends in the middle of writing, and with how many pictures to add each time.
const ROUNDS: u32 = 4;
const EACH: u32 = 100;

/// In a browser whose visitor lets no site keep anything: neither files nor databases nor caches nor service workers.
pub async fn where_no_site_may_keep_anything_own_pictures_live_in_the_memory_of_the_page(
    scene: Scene,
) -> Result<(), Failed> {
    let (served, page) = lab(&scene).await?;
    let refused = "return Promise.all([() => caches.open('x'), () => navigator.storage.getDirectory(), () => new Promise((done, fail) => {
        const opening = indexedDB.open('x');
        [opening.onsuccess, opening.onerror] = [done, fail];
    })].map(async (place) => { try { await place(); return 'open'; } catch { return 'refused'; } }))";
    assert_eq!(
        page.run(refused, vec![]).await?,
        json!(["refused", "refused", "refused"]),
        "the browser refuses all of it"
    );
    let storage = "return (await eye.own.info()).storage";
    assert_eq!(page.run(storage, vec![]).await?, "memory", "it is said before anything is added");
    let files = pictures(&scene, 4)?;
    assert_eq!(own::add(&scene, &page, &files).await?["added"], 4);
    let found = own::ask(&page, 2).await?;
    assert_eq!((&found[0]["file"], &found[0]["score"]), (&json!("own picture-0002.jpg"), &json!(1)));
    let script = "const archive = await eye.own.export();
        await eye.own.remove([(await eye.own.items())[0].id]);
        const seen = [(await eye.own.info()).count];
        await eye.own.forget();
        seen.push((await eye.own.info()).count, (await eye.own.import(archive)).added, (await eye.own.info()).storage);
        return seen";
    assert_eq!(page.run(script, vec![]).await?, json!([3, 0, 4, "memory"]));
    page.reload().await?;
    own::open(&page).await?;
    assert_eq!(own::count(&page).await?, 0, "nothing is kept");
    own_page::keeps_nothing(&scene, &served).await
}

pub async fn without_room_adding_stops_and_goes_on_once_there_is_room(scene: Scene) -> Result<(), Failed> {
    let (served, page) = lab(&scene).await?;
    let files = pictures(&scene, 40)?;
    own::add(&scene, &page, &files[..3]).await?;
    limit_room(&page, &served, Some(60_000)).await?;
    own::choose(&scene, &page, &files).await?;
    let script = "let last;
        const failed = await eye.own.add(document.querySelector('#own').files, { onProgress: (progress) => { last = progress; } })
            .then(() => null, ({ code, message }) => [code, message]);
        return [failed, (await eye.own.info()).count]";
    let said = page.run(script, vec![]).await?;
    assert_eq!(said[0][0], "NoRoom", "{said}");
    assert!(said[0][1].as_str().is_some_and(|text| text.contains("Remove some, or free some space")), "{said}");
    let kept = said[1].as_u64().unwrap_or_default();
    assert!((3..40).contains(&kept), "{said}");
    let whole = is_whole(&page).await?;
    page.reload().await?;
    own::open(&page).await?;
    assert_eq!(own::count(&page).await?, kept);
    assert_eq!(is_whole(&page).await?, whole);

    // In the page, which says what to do.
    let page = scene.ready_page(&served).await?;
    own_page::room(&page).await?;
    own_page::give(&page, "#own-files", &files).await?;
    until(async || Ok(own_page::error(&page).await? == "NoRoom")).await?;
    own_page::idle(&page).await?;
    let report = page.text_of("#own-report").await?;
    assert!(report.contains("Free some space") && report.contains("kept"), "{report}");
    let kept: u64 = page.text_of("#own-count").await?.parse()?;
    assert!((3..40).contains(&kept));
    limit_room(&page, &served, None).await?;
    own_page::add(&page, &files).await?;
    assert_eq!(page.text_of("#own-count").await?, "40");
    assert!(page.text_of("#own-report").await?.contains(&format!("{} pictures added", 40 - kept)));
    Ok(())
}

/// Leaves the site so many bytes more than it uses now; or as many as the disk has.
async fn limit_room(page: &Page, served: &Served, more: Option<u64>) -> Result<(), Failed> {
    let used = page.run("return (await navigator.storage.estimate()).usage", vec![]).await?;
    let quota = more.map(|more| used.as_u64().unwrap_or_default() + more);
    let mut parameters = json!({ "origin": served.url("") });
    if let Some(quota) = quota {
        parameters["quotaSize"] = quota.into();
    }
    page.devtools("Storage.overrideQuotaForOrigin", parameters).await
}

/// Whatever moment it is at which a window is closed, what was complete before is there afterwards, and nothing else.
pub async fn a_window_closed_while_it_writes_leaves_what_was_complete(scene: Scene) -> Result<(), Failed> {
    let served = scene.serve()?;
    let files = pictures(&scene, ROUNDS * EACH)?;
    let first = scene.client.window().await?;
    let mut least = 0;
    for round in 0..ROUNDS {
        let window = scene.client.new_window(true).await?;
        scene.client.switch_to_window(window.handle).await?;
        let page = Page::open(&scene.client, &served.url(BLANK)).await?;
        own::open(&page).await?;
        least = begin_to_add(&scene, &page, &files[of(round)], least, round).await?;
        scene.client.close_window().await?;
        scene.client.switch_to_window(first.clone()).await?;
        let page = Page::open(&scene.client, &served.url(BLANK)).await?;
        own::open(&page).await?;
        least = at_least(&page, least).await?;
    }
    Ok(())
}

/// The same with all of the browser, which gets no chance to end anything.
pub async fn a_browser_killed_while_it_writes_leaves_what_was_complete(scene: Scene) -> Result<(), Failed> {
    let served = scene.serve()?;
    let files = pictures(&scene, ROUNDS * EACH)?;
    let profile = scene.file("mark", b"")?.with_file_name("profile");
    std::fs::create_dir_all(&profile)?;
    let mut least = 0;
    for round in 0..ROUNDS {
        let driver = Driver::start(scene.engine())?;
        let client: Client = driver.open(&Profile::In(profile.clone())).await?;
        let page = Page::open(&client, &served.url(BLANK)).await?;
        own::open(&page).await?;
        least = at_least(&page, least).await?;
        let input = client.find(fantoccini::Locator::Css("#own")).await?;
        input
            .send_keys(&files[of(round)].iter().filter_map(|file| file.to_str()).collect::<Vec<_>>().join("\n"))
            .await?;
        least = add_until(&page, least, round).await?;
        drop(driver);
    }
    assert!(least > 0);
    Ok(())
}

/// The pictures of one round.
fn of(round: u32) -> Range<usize> {
    (round * EACH) as usize..((round + 1) * EACH) as usize
}

async fn begin_to_add(scene: &Scene, page: &Page, files: &[PathBuf], least: u64, round: u32) -> Result<u64, Failed> {
    own::choose(scene, page, files).await?;
    add_until(page, least, round).await
}

/// Adds what is chosen until some more than these are kept and the next are on their way. Gives how many are surely kept.
async fn add_until(page: &Page, least: u64, round: u32) -> Result<u64, Failed> {
    let begin = "window.last = { added: 0 };
        eye.own.add(document.querySelector('#own').files, { onProgress: (progress) => { window.last = progress; } }).catch(() => {})";
    page.run(&format!("{begin};\nreturn null"), vec![]).await?;
    until(async || Ok(page.run("return window.last.added", vec![]).await?.as_u64() >= Some(6))).await?;
    // Another moment each time.
    tokio::time::sleep(Duration::from_millis(u64::from(round) * 37)).await;
    let added = page.run("return window.last.added", vec![]).await?.as_u64().unwrap_or_default();
    Ok(least + added)
}

/// What is kept is whole and no fewer than these; gives how many.
async fn at_least(page: &Page, least: u64) -> Result<u64, Failed> {
    let count = own::count(page).await?;
    assert!(count >= least, "{least} pictures were kept, {count} are there");
    if count > 0 {
        is_whole(page).await?;
    }
    Ok(count)
}

/// Every picture that is there can be seen and found, and of files there are those that it takes, and no others. Gives the
/// names of the pictures.
async fn is_whole(page: &Page) -> Result<Value, Failed> {
    let script = r#"
        const items = await eye.own.items();
        for (const { id } of items) await createImageBitmap(await eye.own.thumbnail(id));
        const scores = [];
        for (const { id } of [items[0], items.at(-1)]) scores.push((await eye.search({ own: id }))[0].score);
        const files = new Map();
        if ((await eye.own.info()).storage === "opfs") {
            for await (const folder of (await navigator.storage.getDirectory()).values()) {
                for await (const file of folder.values()) files.set(file.name, await (await file.getFile()).text());
            }
        } else {
            const settled = (request) => new Promise((done, fail) => { request.onsuccess = () => done(request.result); request.onerror = fail; });
            for (const { name } of await indexedDB.databases()) {
                const database = await settled(indexedDB.open(name));
                const table = database.transaction("files").objectStore("files");
                for (const key of await settled(table.getAllKeys())) files.set(key, new TextDecoder().decode(await settled(table.get(key))));
                database.close();
            }
        }
        const manifests = [...files.keys()].filter((name) => name.startsWith("manifest-"));
        const strangers = [...files.keys()].filter((name) => !manifests.includes(name) && !files.get(manifests[0])?.includes(name));
        return { names: items.map(({ file }) => file), scores, manifests: manifests.length, strangers }"#;
    let said = page.run(script, vec![]).await?;
    assert_eq!((&said["scores"], &said["manifests"]), (&json!([1, 1]), &json!(1)), "{said}");
    assert_eq!(said["strangers"], json!([]), "{said}");
    Ok(said["names"].clone())
}

/// What is kept of own pictures is overwritten, as by a fault of the disk.
pub async fn own_pictures_that_are_damaged_hinder_nothing_else_and_can_be_forgotten(
    scene: Scene,
) -> Result<(), Failed> {
    let served = scene.serve()?;
    let page = own_page::room(&scene.ready_page(&served).await?).await?;
    let files = own_page::pictures(&scene, &[0.2, 0.7])?;
    own_page::add(&page, &files).await?;
    let page = Page::open(&scene.client, &served.url(BLANK)).await?;
    let damage = r#"
        const noise = new TextEncoder().encode("Nothing of this can be read.");
        const files = [];
        const root = await navigator.storage?.getDirectory?.().catch(() => null);
        if (root) {
            for await (const folder of root.values()) for await (const file of folder.values()) files.push(file);
        }
        for (const file of files) {
            const writable = await file.createWritable();
            await writable.write(noise);
            await writable.close();
        }
        let damaged = files.length;
        const settled = (request) => new Promise((done, fail) => { request.onsuccess = () => done(request.result); request.onerror = fail; });
        for (const { name } of await indexedDB.databases()) {
            const database = await settled(indexedDB.open(name));
            const table = database.transaction("files", "readwrite").objectStore("files");
            for (const key of await settled(table.getAllKeys())) {
                await settled(table.put(noise, key));
                damaged += 1;
            }
            database.close();
        }
        return damaged"#;
    assert!(page.run(damage, vec![]).await?.as_u64() >= Some(2));

    let page = scene.ready_page(&served).await?;
    assert!(!page.text_of("#rooms").await?.is_empty());
    let results = page.ask(&files[0]).await?;
    assert_eq!((&results[0].file, results[0].own), (&scene.collection().work(0.2).file, false));
    page.click("#proof").await?;
    let erase = "return Boolean(document.querySelector('#erase'))";
    until(async || Ok(page.run(erase, vec![]).await? == true)).await?;
    page.run("document.querySelector('#trust').close()", vec![]).await?;

    own_page::room(&page).await?;
    until(async || Ok(page.text_of("#own-report").await?.contains("cannot be read"))).await?;
    assert_eq!(own_page::error(&page).await?, "BadCollection");
    assert_eq!(page.text_of("#forget-all").await?, "Forget everything");
    own_page::ask_to_forget(&page, "#forget-all").await?;
    page.click("#forget [value=forget]").await?;
    until(async || Ok(page.text_of("#own-report").await?.contains("Forgotten"))).await?;
    own_page::add(&page, &files).await?;
    assert_eq!(page.text_of("#own-count").await?, "2");
    Ok(())
}

/// A real folder in the input that the system's dialog fills.
pub async fn a_folder_that_is_chosen_comes_in_with_all_that_is_below_it(scene: Scene) -> Result<(), Failed> {
    let served = scene.serve()?;
    let page = scene.ready_page(&served).await?;
    own_page::room(&page).await?;
    let bytes: Vec<Vec<u8>> = pictures(&scene, 3)?.iter().map(std::fs::read).collect::<Result<_, std::io::Error>>()?;
    let folder = scene.file("mark", b"")?.with_file_name("holiday");
    std::fs::create_dir_all(folder.join("day one/evening"))?;
    for (name, content) in [
        ("a.jpg", bytes[0].as_slice()),
        ("day one/b.jpg", &bytes[1]),
        ("day one/evening/c.jpeg", &bytes[2]),
        ("day one/broken.png", &bytes[0][..40]),
        ("day one/notes.txt", b"no picture"),
        (".hidden.jpg", &bytes[0]),
    ] {
        std::fs::write(folder.join(name), content)?;
    }
    own_page::give(&page, "#own-folder", &[folder]).await?;
    until(async || Ok(page.text_of("#own-report").await?.contains("3 pictures added"))).await?;
    own_page::idle(&page).await?;
    let report = page.text_of("#own-report").await?;
    assert!(report.contains("1 could not be read") && report.contains("left aside"), "{report}");
    page.click("#own-report summary").await?;
    assert!(page.text_of("#own-report").await?.contains("day one/broken.png: "), "it is named with its path");
    let paths = "return [...document.querySelectorAll('#own-pictures h3')].map(({ title }) => title).sort()";
    let expected = ["holiday/a.jpg", "holiday/day one/b.jpg", "holiday/day one/evening/c.jpeg"];
    assert_eq!(page.run(paths, vec![]).await?, json!(expected));
    Ok(())
}
