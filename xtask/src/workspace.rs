//! Where things lie, and a `cargo` that starts as clean as one typed into a shell.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::process;

pub struct Workspace {
    root: PathBuf,
    target: PathBuf,
}

impl Workspace {
    pub fn find() -> Result<Workspace> {
        let manifest = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
        let root = Path::new(&manifest).parent().context("the xtask folder has no parent folder")?.to_path_buf();
        let mut workspace = Workspace { root, target: PathBuf::new() };
        // Cargo is asked, because CARGO_TARGET_DIR and its configuration files may both move it.
        let mut metadata = workspace.cargo();
        metadata.args(["metadata", "--no-deps", "--format-version", "1"]);
        let answer: serde_json::Value = serde_json::from_str(&process::output(&mut metadata)?)?;
        let target = answer["target_directory"].as_str().context("cargo metadata names no target_directory")?;
        workspace.target = PathBuf::from(target);
        Ok(workspace)
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Below cargo's target folder, where everything that is built goes.
    pub fn target(&self, below: &str) -> PathBuf {
        self.target.join(below)
    }

    /// The cargo that runs this, without the variables that `cargo run` sets for the program it starts:
    /// build scripts compare some of them and would run again.
    pub fn cargo(&self) -> Command {
        let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.current_dir(&self.root);
        for name in variables_of_cargo_run() {
            command.env_remove(name);
        }
        command
    }
}

fn variables_of_cargo_run() -> impl Iterator<Item = OsString> {
    std::env::vars_os().map(|(name, _)| name).filter(|name| {
        let name = name.to_string_lossy();
        ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_"].iter().any(|prefix| name.starts_with(prefix))
            || ["CARGO_PRIMARY_PACKAGE", "OUT_DIR"].contains(&&*name)
    })
}
