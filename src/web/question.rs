//! An answer as a page reads it.

use serde::Serialize;

use crate::collection::Thresholds;
use crate::engine::{Coverage, Match, Verdict};
use crate::own::{Found, Searched};

/// The matches of a question of one or several parts, the published works and one's own pictures in one ranking.
#[derive(Serialize)]
pub struct Answer {
    matches: Vec<FoundMatch>,
    verdict: Verdict,
    looked_at: usize,
    exact: bool,
    searched: Coverage,
    thresholds: Thresholds,
}

#[derive(Serialize)]
struct FoundMatch {
    #[serde(flatten)]
    found: Match,
    own: bool,
    /// Place in the question, from 0, of the part that is nearest to this work.
    query: usize,
}

impl From<Searched> for Answer {
    fn from(Searched { found, verdict, looked_at, exact, searched, thresholds }: Searched) -> Answer {
        let matches = found.into_iter().map(|Found { found, own, query }| FoundMatch { found, own, query }).collect();
        Answer { matches, verdict, looked_at, exact, searched, thresholds }
    }
}
