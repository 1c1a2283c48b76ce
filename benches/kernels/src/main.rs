//! Prints `[[instructions, way, [milliseconds, …]], …]` for all kernels of this machine but the scalar one.
//!
//!     kernels-bench SAMPLES

use std::time::Instant;

use kernels_bench::{InstructionSet, Network, WAYS};

fn main() {
    let samples = std::env::args().nth(1).and_then(|word| word.parse().ok()).unwrap_or(20);
    let sets = InstructionSet::available().into_iter().skip(1);
    let mut sides: Vec<(String, Network, Vec<String>)> = sets
        .flat_map(|set| WAYS.map(|(way, name)| (format!("{set:?}\",\"{name}"), Network::new(set, way), Vec::new())))
        .collect();
    for round in 0..=samples {
        for (_, network, times) in &mut sides {
            let start = Instant::now();
            network.run();
            let ms = start.elapsed().as_secs_f64() * 1e3;
            // The first round warms up.
            if round > 0 {
                times.push(ms.to_string());
            }
        }
    }
    let rows: Vec<String> = sides.iter().map(|(name, _, ms)| format!("[\"{name}\",[{}]]", ms.join(","))).collect();
    println!("[{}]", rows.join(","));
}
