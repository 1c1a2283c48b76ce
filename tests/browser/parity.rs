//! The WebAssembly module computes the same bits as the native library, from file bytes on.

use axum::Router;
use axum::body::Bytes;
use axum::routing::get;
use image::{DynamicImage, ImageFormat, RgbImage};
use libtest_mimic::Failed;
use private_eye::collection;
use private_eye::engine::{Answer, Engine, SearchOptions};
use private_eye::image::{Limits, Look, Looks, Picture, decode};
use private_eye::index::Effort;
use private_eye::model::Model;
use serde_json::{Value, json};

use crate::formats::{self, File};
use crate::page::Page;
use crate::served::{BLANK, Served};
use crate::stage::Scene;
use crate::works::cropped;

pub async fn parity_of_embeddings_of_every_format(scene: Scene) -> Result<(), Failed> {
    let files = formats::all()?;
    let (_served, page) = lab(&scene, files.clone()).await?;
    let engine = native(&scene)?;
    for (name, bytes) in files {
        let there = embedding_in(&page, &name).await?;
        let here = embed(&engine, &bytes).map_err(|error| format!("{name}: {error:?}"))?;
        assert!(here.iter().any(|bits| *bits != here[0]), "{name}: an embedding of equal numbers says nothing");
        assert!(here == there, "{name}: {} of {} numbers differ", differing(&here, &there), here.len());
    }
    Ok(())
}

pub async fn parity_of_a_lossy_webp_that_the_browser_made(scene: Scene) -> Result<(), Failed> {
    let (_served, page) = lab(&scene, vec![("source.png".to_owned(), png(201, 133)?)]).await?;
    // No encoder of lossy WebP is at hand in Rust; Chromium and Firefox have one.
    let script = r#"
        const bitmap = await createImageBitmap(await (await fetch("/test/source.png")).blob());
        const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
        canvas.getContext("2d").drawImage(bitmap, 0, 0);
        const blob = await canvas.convertToBlob({ type: "image/webp", quality: 0.6 });
        const numbers = Float32Array.from(await window.eye.embed(blob));
        const bits = Array.from(new Uint32Array(numbers.buffer));
        return { type: blob.type, bytes: Array.from(new Uint8Array(await blob.arrayBuffer())), bits }"#;
    let made = page.run(script, vec![]).await?;
    assert_eq!(made["type"], "image/webp");
    let bytes: Vec<u8> = serde_json::from_value(made["bytes"].clone())?;
    // Behind the header of the extended format where the browser adds a colour profile.
    assert!(bytes.windows(4).any(|name| name == b"VP8 "), "the file is not lossy");
    let there: Vec<u32> = serde_json::from_value(made["bits"].clone())?;
    assert!(embed(&native(&scene)?, &bytes)? == there);
    Ok(())
}

pub async fn parity_of_search_results(scene: Scene) -> Result<(), Failed> {
    let collection = scene.collection();
    let mut files = Vec::new();
    for (number, at) in [0.05, 0.35, 0.65, 0.95].into_iter().enumerate() {
        files.push((format!("query {number}.jpg"), cropped(&collection.picture(collection.work(at))?)?));
    }
    files.push(("stranger.png".to_owned(), png(320, 200)?));
    let whole = collection.picture(collection.work(0.5))?.to_rgb8();
    let whole = Picture { width: whole.width(), height: whole.height(), rgb: whole.into_raw() };
    let middle = Look::Centre(50).at(&whole).ok_or("a picture without a middle")?.into_owned();
    let middle = RgbImage::from_raw(middle.width, middle.height, middle.rgb).ok_or("a picture without its pixels")?;
    files.push(("middle.png".to_owned(), formats::encode(&DynamicImage::ImageRgb8(middle), ImageFormat::Png)?));
    let (_served, page) = lab(&scene, files.clone()).await?;
    let engine = native(&scene)?;
    assert!(engine.collection().manifest().looks().len() > 1, "the site has one look at each work: nothing to compare");
    for (name, bytes) in files {
        for (effort, closer) in [
            (json!("auto"), Some(false)),
            (json!("exact"), Some(false)),
            (json!(40), None),
            (json!("auto"), Some(true)),
        ] {
            let script = r#"
                const blob = await (await fetch("/test/" + arguments[0])).blob();
                const found = await window.eye.search(blob, { limit: 20, effort: arguments[1], closer: arguments[2] ?? undefined });
                // Which picture of the question it was, and whose the match is: here there is only one, and none of one's own.
                if (found.some(({ query, own }) => query !== 0 || own !== false)) throw new Error("a match of something else");
                const matches = Array.from(found, ({ query, own, ...match }) => match);
                const { verdict, lookedAt: looked_at, exact, thresholds } = found;
                return { matches, verdict, looked_at, exact, thresholds }"#;
            let there = page.run(script, vec![json!(name), effort.clone(), json!(closer)]).await?;
            let looks = match closer {
                None => Looks::Auto,
                Some(true) => Looks::Closer,
                Some(false) => Looks::Once,
            };
            let options = SearchOptions { limit: 20, effort: effort_of(&effort), looks, ..SearchOptions::default() };
            // Through JSON, as it comes from the browser: the shortest digits that name each number.
            let answer = engine.search(&bytes, &options)?;
            if name == "middle.png" && looks == Looks::Once {
                assert_eq!(answer.matches[0].work_look, Some(Look::Centre(50)));
            }
            // The page is told what follows from it, the thresholds.
            assert!(answer.background.is_some());
            let here = serde_json::to_value(Answer { background: None, ..answer })?;
            assert_eq!(rounded(&here), rounded(&there), "{name}, effort {effort}, {looks:?}");
        }
    }
    Ok(())
}

/// Serves these files beside the site and opens a page of their origin that has the module API, and nothing else.
async fn lab(scene: &Scene, files: Vec<File>) -> Result<(Served, Page), Failed> {
    let router = files.into_iter().fold(Router::new(), |router, (name, bytes)| {
        let bytes = Bytes::from(bytes);
        router.route(&format!("/test/{}", name.replace(' ', "%20")), get(move || async { bytes }))
    });
    let served = scene.serve_with(router)?;
    let page = Page::open(&scene.client, &served.url(BLANK)).await?;
    let script = r#"
        const { open } = await import("/www/private-eye.js");
        window.eye = await open("/collection/");"#;
    page.run(script, vec![]).await?;
    Ok((served, page))
}

/// The bits of the raw embedding that the browser computes of a file.
async fn embedding_in(page: &Page, name: &str) -> Result<Vec<u32>, Failed> {
    let script = r#"
        const blob = await (await fetch("/test/" + arguments[0])).blob();
        const numbers = Float32Array.from(await window.eye.embed(blob));
        return Array.from(new Uint32Array(numbers.buffer))"#;
    let bits = page.run(script, vec![json!(name)]).await.map_err(|error| format!("{name}: {error:?}"))?;
    Ok(serde_json::from_value(bits)?)
}

/// The engine on this machine, opened from the same site.
pub fn native(scene: &Scene) -> Result<Engine, Failed> {
    let site = &scene.collection().site;
    let collection = collection::read(site)?;
    let model = Model::from_bytes(&collection::read_model(site, collection.manifest())?)?;
    Ok(Engine::new(model, collection)?)
}

/// The bits of the raw embedding that this machine computes.
fn embed(engine: &Engine, file: &[u8]) -> Result<Vec<u32>, Failed> {
    let picture = decode(file, &Limits::default())?;
    let embedding = engine.model().embed(&picture)?;
    Ok(embedding.0.iter().map(|number| number.to_bits()).collect())
}

fn png(width: u32, height: u32) -> Result<Vec<u8>, Failed> {
    formats::encode(&DynamicImage::ImageRgb8(formats::picture(width, height)), ImageFormat::Png)
}

fn differing(here: &[u32], there: &[u32]) -> usize {
    here.iter().zip(there).filter(|(here, there)| here != there).count() + here.len().abs_diff(there.len())
}

fn effort_of(value: &Value) -> Effort {
    match value.as_u64() {
        Some(candidates) => Effort::Candidates(candidates as usize),
        None if value == "exact" => Effort::Exact,
        None => Effort::Auto,
    }
}

/// Every number as 32 bits, which is what the engine computed: JavaScript writes 1.0 as 1.
fn rounded(value: &Value) -> Value {
    match value {
        Value::Number(number) => json!(number.as_f64().unwrap_or(f64::NAN) as f32),
        Value::Array(values) => values.iter().map(rounded).collect(),
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), rounded(value))).collect(),
        other => other.clone(),
    }
}
