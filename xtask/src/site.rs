//! The demo collection's site: pictures drawn by this project, built into a site by the command that users run.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::command_line::{self, Profile};
use crate::process::{self, say};
use crate::stamp::Stamp;
use crate::workspace::Workspace;
use crate::{demo, page};

pub const SEED: u64 = 1;
const TITLE: &str = "The Imaginary Museum";

pub struct Site {
    /// The `private-eye` command that built it.
    pub program: PathBuf,
    pub folder: PathBuf,
    /// The pictures that it was built from.
    pub pictures: PathBuf,
}

/// Where the demo pictures lie once they are drawn.
pub fn pictures(workspace: &Workspace) -> PathBuf {
    workspace.target("demo/pictures")
}

/// Builds page, command, pictures and site; pictures and site only if what makes them changed.
pub fn build(workspace: &Workspace, profile: Profile) -> Result<Site> {
    let page = page::build(workspace)?.folder;
    let program = command_line::build(workspace, profile, &page)?;
    let demo = workspace.target("demo");
    let site = Site { program, folder: demo.join("site"), pictures: pictures(workspace) };
    let pictures = &site.pictures;
    fs::create_dir_all(&demo)?;

    let drawing = workspace.root().join("xtask/src/demo");
    let drawn = Stamp::new(demo.join("pictures.made-from"), std::slice::from_ref(&drawing))?;
    if !(drawn.is_current() && pictures.is_dir()) {
        say("drawing the demo pictures");
        drawn.forget()?;
        remove(pictures)?;
        let count = demo::draw(pictures, SEED, demo::WORKS_PER_STYLE)?;
        drawn.keep()?;
        say(format!("{count} works are in {}", pictures.display()));
    }

    // Named by their sources, not by the program: both profiles build the same site, bit for bit.
    let inputs =
        ["Cargo.lock", "build.rs", "src", "models/resnet18.safetensors"].map(|name| workspace.root().join(name));
    let inputs = [inputs.as_slice(), &[page, drawing]].concat();
    let built = Stamp::new(demo.join("site.made-from"), &inputs)?;
    if !(built.is_current() && site.folder.is_dir()) {
        say("building the demo site");
        built.forget()?;
        let mut build = Command::new(&site.program);
        build.arg("build").arg(pictures.join("works.csv")).arg("--out").arg(&site.folder).args(["--title", TITLE]);
        process::run(&mut build)?;
        built.keep()?;
    }
    Ok(site)
}

/// The weights of a site, as they travel.
pub fn weights(site: &Path) -> Result<PathBuf> {
    let mut files = fs::read_dir(site.join("models"))?;
    Ok(files.next().context("the site has no weights")??.path())
}

fn remove(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}
