//! `cargo xtask bench own`: a thousand photographs of one's own are added in the page's engine. The browser tests bring the
//! browser and the server; what is measured in them is told in `tests/browser/own.rs`.

use std::fmt::Write;

use anyhow::{Context, Result};
use serde_json::Value;

use super::{docs, page};
use crate::process::{self, say};
use crate::test;
use crate::workspace::Workspace;

#[derive(clap::Args)]
pub struct Options {
    /// Print all figures as one JSON object, last
    #[arg(long)]
    json: bool,
}

const MEASUREMENT: &str = "chromium: adding_photographs_of_ones_own";

pub fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let site = test::site(workspace)?;
    let file = workspace.target("bench/own.json");
    std::fs::create_dir_all(workspace.target("bench"))?;
    let mut measure = test::browser_program(workspace, &site, &["--ignored", "--exact", MEASUREMENT])?;
    measure.env("PRIVATE_EYE_MEASURED", &file);
    say("adding a thousand photographs; leave this machine alone meanwhile");
    process::run(&mut measure)?;
    let found = std::fs::read_to_string(&file).with_context(|| format!("{} was not written", file.display()))?;
    let found: Value = serde_json::from_str(&found)?;
    let number = |name: &str| found[name].as_f64().unwrap_or(f64::NAN);
    let mut text = format!(
        "Measured in {} with {} worker(s) for embedding, {} JPEGs of 1200×900 pixels and about {:.0} kB.\n\n| | |\n|---|---:|\n",
        page::browser_name(&found),
        number("workers"),
        number("added"),
        number("file_bytes") / 1e3,
    );
    let rows = [
        ("pictures a second", format!("{:.1}", number("per_second"))),
        ("tasks over 100 ms on the page's thread", format!("{:.0}", number("long_tasks"))),
        ("longest task on the page's thread, ms (0: none over 50)", format!("{:.0}", number("longest_task_ms"))),
        ("from abort to the answer, ms", format!("{:.0}", number("cancel_ms"))),
        ("memory of the page after the first hundred, MB", format!("{:.0}", number("memory_before") / 1e6)),
        ("memory of the page after all, MB", format!("{:.0}", number("memory_after") / 1e6)),
        ("kept on the device, MB", format!("{:.1}", number("bytes") / 1e6)),
    ];
    for (label, figure) in rows {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "| {label} | {figure} |");
    }
    println!("{text}");
    docs::replace(workspace, "own", &text)?;
    if options.json {
        println!("{found}");
    }
    Ok(())
}
