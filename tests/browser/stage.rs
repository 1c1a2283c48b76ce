//! What every test gets: a browser with an empty profile, the site on a server of its own, a folder for its files.

use std::collections::BTreeMap;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Router;
use fantoccini::Client;
use libtest_mimic::{Failed, Trial};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::driver::{Driver, Engine, Profile};
use crate::page::Page;
use crate::served::{BrokenOff, FlippedBit, Harm, Served};
use crate::works::Collection;

/// What all tests of one engine share.
pub struct Stage {
    engine: Engine,
    collection: Collection,
    runtime: Runtime,
}

pub struct Scene {
    pub client: Client,
    pub stage: Arc<Stage>,
    folder: TempDir,
    driver: u32,
}

impl Stage {
    pub fn new(engine: Engine, collection: Collection) -> Result<Stage, Failed> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        Ok(Stage { engine, collection, runtime })
    }
}

/// A test as libtest shows it, named after its engine and its function.
pub fn trial<F>(stage: &Arc<Stage>, name: &str, test: fn(Scene) -> F) -> Trial
where
    F: Future<Output = Result<(), Failed>> + Send + 'static,
{
    trial_with(Profile::Empty, stage, name, test)
}

/// The same in a browser that begins like this.
pub fn trial_with<F>(profile: Profile, stage: &Arc<Stage>, name: &str, test: fn(Scene) -> F) -> Trial
where
    F: Future<Output = Result<(), Failed>> + Send + 'static,
{
    let stage = stage.clone();
    let name = format!("{}: {}", stage.engine.name(), name.rsplit("::").next().unwrap_or(name));
    Trial::test(name, move || {
        stage.runtime.block_on(async {
            let driver = Driver::start(stage.engine)?;
            let client = driver.open(&profile).await?;
            let scene = Scene {
                client: client.clone(),
                stage: stage.clone(),
                folder: tempfile::tempdir()?,
                driver: driver.process(),
            };
            // In a task, so that the browser is closed after a panic, too.
            let outcome = tokio::spawn(test(scene)).await;
            client.close().await?;
            match outcome {
                Ok(outcome) => outcome,
                Err(panic) => match panic.try_into_panic() {
                    Ok(panic) => std::panic::resume_unwind(panic),
                    Err(error) => Err(error.into()),
                },
            }
        })
    })
}

impl Scene {
    pub fn collection(&self) -> &Collection {
        &self.stage.collection
    }

    /// Bytes of memory that the browser's processes for pages take now, as Linux counts them.
    pub fn memory_of_pages(&self) -> Result<u64, Failed> {
        let mut parents = BTreeMap::new();
        let mut pages = Vec::new();
        for entry in std::fs::read_dir("/proc")? {
            let Ok(process) = entry?.file_name().to_string_lossy().parse::<u32>() else { continue };
            let read = |file: &str| std::fs::read_to_string(format!("/proc/{process}/{file}")).unwrap_or_default();
            let status = read("status");
            let field = |name: &str| status.lines().find_map(|line| line.strip_prefix(name)?.split_whitespace().next());
            parents.insert(process, field("PPid:").and_then(|parent| parent.parse::<u32>().ok()).unwrap_or_default());
            if read("cmdline").contains("--type=renderer") {
                let kilobytes = field("VmRSS:").and_then(|number| number.parse::<u64>().ok()).unwrap_or_default();
                pages.push((process, kilobytes * 1024));
            }
        }
        let is_mine = |process: u32| {
            let above = std::iter::successors(Some(process), |process| parents.get(process).copied());
            above.take(32).any(|process| process == self.driver)
        };
        Ok(pages.into_iter().filter(|(process, _)| is_mine(*process)).map(|(_, bytes)| bytes).sum())
    }

    pub fn engine(&self) -> Engine {
        self.stage.engine
    }

    /// Serves the site to this test alone: an origin of its own, with nothing in its caches.
    pub fn serve(&self) -> Result<Served, Failed> {
        Served::start(&self.collection().site, Router::new(), None)
    }

    pub fn serve_with(&self, more: Router) -> Result<Served, Failed> {
        Served::start(&self.collection().site, more, None)
    }

    pub fn serve_flipped(&self, flipped: FlippedBit) -> Result<Served, Failed> {
        Served::start(&self.collection().site, Router::new(), Some(Harm::FlippedBit(flipped)))
    }

    pub fn serve_broken_off(&self, broken: BrokenOff) -> Result<Served, Failed> {
        Served::start(&self.collection().site, Router::new(), Some(Harm::BrokenOff(broken)))
    }

    /// Opens the site's page and waits until it is ready.
    pub async fn ready_page(&self, served: &Served) -> Result<Page, Failed> {
        Page::open_ready(&self.client, &served.url("/")).await
    }

    /// A file in this test's own folder.
    pub fn file(&self, name: &str, bytes: &[u8]) -> Result<PathBuf, Failed> {
        let path = self.folder.path().join(name);
        std::fs::write(&path, bytes)?;
        Ok(path)
    }

    /// Keeps a screenshot where `cargo xtask screenshots` collects them.
    pub async fn keep_screenshot(&self, page: &Page, name: &str) -> Result<(), Failed> {
        let folder = std::env::var_os("PRIVATE_EYE_SCREENSHOTS").ok_or("PRIVATE_EYE_SCREENSHOTS is not set")?;
        let folder = Path::new(&folder);
        std::fs::create_dir_all(folder)?;
        Ok(std::fs::write(folder.join(name), page.screenshot().await?)?)
    }
}
