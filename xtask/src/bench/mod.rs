//! `cargo xtask bench`: measurements beside others, written into `docs/benchmarks.md`.

mod docs;
mod embed;
mod onnx;
mod plot;
mod samples;
mod web;

use anyhow::Result;

use crate::workspace::Workspace;

#[derive(clap::Args)]
pub struct Options {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    /// The network, decoding and start-up in Chromium, beside onnxruntime-web
    Web(web::Options),
    /// Many pictures on this machine, beside a Python script with Pillow and onnxruntime
    Embed(embed::Options),
}

pub fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    match &options.what {
        What::Web(options) => web::run(workspace, options),
        What::Embed(options) => embed::run(workspace, options),
    }
}
