//! Embedding → neighbours.

#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    #[error("the vector has {got} numbers, the index holds vectors of {expected}")]
    Dimension { got: usize, expected: usize },
}

/// One answer of a search.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Neighbour {
    /// Position of the item in the collection, from 0.
    pub item: u32,
    /// Cosine similarity, -1..=1, higher is nearer.
    pub score: f32,
}

/// How hard to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Effort {
    /// The collection's own measured default.
    #[default]
    Auto,
    /// Look at about this many candidates.
    Candidates(usize),
    /// Look at every vector.
    Exact,
}
