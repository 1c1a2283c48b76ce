//! One question of one or several parts: pictures, parts of pictures, works of the collection.

use serde::Serialize;

use crate::collection::Thresholds;
use crate::engine::{Answer, Engine, EngineError, Match, SearchOptions, Verdict};
use crate::index::Query;

/// An answer that says of each match which part of the question it belongs to.
#[derive(Serialize)]
pub struct Found {
    matches: Vec<FoundMatch>,
    verdict: Verdict,
    looked_at: usize,
    exact: bool,
    thresholds: Thresholds,
}

#[derive(Serialize)]
struct FoundMatch {
    #[serde(flatten)]
    found: Match,
    /// Place in the question, from 0, of the part that is nearest to this work.
    query: usize,
}

/// Searches for all parts of a question among the works that the options let through.
pub fn answer(engine: &Engine, parts: &[Query], options: &SearchOptions) -> Result<Found, EngineError> {
    let allowed = options.filter.allowed(engine.collection())?;
    let (answer, places) = engine.search_together(parts, allowed.as_ref(), options)?;
    let Answer { matches, verdict, looked_at, exact, thresholds, .. } = answer;
    let matches = matches.into_iter().zip(places).map(|(found, query)| FoundMatch { found, query }).collect();
    Ok(Found { matches, verdict, looked_at, exact, thresholds })
}
