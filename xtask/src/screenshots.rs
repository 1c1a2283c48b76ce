//! `cargo xtask screenshots`: the page in every state, taken by the browser tests, and from among them the picture that the
//! README shows.

use std::fs;

use anyhow::{Context, Result, bail};

use crate::process::say;
use crate::test;
use crate::workspace::Workspace;

/// Taken by the tests in `target/screenshots`, kept in `docs/pictures`.
const KEPT: [&str; 1] = ["search.png"];

pub fn run(workspace: &Workspace) -> Result<()> {
    let site = test::site(workspace)?;
    let count = test::browser_tests(workspace, &site, &["screenshot", "--ignored"])?;
    if count.failed > 0 || count.passed == 0 {
        bail!("the screenshots could not be taken: {} tests passed, {} failed", count.passed, count.failed);
    }
    say(format!("every state is in {}", workspace.target("screenshots").display()));
    let pictures = workspace.root().join("docs/pictures");
    fs::create_dir_all(&pictures)?;
    for name in KEPT {
        let taken = workspace.target("screenshots").join(name);
        fs::copy(&taken, pictures.join(name)).with_context(|| format!("{} was not taken", taken.display()))?;
        say(format!("took docs/pictures/{name}"));
    }
    Ok(())
}
