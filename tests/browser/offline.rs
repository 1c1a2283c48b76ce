//! After one visit, everything is on the device.

use libtest_mimic::Failed;

use crate::page::until;
use crate::stage::Scene;
use crate::works::cropped;

pub async fn after_one_visit_the_page_works_with_the_server_switched_off(scene: Scene) -> Result<(), Failed> {
    let mut served = scene.serve()?;
    let page = scene.ready_page(&served).await?;
    served.stop();
    until(async || Ok(served.is_off())).await?;
    page.reload().await?;
    page.wait_for_state("ready").await?;

    let work = scene.collection().work(0.37);
    let query = cropped(&scene.collection().picture(work)?)?;
    let results = page.ask(&scene.file("on a train.jpg", &query)?).await?;
    assert_eq!(results[0].file, work.file);
    assert_eq!(results[0].title, work.title);
    assert!(results.iter().all(|shown| shown.pictured), "a thumbnail is missing: {results:#?}");

    // And at the next start, in another window.
    let window = scene.client.new_window(true).await?;
    scene.client.switch_to_window(window.handle).await?;
    let page = scene.ready_page(&served).await?;
    assert_eq!(page.run("return document.querySelectorAll('#samples button').length", vec![]).await?, 3);
    Ok(())
}
