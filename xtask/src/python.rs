//! A Python that reads collections as another program would, for the tests that check the file format.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use crate::apt;
use crate::process::{self, say};
use crate::workspace::Workspace;

const PACKAGES: [&str; 2] = ["numpy==2.2.6", "safetensors==0.6.2"];

/// The interpreter of a virtual environment that has the packages.
pub fn find_or_install(workspace: &Workspace) -> Result<PathBuf> {
    let folder = workspace.target("python");
    let python = folder.join("bin/python");
    let installed = folder.join("installed");
    let wanted = PACKAGES.join(" ");
    if fs::read_to_string(&installed).is_ok_and(|there| there == wanted)
        && process::succeeds(Command::new(&python).arg("-V"))
    {
        return Ok(python);
    }
    let venv = || {
        let mut command = Command::new("python3");
        command.args(["-m", "venv", "--clear"]).arg(&folder);
        command
    };
    // On Debian the module is there, but cannot make an environment before python3-venv is installed.
    if !process::succeeds(&mut venv()) {
        apt::install(&["python3", "python3-venv"], "python3 cannot make a virtual environment")?;
        process::run(&mut venv())?;
    }
    say(format!("installing {} into {}", PACKAGES.join(" and "), folder.display()));
    let mut pip = Command::new(&python);
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary", ":all:"]);
    process::run(pip.args(PACKAGES)).context("the tests that read a collection with Python need these packages")?;
    fs::write(installed, wanted)?;
    Ok(python)
}
