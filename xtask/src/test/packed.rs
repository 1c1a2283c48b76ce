//! What the browser tests take from npm: axe-core, and a small site that Vite builds with our own package in it.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use crate::npm;
use crate::process::{self, say};
use crate::site::Site;
use crate::stamp::{Stamp, files_below};
use crate::workspace::Workspace;

/// The sources of the site, with the packages that it and the tests need.
const SOURCES: &str = "tests/browser/packed";

pub struct Packages {
    /// The script of axe-core.
    pub axe: PathBuf,
    /// The site as Vite has built it.
    pub site: PathBuf,
}

/// Packs what `private-eye build` made of the page, as for publishing, and builds the site with that package.
pub fn build(workspace: &Workspace, site: &Site) -> Result<Packages> {
    let sources = workspace.root().join(SOURCES);
    let folder = npm::install(workspace, &sources, "npm", "the browser tests need axe-core and Vite")?;
    let built = folder.join("dist");
    let module = site.folder.join("www");
    let made = Stamp::new(folder.join("dist.made-from"), &[module.clone(), sources.clone()])?;
    if !(made.is_current() && built.is_dir()) {
        say("packing the module for npm and building a site with it");
        made.forget()?;
        let mut pack = npm::command(&["pack"], &module);
        pack.arg("--pack-destination").arg(&folder);
        let package = folder.join(process::output(&mut pack)?.trim());
        for file in files_below(&sources)? {
            fs::copy(&file, folder.join(file.strip_prefix(&sources)?))?;
        }
        // Without the network: the package needs no other.
        process::run(npm::command(&["install", "--no-save", "--offline"], &folder).arg(&package))?;
        let vite = folder.join("node_modules/.bin/vite");
        let mut vite = Command::new(vite);
        process::run(vite.args(["build", "--logLevel", "warn"]).current_dir(&folder)).context("Vite builds no site")?;
        made.keep()?;
    }
    Ok(Packages { axe: folder.join("node_modules/axe-core/axe.min.js"), site: built })
}
