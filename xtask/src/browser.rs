//! Real browsers and the drivers through which tests steer them.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::apt;
use crate::process::{self, find_program, say};
use crate::workspace::Workspace;

pub struct Chromium {
    pub browser: PathBuf,
    pub driver: PathBuf,
}

/// Chromium with its driver, installed by apt where it is missing.
pub fn chromium() -> Result<Chromium> {
    if let Some(found) = find_chromium() {
        return Ok(found);
    }
    // Without a font the screenshots would show no text.
    apt::install(
        &["chromium", "chromium-driver", "fonts-dejavu-core"],
        "the browser tests need Chromium and its driver",
    )?;
    find_chromium().context("chromium and chromium-driver are installed, yet they are not on the PATH")
}

fn find_chromium() -> Option<Chromium> {
    let browser = find_program(&["chromium", "chromium-browser", "google-chrome"])?;
    Some(Chromium { browser, driver: find_program(&["chromedriver"])? })
}

/// Every browser that the tests run in, installed where it is missing: programs by the variables in which the tests
/// look for them.
pub fn all(workspace: &Workspace) -> Result<Vec<(&'static str, PathBuf)>> {
    let chromium = chromium()?;
    let mut found = vec![("PRIVATE_EYE_CHROMIUM", chromium.browser), ("PRIVATE_EYE_CHROMEDRIVER", chromium.driver)];
    found.extend(firefox(workspace)?);
    found.extend(webkit()?);
    Ok(found)
}

/// Firefox from apt; its driver, which Debian has not, from the registry of crates.
fn firefox(workspace: &Workspace) -> Result<[(&'static str, PathBuf); 2]> {
    let find = || find_program(&["firefox-esr", "firefox"]);
    if find().is_none() {
        apt::install(&["firefox-esr", "fonts-dejavu-core"], "the browser tests need Firefox")?;
    }
    let browser = find().context("firefox-esr is installed, yet it is not on the PATH")?;
    let tools = workspace.target("tools");
    let ours = tools.join("bin/geckodriver");
    let driver = match find_program(&["geckodriver"]) {
        Some(driver) => driver,
        None if ours.is_file() => ours,
        None => {
            say("Firefox is steered by geckodriver: compiling it, which takes some minutes, once");
            let mut install = workspace.cargo();
            install.args(["install", "--locked", "--quiet", "--root"]).arg(&tools).arg("geckodriver");
            process::run(&mut install).context("the tests in Firefox need geckodriver")?;
            ours
        }
    };
    Ok([("PRIVATE_EYE_FIREFOX", browser), ("PRIVATE_EYE_GECKODRIVER", driver)])
}

/// The WebKit of GTK with the small browser that comes with it, and a screen for it, as it has no headless mode.
fn webkit() -> Result<[(&'static str, PathBuf); 3]> {
    let find = || {
        let (driver, screen) = (find_program(&["WebKitWebDriver"])?, find_program(&["Xvfb"])?);
        Some([
            ("PRIVATE_EYE_WEBKIT", mini_browser()?),
            ("PRIVATE_EYE_WEBKITDRIVER", driver),
            ("PRIVATE_EYE_XVFB", screen),
        ])
    };
    if let Some(found) = find() {
        return Ok(found);
    }
    apt::install(
        &["webkit2gtk-driver", "libwebkit2gtk-4.1-0", "xvfb", "fonts-dejavu-core"],
        "the browser tests need WebKit, its driver and a screen that nobody sees",
    )?;
    find().context("webkit2gtk-driver and xvfb are installed, yet WebKitWebDriver, Xvfb or MiniBrowser is not found")
}

/// MiniBrowser lies in a folder of the library: in one for the processor's architecture on Debian, and not on Fedora.
fn mini_browser() -> Option<PathBuf> {
    let below = |folder: &Path| folder.join("webkit2gtk-4.1/MiniBrowser");
    let libraries = fs::read_dir("/usr/lib").into_iter().flatten().flatten().map(|entry| entry.path());
    let folders = libraries.chain(["/usr/libexec", "/usr/lib"].map(PathBuf::from));
    folders.map(|folder| below(&folder)).find(|program| program.is_file())
}
