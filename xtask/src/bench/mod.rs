//! `cargo xtask bench`: measurements beside others, written into `docs/benchmarks.md`.

mod docs;
mod embed;
mod index;
mod kernels;
mod onnx;
mod own;
mod page;
mod paint;
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
    /// The page at a first visit over 4G, in Chromium
    Page(paint::Options),
    /// A thousand photographs of one's own, in Chromium
    Own(own::Options),
    /// The convolutions alone, in each way to compute them
    Kernels(kernels::Options),
    /// Many pictures on this machine, beside a Python script with Pillow and onnxruntime
    Embed(embed::Options),
    /// Searching many vectors, beside Annoy, hnswlib and usearch, and in Chromium
    Index(index::Options),
}

pub fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    match &options.what {
        What::Web(options) => web::run(workspace, options),
        What::Page(options) => paint::run(workspace, options),
        What::Own(options) => own::run(workspace, options),
        What::Kernels(options) => kernels::run(workspace, options),
        What::Embed(options) => embed::run(workspace, options),
        What::Index(options) => index::run(workspace, options),
    }
}
