//! One side of the comparison: builds our index over the vectors, then searches it for whoever asks.

use crate::{Outcome, npy};
use clap::Args;
use private_eye::collection::{CalibrationOptions, calibrate};
use private_eye::index::{Effort, Forest, ForestOptions, Index, Query, Sieve, Vectors, useful_trees};
use serde_json::json;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Neighbours asked for.
const WANTED: usize = 10;
/// Collections of so many items show where comparing all stops being the quicker way.
const SIZES: [usize; 7] = [250, 500, 1_000, 2_000, 4_000, 8_000, 16_000];
/// How often the queries are repeated in these.
const REPEATED: usize = 5;

const VECTORS: &str = "ours-vectors.safetensors";
const FOREST: &str = "ours-forest.safetensors";

#[derive(Args)]
pub struct Build {
    #[arg(long)]
    vectors: PathBuf,
    #[arg(long)]
    trees: Option<usize>,
    /// Where the index goes
    #[arg(long)]
    folder: PathBuf,
}

impl Build {
    /// Prints how many seconds the index took, ready to be searched, how many bytes it has, and how many trees.
    pub fn run(self) -> Outcome {
        let (rows, dim) = npy::read(&self.vectors)?;
        let start = Instant::now();
        let vectors = Vectors::quantize(dim, &rows)?;
        let trees = self.trees.unwrap_or_else(|| useful_trees(&vectors, WANTED));
        let forest = Forest::build(&vectors, &ForestOptions { trees, ..ForestOptions::default() })?;
        Sieve::new(&vectors);
        let build_s = start.elapsed().as_secs_f64();
        let files =
            [(VECTORS, vectors.to_safetensors(0..vectors.len())), (FOREST, forest.to_safetensors(0..forest.len()))];
        for (name, bytes) in &files {
            std::fs::write(self.folder.join(name), bytes)?;
        }
        let bytes: usize = files.iter().map(|(_, bytes)| bytes.len()).sum();
        say(&json!({ "build_s": build_s, "bytes": bytes, "trees": trees }))
    }
}

#[derive(Args)]
pub struct Search {
    /// Where `build` put the index
    #[arg(long)]
    folder: PathBuf,
    #[arg(long)]
    queries: PathBuf,
}

impl Search {
    /// The first line on stdout tells the `default` effort. For every effort that comes on stdin, one a line, there is one
    /// line more: the `seconds` that all queries took one after the other on one thread, how many `candidates` a query was
    /// compared with, and the `items` that each found.
    pub fn run(self) -> Outcome {
        let (vectors, forest) = open(&self.folder)?;
        let (queries, dim) = npy::read(&self.queries)?;
        let sieve = Sieve::new(&vectors);
        let quality = calibrate(&vectors, &forest, &CalibrationOptions::default(), |_| Vec::new())?;
        say(&json!({ "default": quality.default_effort }))?;

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

#[derive(Args)]
pub struct Crossover {
    #[arg(long)]
    vectors: PathBuf,
    #[arg(long)]
    queries: PathBuf,
    #[arg(long)]
    trees: Option<usize>,
}

impl Crossover {
    /// Prints, for the first few and for more and more of the vectors, the microseconds of a query that compares all, and
    /// of one with the effort of `candidates` that finds enough.
    pub fn run(self) -> Outcome {
        let (rows, dim) = npy::read(&self.vectors)?;
        let (queries, _) = npy::read(&self.queries)?;
        let queries: Vec<Query> = queries.chunks(dim).map(Query::quantize).collect::<Result<_, _>>()?;
        let mut found = Vec::new();
        for n in SIZES.into_iter().filter(|n| n * dim <= rows.len()) {
            let vectors = Vectors::quantize(dim, &rows[..n * dim])?;
            let trees = self.trees.unwrap_or_else(|| useful_trees(&vectors, WANTED));
            let forest = Forest::build(&vectors, &ForestOptions { trees, ..ForestOptions::default() })?;
            let sieve = Sieve::new(&vectors);
            let quality = calibrate(&vectors, &forest, &CalibrationOptions::default(), |_| Vec::new())?;
            let enough = quality.effort.iter().find(|point| point.recall_at_10 >= 0.99);
            let Some(candidates) = enough.map(|point| point.candidates as usize) else { continue };
            let index = Index { vectors: &vectors, forest: &forest, sieve: &sieve };
            let microseconds = |effort: Effort| -> Outcome<f64> {
                let mut samples = Vec::new();
                for _ in 0..REPEATED {
                    let start = Instant::now();
                    for query in &queries {
                        index.search(query, WANTED, effort, None)?;
                    }
                    samples.push(start.elapsed().as_secs_f64() * 1e6 / queries.len() as f64);
                }
                samples.sort_by(f64::total_cmp);
                Ok(samples[REPEATED / 2])
            };
            let [exact, enough] = [microseconds(Effort::Exact)?, microseconds(Effort::Candidates(candidates))?];
            found.push(json!({ "n": n, "candidates": candidates, "exact_us": exact, "enough_us": enough }));
        }
        say(&json!(found))
    }
}

fn open(folder: &Path) -> Outcome<(Vectors, Forest)> {
    let read = |name: &str| std::fs::read(folder.join(name));
    Ok((Vectors::from_safetensors(&read(VECTORS)?)?, Forest::from_safetensors(&read(FOREST)?.as_slice())?))
}

pub fn say(line: &serde_json::Value) -> Outcome {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")?;
    Ok(out.flush()?)
}
