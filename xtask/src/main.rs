//! `cargo xtask …`: everything that is done with this repository, one small file each.

mod apt;
mod browser;
mod cargo_build;
mod command_line;
mod demo;
mod draw;
mod install;
mod page;
mod process;
mod python;
mod screenshots;
mod serve;
mod site;
mod stamp;
mod test;
mod toolchain;
mod wasm;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use workspace::Workspace;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Builds, serves and tests Private Eye", disable_help_subcommand = true)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Builds everything, the demo collection included, and serves it on this machine
    Serve(serve::Options),
    /// Runs every check and test, or one part of them
    Test(test::Options),
    /// Installs the private-eye command, with the page inside
    Install,
    /// Builds the WebAssembly module and assembles the page in target/page
    Page,
    /// Draws the demo pictures and builds their site in target/demo
    Demo,
    /// Draws pictures like those of the demo from another seed, to train on
    Draw(draw::Options),
    /// Builds the WebAssembly module in target/wasm
    Wasm,
    /// Takes the pictures of the README anew, in a real browser
    Screenshots,
}

fn main() -> ExitCode {
    let task = Arguments::parse().task;
    match Workspace::find().and_then(|workspace| run(&workspace, task)) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(workspace: &Workspace, task: Task) -> anyhow::Result<ExitCode> {
    match task {
        Task::Serve(options) => serve::run(workspace, &options)?,
        Task::Test(options) => return test::run(workspace, &options),
        Task::Install => install::run(workspace)?,
        Task::Page => drop(page::build(workspace)?),
        Task::Demo => drop(site::build(workspace, command_line::Profile::Release)?),
        Task::Draw(options) => draw::run(&options)?,
        Task::Wasm => drop(wasm::build(workspace)?),
        Task::Screenshots => screenshots::run(workspace)?,
    }
    Ok(ExitCode::SUCCESS)
}
