//! One question of one or several parts: pictures, parts of pictures, works of the collection.

use serde::Serialize;

use crate::collection::Choices;
use crate::engine::{Answer, Engine, EngineError, Match, SearchOptions, Verdict};
use crate::index::{Allowed, Query};

/// Which works may be in the answer.
pub struct Selection {
    pub choices: Choices,
    /// Works that are left out.
    pub without: Vec<u32>,
}

/// An answer that says of each match which part of the question it belongs to.
#[derive(Serialize)]
pub struct Found {
    matches: Vec<FoundMatch>,
    verdict: Verdict,
    looked_at: usize,
    exact: bool,
}

#[derive(Serialize)]
struct FoundMatch {
    #[serde(flatten)]
    found: Match,
    /// Place in the question, from 0, of the part that is nearest to this work.
    query: usize,
}

/// Searches for all parts of a question among the works that are wanted.
pub fn answer(
    engine: &Engine,
    parts: &[Query],
    selection: &Selection,
    options: &SearchOptions,
) -> Result<Found, EngineError> {
    let (answer, places) = engine.search_together(parts, selection.allowed(engine).as_ref(), options)?;
    let Answer { matches, verdict, looked_at, exact } = answer;
    let matches = matches.into_iter().zip(places).map(|(found, query)| FoundMatch { found, query }).collect();
    Ok(Found { matches, verdict, looked_at, exact })
}

impl Selection {
    /// Nothing where every work is wanted.
    fn allowed(&self, engine: &Engine) -> Option<Allowed> {
        if self.choices.is_empty() && self.without.is_empty() {
            return None;
        }
        let collection = engine.collection();
        let mut allowed = Allowed::all(collection.len());
        allowed.retain(|item| self.choices.accept(collection.item(item as usize)));
        self.without.iter().for_each(|&item| allowed.remove(item));
        Some(allowed)
    }
}
