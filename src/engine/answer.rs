//! What a query is answered: the matches, and how sure they are.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::collection::{Collection, Item, Manifest, Thresholds};
use crate::image::Look;
use crate::index::Sighting;

/// What a score means in this collection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// No close match.
    None,
    /// Looks alike.
    Similar,
    /// The same picture.
    Same,
}

/// The matches of a query, best first.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Answer {
    pub matches: Vec<Match>,
    /// The verdict on the best match; [`Verdict::None`] where there is no close one.
    pub verdict: Verdict,
    /// How many works were compared with the query; with that of several, or of several looks, that met the most.
    pub looked_at: usize,
    /// Whether all that the filter lets through were compared with each of them, so that nothing can have been missed; never
    /// while works are still on their way.
    pub exact: bool,
    /// How much of the collection could be searched.
    #[serde(skip_serializing_if = "Coverage::is_whole")]
    pub searched: Coverage,
    /// From which scores on a match of this answer is the same or similar. The more works resemble a picture, the higher they
    /// are; while works are still on their way, they are at least those of a typical picture.
    pub thresholds: Thresholds,
    /// What the fifth nearest of all works scores, where the collection says how to weigh it; what it is likely to be while
    /// works are still on their way ([`strangers_before_background`](crate::collection::strangers_before_background)).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub background: Option<f32>,
}

/// How many works of a collection could be searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Coverage {
    /// Those that were here.
    pub works: usize,
    /// Those that the collection has.
    pub of: usize,
}

impl Coverage {
    pub(super) fn of(collection: &Collection) -> Coverage {
        Coverage { works: collection.searchable(), of: collection.len() }
    }

    /// Whether that is all of them.
    pub fn is_whole(&self) -> bool {
        self.works == self.of
    }
}

impl Answer {
    /// The answer to a closer look, unless it knows less: several looks must score higher to mean as much.
    pub(super) fn or(self, closer: Answer) -> Answer {
        if closer.verdict < self.verdict { self } else { closer }
    }
}

/// One item of the collection, as an answer to a query.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Match {
    /// From 1, the best match.
    pub rank: usize,
    /// Position of the item in the collection, from 0.
    pub id: u32,
    /// The picture's path below the folder it was built from.
    pub file: String,
    pub title: String,
    /// Higher is nearer; a cosine, -1..=1, unless the collection has another metric.
    pub score: f32,
    /// As Annoy gives it: for cosines the angular distance, 0..=2, lower is nearer.
    pub distance: f32,
    pub verdict: Verdict,
    /// Where the picture was looked at in several ways, the one in which it is nearest to this item.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub look: Option<Look>,
    /// Where the collection has several looks at each work, the one that is nearest to the picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub work_look: Option<Look>,
    /// The whole metadata record.
    pub item: Map<String, Value>,
}

impl Match {
    /// An item as a match; the first one, until it is ranked.
    pub(super) fn of(id: u32, sighting: Sighting, item: &Item, manifest: &Manifest, thresholds: Thresholds) -> Match {
        let Sighting { look, score, .. } = sighting;
        let looks = manifest.looks();
        Match {
            rank: 1,
            id,
            file: item.file().to_owned(),
            title: item.title().to_owned(),
            score,
            distance: manifest.metric.distance(score),
            verdict: verdict(score, thresholds),
            look: None,
            work_look: looks.get(look).copied().filter(|_| looks.len() > 1),
            item: item.record().clone(),
        }
    }
}

/// A match that is not close is never the same picture, however low the threshold for "same" may be.
fn verdict(score: f32, thresholds: Thresholds) -> Verdict {
    if score < thresholds.similar {
        Verdict::None
    } else if score < thresholds.same {
        Verdict::Similar
    } else {
        Verdict::Same
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verdict_needs_a_close_match_first() {
        let thresholds = Thresholds { same: 0.9, similar: 0.6 };
        assert_eq!(verdict(0.95, thresholds), Verdict::Same);
        assert_eq!(verdict(0.9, thresholds), Verdict::Same);
        assert_eq!(verdict(0.7, thresholds), Verdict::Similar);
        assert_eq!(verdict(0.5, thresholds), Verdict::None);
        assert_eq!(verdict(0.95, Thresholds { similar: 0.97, ..thresholds }), Verdict::None);
    }
}
