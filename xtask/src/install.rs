//! `cargo xtask install`: the `private-eye` command for everyday use, with the page inside.

use anyhow::Result;

use crate::command_line::PAGE;
use crate::page;
use crate::process::{self, say};
use crate::workspace::Workspace;

pub fn run(workspace: &Workspace) -> Result<()> {
    let page = page::build(workspace)?.folder;
    say("compiling the private-eye command and putting it where cargo keeps programs");
    process::run(workspace.cargo().args(["install", "--locked", "--path", "."]).env(PAGE, page))
}
