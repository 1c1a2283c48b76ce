//! What the page says of itself: what leaves it, what came, what stays.

use libtest_mimic::Failed;
use private_eye::collection::sha256;
use serde_json::json;

use crate::answering::answered;
use crate::stage::Scene;

pub async fn the_panel_counts_requests_and_names_what_came_here(scene: Scene) -> Result<(), Failed> {
    let served = scene.serve()?;
    let page = scene.ready_page(&served).await?;
    page.click("#proof").await?;
    assert_eq!(page.text_of("#trust-requests").await?, "0");
    let text = page.text_of("#trust-text").await?;
    let manifest = std::fs::read(scene.collection().site.join("collection/manifest.json"))?;
    let model = &scene.collection().manifest["model"];
    let megabytes = format!("{:.1} MB", model["bytes"].as_f64().unwrap_or_default() / 1e6);
    for hash in [sha256(&manifest), model["sha256"].as_str().unwrap_or_default().to_owned()] {
        assert!(text.contains(&hash), "{hash} is not in: {text}");
    }
    assert!(text.contains(&format!("{megabytes}, just now")), "what came over the network is not said: {text}");

    // What lies on the device is named with its size, of which the weights are the most.
    let sizes = "const section = [...document.querySelectorAll('#trust-text section')].find((section) => section.querySelector('#erase'));
        return [...section?.querySelectorAll('dd') ?? []].map(({ textContent }) => parseFloat(textContent))";
    crate::page::until(async || Ok(page.run(sizes, vec![]).await?.as_array().is_some_and(|sizes| sizes.len() >= 2)))
        .await?;
    let sizes: Vec<f64> = serde_json::from_value(page.run(sizes, vec![]).await?)?;
    let stored = sizes.iter().sum::<f64>() * 1e6;
    assert!(stored > model["bytes"].as_f64().unwrap_or_default() && stored < 60e6, "{sizes:?}");

    // An open panel counts on, by the page's own record and by the service worker's.
    page.run("await fetch('/test/blank')", vec![]).await?;
    crate::page::until(async || Ok(page.text_of("#trust-requests").await? == "1")).await?;
    crate::page::until(async || Ok(page.text_of("#trust-witness").await?.contains("let 1 through"))).await?;

    // At the next visit everything was there already.
    page.reload().await?;
    page.wait_for_state("ready").await?;
    page.click("#proof").await?;
    assert!(page.text_of("#trust-text").await?.contains(&format!("{megabytes}, was here already")));
    Ok(())
}

pub async fn erasing_leaves_nothing_on_the_device_and_the_page_goes_on(scene: Scene) -> Result<(), Failed> {
    let served = scene.serve()?;
    let (page, before) = answered(&scene, &served.url("/"), 0.3).await?;
    page.run("localStorage.setItem('private-eye language', 'en')", vec![]).await?;
    page.click("#proof").await?;
    crate::page::until(
        async || Ok(page.run("return Boolean(document.querySelector('#erase'))", vec![]).await? == true),
    )
    .await?;
    page.click("#erase").await?;
    crate::page::until(async || {
        Ok(page.run("return Boolean(document.querySelector('#nothing-stored'))", vec![]).await? == true)
    })
    .await?;
    let left = "return [(await caches.keys()).length, localStorage.length, (await indexedDB.databases()).length,
        (await navigator.serviceWorker.getRegistrations()).length]";
    assert_eq!(page.run(left, vec![]).await?, json!([0, 0, 0, 0]));

    page.run("document.querySelector('#trust').close()", vec![]).await?;
    let file =
        scene.file("again.jpg", &crate::works::cropped(&scene.collection().picture(scene.collection().work(0.3))?)?)?;
    assert_eq!(page.ask(&file).await?, before);
    Ok(())
}

/// Neither the pictures nor what was searched is among what the browser keeps.
pub async fn nothing_of_a_search_is_stored(scene: Scene) -> Result<(), Failed> {
    let served = scene.serve()?;
    let page = scene.ready_page(&served).await?;
    let kept = "const names = (await caches.keys()).sort();
        const entries = await Promise.all(names.map(async (name) => (await (await caches.open(name)).keys()).map(({ url }) => url)));
        return [names, entries, { ...localStorage }, { ...sessionStorage }, (await indexedDB.databases()).length, document.cookie]";
    let before = page.run(kept, vec![]).await?;
    let query = crate::works::cropped(&scene.collection().picture(scene.collection().work(0.6))?)?;
    page.ask(&scene.file("secret.jpg", &query)?).await?;
    page.click_and_answer("#results .like").await?;
    page.click_and_answer("#results .not").await?;
    assert_eq!(page.run(kept, vec![]).await?, before);
    Ok(())
}
