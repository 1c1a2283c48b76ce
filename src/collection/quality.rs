//! What a build measured of its own collection, as the manifest keeps it.

use crate::index::Effort;
use serde::{Deserialize, Serialize};

/// What was measured when the collection was built.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Quality {
    pub thresholds: Thresholds,
    /// Before which background these and all scores below were measured: what the fifth nearest work usually scores with a
    /// query (the median). None in collections of so few works and of metrics other than the cosine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub typical_background: Option<f32>,
    /// The thresholds for queries that are looked at in several ways, of which the best counts: strangers score higher
    /// then. None where that was not measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closer: Option<Thresholds>,
    pub calibration: Calibration,
    /// What the forest found at growing effort, of what the exact scan finds.
    pub effort: Vec<EffortPoint>,
    /// The least effort with a recall@10 of at least 0.99; `exact` where none has or the scan is less work.
    pub default_effort: Effort,
    /// With fewer vectors than this, the exact scan is the quicker way.
    pub exact_below: u32,
}

/// What a score means in this collection.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Thresholds {
    /// From here on the best match shows the same picture.
    pub same: f32,
    /// From here on it is like the query; below, there is no close match.
    pub similar: f32,
}

/// From what the thresholds were derived.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    pub basis: Basis,
    /// Items whose scores were measured.
    pub pictures: u32,
    /// Queries made from them.
    pub queries: u32,
    /// Scores of the queries with the item they were made from.
    pub own: Quantiles,
    /// Scores of the queries with the nearest other item; all zeros where there is no other.
    pub other: Quantiles,
    /// What answering "same" from a threshold on would have meant, half of the queries being absent from the collection.
    pub curve: Vec<CurvePoint>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    /// Changed copies of the collection's own pictures.
    ChangedCopies,
    /// The embeddings themselves, where there were no pictures to change.
    Embeddings,
    /// Nothing of this collection: another one with the same model, beside which this one is searched.
    OtherCollection,
}

/// Scores that 1, 5, 50, 95 and 99 of 100 queries do not exceed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Quantiles {
    pub p01: f32,
    pub p05: f32,
    pub p50: f32,
    pub p95: f32,
    pub p99: f32,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CurvePoint {
    pub threshold: f32,
    /// Of the best matches from this score on, the part that was right.
    pub precision: f32,
    /// Of the queries whose picture is in the collection, the part that was answered rightly.
    pub recall: f32,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct EffortPoint {
    pub candidates: u32,
    pub recall_at_1: f32,
    pub recall_at_10: f32,
}
