//! The `private-eye` command, with the page inside.

use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::cargo_build;
use crate::process::say;
use crate::workspace::Workspace;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// As people install it.
    Release,
    /// As the tests run it: optimized less, but compiled for them anyway.
    Tests,
}

/// Where the build script finds the page that the command carries.
pub const PAGE: &str = "PRIVATE_EYE_PAGE";

/// Compiles the command and returns the path of the program.
pub fn build(workspace: &Workspace, profile: Profile, page: &Path) -> Result<PathBuf> {
    let mut command = workspace.cargo();
    command.args(match profile {
        Profile::Release => ["build", "--package", "private-eye", "--bin", "private-eye", "--release"].as_slice(),
        // Integration tests bring the command with them; asking for it alone would choose other features of the
        // dependencies and compile those twice.
        Profile::Tests => ["test", "--package", "private-eye", "--test", "browser", "--no-run"].as_slice(),
    });
    say("compiling the private-eye command");
    cargo_build::run(command.env(PAGE, page), &[])?.program("private-eye")
}
