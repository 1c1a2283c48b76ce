//! Packages from npm, as their lock files name them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::apt;
use crate::process::{self, say};
use crate::stamp::Stamp;
use crate::workspace::Workspace;

/// npm, in a folder. Packages come with everything they need to run; their own scripts are not run.
pub fn command(words: &[&str], folder: &Path) -> Command {
    let mut command = Command::new("npm");
    command.args(words).args(["--ignore-scripts", "--no-audit", "--no-fund", "--silent"]).current_dir(folder);
    command
}

/// Copies `package.json` and `package-lock.json` from `source` to `below` the target folder and installs what they
/// name there; returns that folder.
pub fn install(workspace: &Workspace, source: &Path, below: &str, why: &str) -> Result<PathBuf> {
    if process::find_program(&["npm"]).is_none() {
        apt::install(&["nodejs", "npm"], why)?;
    }
    let folder = workspace.target(below);
    fs::create_dir_all(&folder)?;
    let files = ["package.json", "package-lock.json"].map(|name| source.join(name));
    let stamp = Stamp::new(folder.join(".made-from"), &files)?;
    if !stamp.is_current() {
        say(format!("{why}: installing what {} names", files[1].display()));
        stamp.forget()?;
        for file in &files {
            fs::copy(file, folder.join(file.file_name().context("a file has no name")?))?;
        }
        process::run(&mut command(&["ci"], &folder))?;
        stamp.keep()?;
    }
    Ok(folder)
}
