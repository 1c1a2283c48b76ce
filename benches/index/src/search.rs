//! One side of the comparison: builds our index over the vectors, then searches it for whoever asks.

use crate::{Outcome, npy};
use clap::Args;
use private_eye::collection::{CalibrationOptions, calibrate};
use private_eye::index::{Effort, Forest, ForestOptions, Index, Query, Sieve, Vectors};
use serde_json::json;
use std::io::Write;
use std::path::PathBuf;
use std::time::Instant;

/// Neighbours asked for.
const WANTED: usize = 10;

#[derive(Args)]
pub struct Search {
    #[arg(long)]
    vectors: PathBuf,
    #[arg(long)]
    queries: PathBuf,
    #[arg(long)]
    trees: usize,
}

impl Search {
    /// The first line on stdout tells how the index was built: `build_s`, `bytes` and the `default` effort. For every
    /// effort that comes on stdin, one a line, there is one line more: the `seconds` that all queries took one after the
    /// other on one thread, how many `candidates` a query was compared with, and the `items` that each found.
    pub fn run(self) -> Outcome {
        let (rows, dim) = npy::read(&self.vectors)?;
        let (queries, _) = npy::read(&self.queries)?;
        let start = Instant::now();
        let vectors = Vectors::quantize(dim, &rows)?;
        let forest = Forest::build(&vectors, &ForestOptions { trees: self.trees, ..ForestOptions::default() })?;
        let build_s = start.elapsed().as_secs_f64();
        drop(rows);
        let start = Instant::now();
        let sieve = Sieve::new(&vectors);
        let sieve_s = start.elapsed().as_secs_f64();
        let bytes = vectors.to_safetensors(0..vectors.len()).len() + forest.to_safetensors(0..forest.len()).len();
        let quality = calibrate(&vectors, &forest, &CalibrationOptions::default(), |_| Vec::new())?;
        let built = json!({
            "build_s": build_s, "sieve_s": sieve_s, "bytes": bytes, "trees": forest.len(), "default": quality.default_effort,
        });
        say(&built)?;

        let index = Index { vectors: &vectors, forest: &forest, sieve: &sieve };
        for line in std::io::stdin().lines() {
            let line = line?;
            let effort: Effort = serde_json::from_str(&line)?;
            let start = Instant::now();
            let found = queries.chunks(dim).map(|query| index.search(&Query::quantize(query)?, WANTED, effort, None));
            let found = found.collect::<Result<Vec<_>, _>>()?;
            let seconds = start.elapsed().as_secs_f64();
            let candidates = found.iter().map(|(_, looked_at)| looked_at).sum::<usize>() as f64 / found.len() as f64;
            let items = found.iter().map(|(found, _)| found.iter().map(|neighbour| neighbour.item).collect());
            let items: Vec<Vec<u32>> = items.collect();
            say(&json!({ "seconds": seconds, "candidates": candidates, "items": items }))?;
        }
        Ok(())
    }
}

fn say(line: &serde_json::Value) -> Outcome {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")?;
    Ok(out.flush()?)
}
