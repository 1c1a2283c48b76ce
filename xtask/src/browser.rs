//! Real browsers and the drivers through which tests steer them.

use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::apt;
use crate::process::find_program;

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
