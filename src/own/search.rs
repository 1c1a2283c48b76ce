use std::collections::HashSet;

use serde::Deserialize;

use super::Own;
use crate::collection::Thresholds;
use crate::engine::{Coverage, Engine, EngineError, Match, SearchOptions, Verdict};
use crate::index::{Allowed, Query, Sighting};

/// The answer to a question that was asked of the published works and of one's own pictures.
#[derive(Debug, Clone, PartialEq)]
pub struct Searched {
    /// Best first, whoever's they are; of equals, the published ones first.
    pub found: Vec<Found>,
    /// The verdict on the best match.
    pub verdict: Verdict,
    /// How many works and pictures were compared.
    pub looked_at: usize,
    /// Whether those were all that may be answers; never while published works are still on their way.
    pub exact: bool,
    /// How much of the published collection could be searched.
    pub searched: Coverage,
    /// From which scores on a match is the same or similar, whoever's it is: by how near the published works are.
    pub thresholds: Thresholds,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// Of an own picture, `id` is its number in [`Own`].
    pub found: Match,
    pub own: bool,
    /// Place in the question, from 0, of the part that it is nearest to.
    pub query: usize,
}

/// Among whose pictures a search looks for matches.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Among {
    /// The published works and one's own pictures.
    #[default]
    All,
    /// The published works.
    Works,
    /// One's own pictures.
    Own,
}

/// Which of one's own pictures may be matches, and whether published works may be.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct OwnFilter {
    pub among: Among,
    /// Numbers of own pictures that are left out.
    pub without: Vec<u32>,
}

/// Searches for all parts of a question among the published works that the options let through, and in `own`, as far as
/// that is wanted. Conditions on columns hold for both; where one of the two lacks a column, none of it is a match. What a
/// score means follows from the published works, even where none of them may be a match.
pub fn search(
    engine: &Engine,
    own: &Own,
    filter: &OwnFilter,
    parts: &[Query],
    options: &SearchOptions,
) -> Result<Searched, EngineError> {
    let theirs = options.filter.allowed(engine.collection());
    let ours = (filter.among != Among::Works && !own.is_empty()).then(|| options.filter.among(&own.items, &[]));
    let nobody = || Some(Allowed::none(engine.collection().len()));
    let (allowed, ours) = match (theirs, ours.transpose()) {
        (Ok(allowed), Ok(ours)) => (allowed, ours),
        (Ok(allowed), Err(_)) => (allowed, None),
        (Err(_), Ok(ours @ Some(_))) => (nobody(), ours),
        (Err(error), _) => return Err(error.into()),
    };
    let allowed = if filter.among == Among::Own { nobody() } else { allowed };
    let (answer, places) = engine.search_together(parts, allowed.as_ref(), options)?;
    let thresholds = answer.thresholds;
    let published = answer.matches.into_iter().zip(places);
    let mut found: Vec<Found> = published.map(|(found, query)| Found { found, own: false, query }).collect();
    let (mut verdict, mut looked_at) = (answer.verdict, answer.looked_at);
    if let Some(allowed) = ours {
        let allowed = own.allowed(allowed, filter);
        looked_at += allowed.count();
        found.extend(own.nearest(engine, parts, &allowed, options.limit, thresholds)?);
        found.sort_by(|left, right| right.found.score.total_cmp(&left.found.score).then(left.own.cmp(&right.own)));
        found.truncate(options.limit);
        (1..).zip(&mut found).for_each(|(rank, found)| found.found.rank = rank);
        verdict = found.first().map_or(Verdict::None, |best| best.found.verdict);
    }
    Ok(Searched { found, verdict, looked_at, exact: answer.exact, searched: answer.searched, thresholds })
}

impl Own {
    fn allowed(&self, conditions: Option<Allowed>, filter: &OwnFilter) -> Allowed {
        let mut allowed = conditions.unwrap_or_else(|| Allowed::all(self.len()));
        filter.without.iter().filter_map(|&id| self.place(id)).for_each(|place| allowed.remove(place as u32));
        allowed
    }

    /// The nearest of the allowed pictures to any part of the question, each once.
    fn nearest(
        &self,
        engine: &Engine,
        parts: &[Query],
        allowed: &Allowed,
        limit: usize,
        thresholds: Thresholds,
    ) -> Result<Vec<Found>, EngineError> {
        // Whoever is left out may stand before all who are not.
        let out = self.len() - allowed.count();
        let mut ranked: Vec<(Sighting, usize)> = Vec::new();
        for (place, query) in parts.iter().enumerate() {
            let nearest = self.rows().exact(&self.vectors, query, limit.saturating_add(out).min(self.len()))?;
            let wanted = nearest.into_iter().filter(|found| allowed.contains(found.item));
            ranked.extend(wanted.take(limit).map(|found| (found, place)));
        }
        ranked.sort_by(|(left, one), (right, other)| {
            right.score.total_cmp(&left.score).then(left.item.cmp(&right.item)).then(one.cmp(other))
        });
        let mut seen = HashSet::new();
        ranked.retain(|(found, _)| seen.insert(found.item));
        ranked.truncate(limit);
        let described = ranked.into_iter().map(|(sighting, query)| {
            let place = sighting.item as usize;
            let found = engine.describe(self.id(place), sighting, &self.items[place], thresholds);
            Found { found, own: true, query }
        });
        Ok(described.collect())
    }
}
