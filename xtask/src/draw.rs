//! `cargo xtask draw`: pictures in the styles of the demo, for training.

use std::path::PathBuf;

use anyhow::ensure;
use clap::Args;

use crate::{demo, site};

#[derive(Args)]
pub struct Options {
    /// The folder for the pictures and their catalogue works.csv
    out: PathBuf,
    /// What to draw from: any number but the demo's own, whose works are for testing
    #[arg(long, default_value_t = 2)]
    seed: u64,
    /// Works of each style
    #[arg(long, default_value_t = 100)]
    works: usize,
}

pub fn run(options: &Options) -> anyhow::Result<()> {
    ensure!(options.seed != site::SEED, "seed {} draws the demo itself: train on others", site::SEED);
    let drawn = demo::draw(&options.out, options.seed, options.works)?;
    println!("{drawn} pictures in {}", options.out.display());
    Ok(())
}
