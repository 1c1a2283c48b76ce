//! What more trees give, where the sieve chooses the candidates and where the forest does.

use crate::search::say;
use crate::{Outcome, npy};
use clap::Args;
use private_eye::index::{Effort, Forest, ForestOptions, Index, MetricName, Neighbour, Query, Sieve, Vectors, exact};
use rayon::prelude::*;
use serde_json::json;
use std::path::PathBuf;
use std::time::Instant;

/// Neighbours asked for.
const WANTED: usize = 10;
/// Candidates that are compared with each query.
const CANDIDATES: usize = 4_000;
const TREES: [usize; 5] = [1, 4, 16, 32, 50];

#[derive(Args)]
pub struct Trees {
    #[arg(long)]
    vectors: PathBuf,
    #[arg(long)]
    queries: PathBuf,
}

impl Trees {
    /// Prints, for each metric and number of trees, the forest's bytes, the recall with so many candidates and the
    /// microseconds of a query.
    pub fn run(self) -> Outcome {
        let (rows, dim) = npy::read(&self.vectors)?;
        let (queries, _) = npy::read(&self.queries)?;
        let queries: Vec<Query> = queries.chunks(dim).map(Query::quantize).collect::<Result<_, _>>()?;
        let vectors = Vectors::quantize(dim, &rows)?;
        drop(rows);
        let mut found = Vec::new();
        for metric in [MetricName::Cosine, MetricName::Euclidean] {
            let vectors = vectors.clone().with_metric(metric);
            let sieve = Sieve::new(&vectors);
            let truth: Vec<Vec<Neighbour>> =
                queries.par_iter().map(|query| exact(&vectors, query, WANTED)).collect::<Result<_, _>>()?;
            for trees in TREES {
                let forest = Forest::build(&vectors, &ForestOptions { trees, ..ForestOptions::default() })?;
                let index = Index { vectors: &vectors, forest: &forest, sieve: &sieve };
                let start = Instant::now();
                let answers =
                    queries.iter().map(|query| index.search(query, WANTED, Effort::Candidates(CANDIDATES), None));
                let answers = answers.collect::<Result<Vec<_>, _>>()?;
                let microseconds = start.elapsed().as_secs_f64() * 1e6 / queries.len() as f64;
                let hits = truth
                    .iter()
                    .zip(&answers)
                    .flat_map(|(truth, (found, _))| truth.iter().filter(|one| found.contains(one)));
                let recall = hits.count() as f64 / truth.iter().map(Vec::len).sum::<usize>() as f64;
                let bytes = forest.tree_bytes() * trees;
                found.push(json!({
                    "metric": metric, "trees": trees, "bytes": bytes, "candidates": CANDIDATES, "recall": recall,
                    "us": microseconds,
                }));
            }
        }
        say(&json!(found))
    }
}
