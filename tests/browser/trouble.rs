//! What goes wrong is said in words, next to where it can be put right.

use std::fs::File;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use axum::routing::get;
use libtest_mimic::Failed;
use serde_json::json;

use crate::page::Page;
use crate::served::{BLANK, FlippedBit};
use crate::stage::Scene;
use crate::works::cropped;

pub async fn a_text_file_is_refused_next_to_the_input(scene: Scene) -> Result<(), Failed> {
    let served = scene.serve()?;
    let page = scene.ready_page(&served).await?;
    page.choose(&scene.file("notes.txt", b"This is no picture at all.")?).await?;
    let (code, text) = page.error().await?;
    assert_eq!(code, "NotAPicture");
    for word in ["notes.txt", "JPEG", "PNG", "WebP", "GIF", "BMP", "TIFF"] {
        assert!(text.contains(word), "the error does not name {word}: {text}");
    }
    let tied = "const input = document.querySelector('#picture');
        return document.getElementById(input.getAttribute('aria-describedby')).getAttribute('role')";
    assert_eq!(page.run(tied, vec![]).await?, "alert", "the error is announced and belongs to the input");
    assert!(page.results().await?.is_empty());

    // Among several it is the one that is named.
    let good = scene.file("good.jpg", &cropped(&scene.collection().picture(scene.collection().work(0.25))?)?)?;
    let pages = scene.file("pages.txt", b"Nor is this.")?;
    page.choose_all(&[&good, &pages]).await?;
    let (code, text) = page.error().await?;
    assert!(code == "NotAPicture" && text.contains("pages.txt") && !text.contains("good.jpg"), "{code}: {text}");
    Ok(())
}

/// Words and links are no pictures, and this page fetches nothing from elsewhere.
pub async fn what_is_pasted_or_dropped_and_is_no_file_is_refused_in_words(scene: Scene) -> Result<(), Failed> {
    let served = scene.serve()?;
    let page = scene.ready_page(&served).await?;
    let before = served.record.all().len();
    for event in [
        "Object.defineProperty(new ClipboardEvent('paste', { bubbles: true }), 'clipboardData', { value: data })",
        "new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true })",
    ] {
        page.forget_state().await?;
        let script = format!(
            "const data = new DataTransfer();
             data.setData('text/plain', 'https://example.org/picture.jpg');
             document.body.dispatchEvent({event})"
        );
        page.run(&script, vec![]).await?;
        let (code, text) = page.error().await?;
        assert_eq!(code, "NotAFile");
        assert!(text.contains("save the picture first"), "{text}");
    }

    // An answer stays beside it, and what is pasted into a field is the field's.
    let query = cropped(&scene.collection().picture(scene.collection().work(0.25))?)?;
    let results = page.ask(&scene.file("good.jpg", &query)?).await?;
    let paste = "const data = new DataTransfer();
        data.setData('text/plain', '1880');
        const event = new ClipboardEvent('paste', { bubbles: true, cancelable: true });
        Object.defineProperty(event, 'clipboardData', { value: data });
        document.querySelector(arguments[0]).dispatchEvent(event);
        return [event.defaultPrevented, document.querySelector('#error').dataset.code ?? null]";
    let field = "#filters [data-column=year] input";
    assert_eq!(page.run(paste, vec![json!(field)]).await?, json!([false, null]));
    assert_eq!(page.run(paste, vec![json!("body")]).await?, json!([true, "NotAFile"]));
    assert_eq!(page.results().await?, results);

    // In the room of own pictures it is said there.
    page.click("#rooms [data-room=own]").await?;
    page.run(paste, vec![json!("body")]).await?;
    let said = page.text_of("#own-report").await?;
    assert!(said.contains("save the picture first"), "{said}");
    page.forget_state().await?;
    page.click("#rooms [data-room=search]").await?;
    page.answer().await?;

    // A picture is not searched beneath a dialog.
    page.click("#results .opens").await?;
    assert!(!page.text_of("#compare-title").await?.is_empty());
    let picture = "const data = new DataTransfer();
        data.items.add(new File([Uint8Array.from(arguments[0])], 'image.jpg', { type: 'image/jpeg' }));
        const event = new ClipboardEvent('paste', { bubbles: true });
        document.querySelector('#slider').dispatchEvent(Object.defineProperty(event, 'clipboardData', { value: data }))";
    page.forget_state().await?;
    page.run(picture, vec![json!(query)]).await?;
    assert_eq!(page.answer().await?, results);
    assert_eq!(page.text_of("#compare-title").await?, "");
    assert_eq!(served.record.all().len(), before, "nothing is fetched");
    Ok(())
}

/// A HEIC file that nobody can decode, because there is nothing in it.
pub async fn a_picture_that_neither_we_nor_the_browser_can_read_is_refused_by_its_format(
    scene: Scene,
) -> Result<(), Failed> {
    let served = scene.serve()?;
    let page = scene.ready_page(&served).await?;
    page.choose(&scene.file("IMG_0001.HEIC", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic")?).await?;
    let (code, text) = page.error().await?;
    assert_eq!(code, "OtherFormat");
    assert!(text.contains("HEIC") && text.contains("JPEG"), "it does not say what it is and what to do: {text}");
    assert_eq!(page.text_of("#approximate").await?, "");
    Ok(())
}

pub async fn a_file_too_large_is_refused_before_it_is_read(scene: Scene) -> Result<(), Failed> {
    let served = scene.serve()?;
    let page = scene.ready_page(&served).await?;
    // Without content: reading it would find no picture, so that another error would be shown.
    let path = scene.file("huge.jpg", &[])?;
    let limit = private_eye::image::Limits::default().bytes as u64;
    File::options().write(true).open(&path)?.set_len(limit + 1)?;
    page.choose(&path).await?;
    let (code, text) = page.error().await?;
    assert_eq!(code, "TooLarge", "{text}");
    assert!(text.contains("64"), "the error does not say how large a file may be: {text}");
    Ok(())
}

pub async fn after_an_error_the_next_picture_is_searched(scene: Scene) -> Result<(), Failed> {
    let served = scene.serve()?;
    let page = scene.ready_page(&served).await?;
    page.choose(&scene.file("broken.jpg", b"\xff\xd8\xff\xe0 and then nothing")?).await?;
    page.error().await?;
    let work = scene.collection().work(0.25);
    let query = cropped(&scene.collection().picture(work)?)?;
    let results = page.ask(&scene.file("good.jpg", &query)?).await?;
    assert_eq!(results[0].file, work.file);
    assert_eq!(page.text_of("#error").await?, "", "the old error is gone");
    Ok(())
}

pub async fn a_shard_with_one_flipped_bit_is_refused_by_name(scene: Scene) -> Result<(), Failed> {
    for part in ["vectors", "items", "thumbnails"] {
        let shard = scene.collection().shards(part).remove(0);
        let served = scene.serve_flipped(FlippedBit { file: shard.clone() })?;
        let page = Page::open(&scene.client, &served.url("/")).await?;
        let (code, text) = page.error().await?;
        assert_eq!(code, "CorruptedDownload", "{text}");
        assert!(text.contains(&shard), "the error does not name {shard}: {text}");
    }
    Ok(())
}

pub async fn weights_with_one_flipped_bit_are_refused(scene: Scene) -> Result<(), Failed> {
    let file = scene.collection().manifest["model"]["file"].as_str().ok_or("the manifest names no weights")?;
    let name = file.rsplit('/').next().unwrap_or(file).to_owned();
    let served = scene.serve_flipped(FlippedBit { file: name.clone() })?;
    let page = Page::open(&scene.client, &served.url("/")).await?;
    let (code, text) = page.error().await?;
    assert_eq!(code, "CorruptedDownload", "{text}");
    assert!(text.contains(&name), "the error does not name {name}: {text}");
    Ok(())
}

pub async fn a_server_that_never_answers_is_given_up_and_asked_again(scene: Scene) -> Result<(), Failed> {
    let manifest = std::fs::read(scene.collection().site.join("collection/manifest.json"))?;
    let awake = Arc::new(AtomicBool::new(false));
    let answers = awake.clone();
    let handler = move || {
        let (manifest, answers) = (manifest.clone(), answers.load(Ordering::Relaxed));
        async move {
            if !answers {
                std::future::pending::<()>().await;
            }
            manifest
        }
    };
    let served = scene.serve_with(Router::new().route("/collection/manifest.json", get(handler)))?;
    // A service worker has let the request through: Firefox goes on with it even when it is aborted.
    let page = Page::open(&scene.client, &served.url(BLANK)).await?;
    let controlled = "const { serviceWorker } = navigator;
        const change = new Promise((resolve) => { serviceWorker.addEventListener('controllerchange', resolve, { once: true }); });
        await serviceWorker.register('/sw.js');
        if (!serviceWorker.controller) await change;";
    page.run(controlled, vec![]).await?;
    let script = "const { open } = await import('/www/private-eye.js');
        return open('/collection/', { patience: 300 }).then(() => [], ({ code, message }) => [code, message])";
    let expected = "manifest.json could not be fetched: the server did not answer within 0.3 seconds. Check the \
                    connection and try again.";
    assert_eq!(page.run(script, vec![]).await?, json!(["Timeout", expected]));
    let asked = || served.record.paths().iter().filter(|path| path.ends_with("/manifest.json")).count();
    assert_eq!(asked(), 1);
    assert_eq!(page.run(script, vec![]).await?, json!(["Timeout", expected]));
    assert_eq!(asked(), 2, "the second request reaches the server, although the first one has no answer yet");

    let page = Page::open(&scene.client, &served.url("/")).await?;
    let (code, text) = page.error().await?;
    assert!(code == "Timeout" && text.contains("10 seconds"), "{code}: {text}");

    // Whoever asks all the same, or goes back from there, may still try again.
    let work = scene.collection().work(0.25);
    let query = scene.file("asked.jpg", &cropped(&scene.collection().picture(work)?)?)?;
    page.choose(&query).await?;
    for way in ["back", "forward"] {
        assert_eq!(page.error().await?.0, "Timeout");
        assert_eq!(page.text_of("#retry").await?, "Try again");
        page.forget_state().await?;
        page.run(&format!("history.{way}()"), vec![]).await?;
    }
    assert_eq!(page.error().await?.0, "Timeout");
    awake.store(true, Ordering::Relaxed);
    page.click("#retry").await?;
    assert_eq!(page.answer().await?[0].file, work.file, "what was asked is answered now");
    assert_eq!(page.text_of("#error").await?, "");
    assert_eq!(page.text_of("#retry").await?, "");
    Ok(())
}
