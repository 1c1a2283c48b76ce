//! `cargo xtask …`: everything that is done with this repository, one small file each.

mod apt;
mod bench;
mod browser;
mod cargo_build;
mod command_line;
mod demo;
mod draw;
mod install;
mod linker;
mod model;
mod names;
mod npm;
mod page;
mod process;
mod python;
mod screenshots;
mod serve;
mod site;
mod slim;
mod stamp;
mod test;
mod toolchain;
mod train;
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
    /// Measures beside others, into docs/benchmarks.md
    Bench(bench::Options),
    /// Installs the private-eye command, with the page inside
    Install,
    /// Builds the WebAssembly module and assembles the page in target/page
    Page,
    /// Draws the demo pictures and builds their site in target/demo
    Demo,
    /// Draws pictures like those of the demo from another seed, to train on
    Draw(draw::Options),
    /// Trains the network on pictures and converts the result to the weights that ship
    Train(train::Options),
    /// Brings a network that others publish: downloads, checks, converts it to a weights file
    Model(model::Options),
    /// Builds the WebAssembly module in target/wasm
    Wasm,
    /// Takes pictures of the page in every state, in a real browser, and that of the README anew
    Screenshots,
}

fn main() -> ExitCode {
    let done = if linker::is_asked_for() {
        linker::run()
    } else {
        let task = Arguments::parse().task;
        Workspace::find().and_then(|workspace| run(&workspace, task))
    };
    match done {
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
        Task::Bench(options) => bench::run(workspace, &options)?,
        Task::Install => install::run(workspace)?,
        Task::Page => drop(page::build(workspace)?),
        Task::Demo => drop(site::build(workspace, command_line::Profile::Release)?),
        Task::Draw(options) => draw::run(&options)?,
        Task::Train(options) => train::run(workspace, &options)?,
        Task::Model(options) => model::run(workspace, &options)?,
        Task::Wasm => drop(wasm::build(workspace)?),
        Task::Screenshots => screenshots::run(workspace)?,
    }
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn every_task_that_the_documents_name_can_be_asked_for() {
        let root = Workspace::find().unwrap().root().to_owned();
        let mut named = 0;
        let others = ["architecture", "benchmarks", "command-line", "embedding"].map(|name| format!("docs/{name}.md"));
        for document in ["README.md", "models/README.md"].map(str::to_owned).into_iter().chain(others) {
            let text = std::fs::read_to_string(root.join(&document)).unwrap();
            let lines = text.lines().map(|line| line.trim_start_matches(['#', ' ']).to_owned());
            let quoted = text.split('`').skip(1).step_by(2);
            // Within a sentence a command may go on in the next line.
            let quoted = quoted.map(|words| words.split_whitespace().collect::<Vec<_>>().join(" "));
            for line in lines.chain(quoted) {
                let Some(command) = line.strip_prefix("cargo xtask ") else { continue };
                let words: Vec<&str> = command.split_whitespace().take_while(|word| !word.starts_with('#')).collect();
                if let [task] = words[..] {
                    assert!(Arguments::command().find_subcommand(task).is_some(), "{document}: cargo xtask {task}");
                } else {
                    let parsed = Arguments::try_parse_from(["xtask"].into_iter().chain(words));
                    assert!(parsed.is_ok(), "{document}: cargo xtask {command}: {}", parsed.err().unwrap());
                }
                named += 1;
            }
        }
        assert!(named >= 20, "only {named}");
    }
}
