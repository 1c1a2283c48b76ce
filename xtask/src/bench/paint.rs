//! `cargo xtask bench page`: how soon the page is there at a first visit over 4G. The browser tests bring the browser
//! and the server; what is measured in them is told in `tests/browser/weight.rs`.

use std::fmt::Write;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::samples::median;
use super::{docs, page};
use crate::process::{self, say};
use crate::test;
use crate::workspace::Workspace;

#[derive(clap::Args)]
pub struct Options {
    /// Print all figures as one JSON object, last
    #[arg(long)]
    json: bool,
    /// How often the page is visited for the first time
    #[arg(long, default_value_t = 9)]
    visits: usize,
}

const MEASUREMENT: &str = "chromium: first_paint_and_usable_form";
/// "Fast 4G" of Chromium's own developer tools: megabits a second down and up, milliseconds until an answer begins.
const DOWN: f64 = 9.0 * 0.9;
const UP: f64 = 1.5 * 0.9;
const LATENCY: f64 = 60.0 * 2.75;

pub fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let site = test::site(workspace)?;
    let bytes = |megabits: f64| (megabits * 1e6 / 8.0).round();
    let network = json!({
        "offline": false,
        "latency": LATENCY,
        "downloadThroughput": bytes(DOWN),
        "uploadThroughput": bytes(UP),
    });
    let file = workspace.target("bench/page.json");
    std::fs::create_dir_all(workspace.target("bench"))?;
    let mut measure = test::browser_program(workspace, &site, &["--ignored", "--exact", MEASUREMENT])?;
    measure.env("PRIVATE_EYE_MEASURED", &file).env("PRIVATE_EYE_NETWORK", network.to_string());
    measure.env("PRIVATE_EYE_VISITS", options.visits.to_string());
    say("visiting the page over a slow network; leave this machine alone meanwhile");
    process::run(&mut measure)?;
    let found = std::fs::read_to_string(&file).with_context(|| format!("{} was not written", file.display()))?;
    let found: Value = serde_json::from_str(&found)?;
    let samples = |name: &str| -> Vec<f64> {
        found["samples"].as_array().into_iter().flatten().filter_map(|sample| sample[name].as_f64()).collect()
    };
    let mut text = format!(
        "Measured in {} at {DOWN:.1} Mbit/s down, {UP:.2} up and {LATENCY:.0} ms until an answer begins (\"Fast 4G\" of its developer tools), {} first visits.\n\n| From navigation to | median, ms | slowest, ms |\n|---|---:|---:|\n",
        page::browser_name(&found),
        options.visits,
    );
    let mut figures = json!({ "visits": options.visits });
    for (name, label) in [("painted", "first contentful paint"), ("usable", "a form that takes pictures")] {
        let samples = samples(name);
        let slowest = samples.iter().copied().fold(f64::NAN, f64::max);
        // Writing to a string cannot fail.
        let _ = writeln!(text, "| {label} | {:.0} | {slowest:.0} |", median(&samples));
        figures[name] = json!({ "median_ms": median(&samples), "slowest_ms": slowest });
    }
    println!("{text}");
    docs::replace(workspace, "page", &text)?;
    if options.json {
        println!("{figures}");
    }
    Ok(())
}
