//! The native side of `cargo xtask bench index`: makes the vectors, searches them, and writes collections for the page.

mod clusters;
mod crops;
mod npy;
mod search;
mod site;
mod trees;
#[path = "../../../tests/support/weights.rs"]
mod weights;

use clap::Parser;
use std::error::Error;

/// What goes wrong here ends the program with its message.
type Outcome<T = ()> = Result<T, Box<dyn Error + Send + Sync>>;

#[derive(Parser)]
enum Task {
    /// Vectors and queries: embeddings of parts of pictures
    Crops(crops::Crops),
    /// Vectors and queries that lie around centres
    Clusters(clusters::Clusters),
    /// Our index over vectors
    Build(search::Build),
    /// That index, asked line by line
    Search(search::Search),
    /// From how many vectors on an index is quicker than comparing all
    Crossover(search::Crossover),
    /// What forests of few and of many trees find
    Trees(trees::Trees),
    /// A collection for the page
    Site(site::Site),
}

fn main() -> Outcome {
    match Task::parse() {
        Task::Crops(task) => task.run(),
        Task::Clusters(task) => task.run(),
        Task::Build(task) => task.run(),
        Task::Search(task) => task.run(),
        Task::Crossover(task) => task.run(),
        Task::Trees(task) => task.run(),
        Task::Site(task) => task.run(),
    }
}
