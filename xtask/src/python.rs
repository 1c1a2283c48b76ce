//! Python environments in the target folder, with the packages that they name and no others.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::apt;
use crate::process::{self, say};
use crate::workspace::Workspace;

/// What the tests need that read collections as another program would, and that make indexes to migrate.
const READERS: [&str; 3] = ["numpy==2.2.6", "safetensors==0.6.2", "annoy==1.17.3"];

/// These come as source only, and are compiled on the spot.
const COMPILED: [&str; 2] = ["annoy", "hnswlib"];

/// Fails where there is no Python.h.
const HAS_HEADERS: &str = "import os, sysconfig; open(os.path.join(sysconfig.get_path('include'), 'Python.h')).close()";

pub struct Environment {
    /// Its folder in the target folder.
    name: &'static str,
    /// Each with its version.
    packages: Vec<String>,
    /// The versions of all that these bring.
    constraints: Option<PathBuf>,
}

/// The interpreter for the tests that check the file formats.
pub fn find_or_install(workspace: &Workspace) -> Result<PathBuf> {
    let packages = READERS.map(str::to_owned).into();
    Environment { name: "python", packages, constraints: None }.find_or_install(workspace)
}

impl Environment {
    /// The packages in a requirements file, with what they bring in the versions of a `constraints.txt` beside it.
    pub fn from_file(name: &'static str, requirements: &Path) -> Result<Environment> {
        let text = fs::read_to_string(requirements)
            .with_context(|| format!("cannot read the packages in {}", requirements.display()))?;
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let constraints = Some(requirements.with_file_name("constraints.txt")).filter(|file| file.is_file());
        Ok(Environment { name, packages: lines.map(str::to_owned).collect(), constraints })
    }

    /// The interpreter of a virtual environment that has the packages.
    pub fn find_or_install(&self, workspace: &Workspace) -> Result<PathBuf> {
        let folder = workspace.target(self.name);
        let python = folder.join("bin/python");
        let installed = folder.join("installed");
        let mut wanted = self.packages.join(" ");
        if let Some(file) = &self.constraints {
            let text = fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
            wanted.push_str(&format!("\n{text}"));
        }
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
        if self.packages.iter().any(|package| COMPILED.iter().any(|name| package.starts_with(name))) {
            let has_headers = process::succeeds(Command::new(&python).args(["-c", HAS_HEADERS]));
            if !has_headers || !process::succeeds(Command::new("c++").arg("--version")) {
                apt::install(
                    &["g++", "python3-dev"],
                    "annoy and hnswlib are compiled from C++ against Python's headers",
                )?;
            }
        }
        say(format!("installing {} into {}", self.packages.join(", "), folder.display()));
        let mut pip = Command::new(&python);
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary", ":all:"]);
        pip.args(["--no-binary", &COMPILED.join(",")]);
        if let Some(file) = &self.constraints {
            pip.arg("--constraint").arg(file);
        }
        process::run(pip.args(&self.packages)).context("what runs in Python needs these packages")?;
        fs::write(installed, wanted)?;
        Ok(python)
    }
}
