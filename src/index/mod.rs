//! Embedding → neighbours.
//!
//! * [`Vectors`]: the embeddings of a collection as signed bytes, one scale per row; [`Query`]: one embedding likewise.
//! * [`exact()`]: looks at every vector. The oracle, and the quicker way in small collections.
//! * [`Forest`]: random-projection trees that look at a few candidates and rank those exactly.
//! * [`Allowed`]: the items that a search may answer with; the others are passed over on the way.
//! * [`Rows`]: which vectors belong to which item, where each has several.
//! * [`Sieve`]: one bit of every number, to tell cheaply which candidates are worth an exact comparison.
//! * [`metric`]: what "near" means; one small file each; [`MetricName`] says which one a collection has.
//!
//! Every dot product is an integer sum and every float operation has a fixed order, so that native code and WebAssembly
//! give the same bits whatever the instructions and the number of threads.

mod allowed;
mod bytes;
mod dot;
mod exact;
mod file;
mod forest;
pub mod metric;
mod nearest;
mod random;
mod rows;
mod search;
mod sieve;
mod vectors;

pub use allowed::Allowed;
pub use bytes::Bytes;
pub use exact::{exact, exact_among};
pub use forest::{Forest, ForestOptions};
pub use metric::MetricName;
pub use random::Random;
pub use rows::{Rows, Sighting};
pub use search::{Index, least_candidates, useful_trees};
pub use sieve::Sieve;
pub use vectors::{MAX_DIM, Query, Vectors, VectorsFile};

pub(crate) use file::{METADATA_KEY, Output, Tensors, write};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IndexError {
    #[error("the vector has {got} numbers, the index holds vectors of {expected}; embed it with the index's own model")]
    Dimension { got: usize, expected: usize },
    #[error("vectors of {got} numbers can't be held; 1 to {MAX_DIM} numbers can")]
    UnusableDimension { got: usize },
    #[error("number {position} of the vector is NaN or infinite; only finite numbers can be compared")]
    NotFinite { position: usize },
    #[error("an index holds at most {} vectors; split the collection", u32::MAX)]
    TooMany,
    #[error(
        "vectors need {bytes} bytes, more than there is memory for; close other programs and pages, \
         or split the collection"
    )]
    NoRoom { bytes: u64 },
    #[error("{got} is not a usable {what}; it must be {expected}")]
    Option { what: &'static str, got: usize, expected: &'static str },
    #[error(
        "the forest was built over {forest} vectors, but there are {vectors}; use the forest that was built with them"
    )]
    OtherVectors { forest: usize, vectors: usize },
    #[error(
        "items are chosen among {allowed}, but there are {vectors} vectors; choose among the items of this collection"
    )]
    OtherItems { allowed: usize, vectors: usize },
    #[error("{vectors} vectors are no whole number of items with {looks} each; build the collection again")]
    Looks { vectors: usize, looks: usize },
    #[error("the {what} file is damaged: {reason}; download it again or build the collection again")]
    Damaged { what: &'static str, reason: String },
    #[error(
        "the {what} file has format version {got}, this program reads version {expected}; \
         use a matching release or build the collection again"
    )]
    Version { what: &'static str, got: u32, expected: u32 },
}

/// One answer of a search.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Neighbour {
    /// Position of the item in the collection, from 0.
    pub item: u32,
    /// Similarity by the metric of the vectors, higher is nearer; a cosine is -1..=1.
    pub score: f32,
}

/// How hard to look. In JSON `"auto"`, `"exact"` or the number of candidates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Effort {
    /// The collection's own measured default.
    #[default]
    Auto,
    /// Look at about this many candidates.
    Candidates(usize),
    /// Look at every vector.
    Exact,
}

impl Serialize for Effort {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Effort::Auto => serializer.serialize_str("auto"),
            Effort::Candidates(candidates) => serializer.serialize_u64(*candidates as u64),
            Effort::Exact => serializer.serialize_str("exact"),
        }
    }
}

impl<'de> Deserialize<'de> for Effort {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Effort, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Form {
            Number(u32),
            Word(String),
        }
        match Form::deserialize(deserializer)? {
            Form::Number(candidates) => Ok(Effort::Candidates(candidates as usize)),
            Form::Word(word) if word == "auto" => Ok(Effort::Auto),
            Form::Word(word) if word == "exact" => Ok(Effort::Exact),
            Form::Word(word) => Err(serde::de::Error::custom(format_args!(
                "{word:?} is not an effort; it must be \"auto\", \"exact\" or a number of candidates"
            ))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_effort_is_a_word_or_a_number_in_json() {
        for (effort, json) in
            [(Effort::Auto, "\"auto\""), (Effort::Exact, "\"exact\""), (Effort::Candidates(400), "400")]
        {
            assert_eq!(serde_json::to_string(&effort).unwrap(), json);
            assert_eq!(serde_json::from_str::<Effort>(json).unwrap(), effort);
        }
        assert!(serde_json::from_str::<Effort>("\"most\"").unwrap_err().to_string().contains("\"most\""));
        assert!(serde_json::from_str::<Effort>("-1").is_err());
    }
}
