//! Synthetic vectors: points around centres in a space of few dimensions, seen in many, with a little noise. Negative
//! numbers become zeros, as in a network's last layer.

use crate::{Outcome, npy};
use clap::Args;
use private_eye::seed::SplitMix64;
use rayon::prelude::*;
use std::path::PathBuf;

const DIM: usize = 512;
/// Dimensions of the space in which the centres lie.
const INNER: usize = 48;
/// Vectors for each centre.
const AROUND_ONE: usize = 100;
/// How far points lie from their centre, beside how far centres lie apart.
const SPREAD: f32 = 0.6;
/// What does not come from the inner space, beside what does.
const NOISE: f32 = 0.15;
/// Rows made between two writes.
const BATCH: usize = 4_096;

#[derive(Args)]
pub struct Clusters {
    #[arg(long, default_value_t = 1_000_000)]
    vectors: usize,
    /// Points around the same centres that are not among the vectors
    #[arg(long, default_value_t = 1_000)]
    queries: usize,
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Where vectors.npy and queries.npy go
    #[arg(long)]
    out: PathBuf,
}

impl Clusters {
    pub fn run(self) -> Outcome {
        let view: Vec<Vec<f32>> = (0..INNER).map(|axis| noise(mix(self.seed, 0), axis, DIM)).collect();
        for (name, first, rows) in [("queries.npy", self.vectors, self.queries), ("vectors.npy", 0, self.vectors)] {
            let numbers: Vec<usize> = (first..first + rows).collect();
            let batches = numbers.chunks(BATCH);
            let batches =
                batches.map(|batch| Ok(batch.par_iter().flat_map_iter(|&row| self.row(&view, row)).collect()));
            npy::write(&self.out.join(name), rows, DIM, batches)?;
        }
        Ok(())
    }

    /// Point number `row`.
    fn row(&self, view: &[Vec<f32>], row: usize) -> Vec<f32> {
        let centre = row % self.vectors.div_ceil(AROUND_ONE).max(1);
        let inner = noise(mix(self.seed, 1), centre, INNER).into_iter().zip(noise(mix(self.seed, 2), row, INNER));
        let mut point = noise(mix(self.seed, 3), row, DIM);
        point.iter_mut().for_each(|number| *number *= NOISE * (INNER as f32).sqrt());
        for (axis, (centre, around)) in view.iter().zip(inner) {
            let along = centre + SPREAD * around;
            point.iter_mut().zip(axis).for_each(|(number, axis)| *number += along * axis);
        }
        point.into_iter().map(|number| number.max(0.0)).collect()
    }
}

fn mix(seed: u64, level: u64) -> u64 {
    SplitMix64::split(seed, level).next_u64()
}

/// Nearly normal numbers with a deviation of 1.
fn noise(seed: u64, stream: usize, count: usize) -> Vec<f32> {
    let mut random = SplitMix64::split(seed, stream as u64);
    // The sum of four 16-bit numbers.
    let mut one = || {
        let word = random.next_u64();
        let sum: u64 = (0..4).map(|place| word >> (16 * place) & 0xffff).sum();
        (sum as f32 / 65_535.0 - 2.0) * 3.0_f32.sqrt()
    };
    (0..count).map(|_| one()).collect()
}
