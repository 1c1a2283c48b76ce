//! `cargo xtask serve`: from a fresh clone to a page in the browser.

use std::process::Command;

use anyhow::Result;

use crate::command_line::Profile;
use crate::process::{self, say};
use crate::site;
use crate::workspace::Workspace;

#[derive(clap::Args)]
pub struct Options {
    /// Build everything, then exit without serving
    #[arg(long)]
    once: bool,
    /// Port on 127.0.0.1; 0 takes a free one
    #[arg(long, default_value_t = 8080)]
    port: u16,
}

pub fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let site = site::build(workspace, Profile::Release)?;
    if options.once {
        say(format!("the site is built, in {}", site.folder.display()));
        return Ok(());
    }
    let mut serve = Command::new(&site.program);
    process::run(serve.arg("serve").arg(&site.folder).args(["--port", &options.port.to_string()]))
}
