//! The command line: one small file per subcommand.
//!
//! Exit codes: 0 done, 1 failed (one line on stderr says what, where and what to do), 2 wrong usage.

mod annoy;
mod build;
mod embed;
mod embedding;
mod evaluate;
mod export;
mod failure;
mod info;
mod model;
mod npy;
mod output;
mod page;
mod progress;
mod query;
mod samples;
mod serve;
mod site;
mod verify;
mod works;

pub use failure::Failure;

use clap::{Parser, Subcommand};
use std::{
    io::{self, Write},
    process::ExitCode,
};

/// Reverse image search that never sees your image.
///
/// A folder of pictures becomes a static site; everything a visitor does with it happens in their own browser.
#[derive(Debug, Parser)]
#[command(name = "private-eye", version, propagate_version = true, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Build(build::Build),
    Embed(embed::Embed),
    #[command(visible_alias = "find")]
    Query(query::Query),
    Evaluate(evaluate::Evaluate),
    Export(export::Export),
    Info(info::Info),
    Verify(verify::Verify),
    Serve(serve::Serve),
    Model(model::Model),
}

/// Runs the command that the process was started with.
pub fn run() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Build(build) => build.run(),
        Command::Embed(embed) => embed.run(),
        Command::Query(query) => query.run(),
        Command::Evaluate(evaluate) => evaluate.run(),
        Command::Export(export) => export.run(),
        Command::Info(info) => info.run(),
        Command::Verify(verify) => verify.run(),
        Command::Serve(serve) => serve.run(),
        Command::Model(model) => model.run(),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("private-eye: {failure}");
            ExitCode::FAILURE
        }
    }
}

/// Prints a result. Whoever reads it may stop early (`private-eye info … | head -1`): that is no failure.
fn print(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.write_all(b"\n")).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::at("cannot print the result", error)),
        _ => Ok(()),
    }
}

/// Prints a result as JSON.
fn print_json(value: &impl serde::Serialize) -> Result<(), Failure> {
    print(&serde_json::to_string_pretty(value).map_err(|error| Failure::at("cannot print the result", error))?)
}

/// Limits the threads that work in parallel; none given means all cores.
fn use_threads(jobs: Option<usize>) -> Result<(), Failure> {
    let threads = jobs.unwrap_or(0);
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build_global()
        .map_err(|error| Failure::at("cannot start the threads", error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_are_consistent() {
        use clap::CommandFactory;
        Arguments::command().debug_assert();
    }
}
