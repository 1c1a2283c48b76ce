//! Measuring a collection: what a score means in it.
//!
//! Changed copies of some of the collection's own pictures are the queries. With its original in the collection, a query
//! should be answered by it; the nearest *other* item is what the same query would be answered with if the original were
//! absent. From both, precision and recall of every threshold follow. All scores are weighed by the query's background
//! (see `background`), as those of a search will be.

use super::background::{BACKGROUND_RANK, shift};
use super::effort::{self, EXACT_BELOW};
use super::{Basis, Calibration, CollectionError, CurvePoint, Quality, Quantiles, Thresholds};
use crate::index::{Forest, MetricName, Query, Random, Rows, Sighting, Vectors};
use rayon::prelude::*;
use std::collections::HashSet;
use std::{iter, slice};

/// Of the best matches called "same", this part must be right, half of the queries being absent.
const SAME_PRECISION: f32 = 0.99;
/// Of those called at least "similar", this part must be right.
const SIMILAR_PRECISION: f32 = 0.90;
/// Items at least this near to each other are taken for the same picture twice: one is as good an answer as the other.
const TWIN: f32 = 0.9999;
/// With about this many other items, half as much is known about what an absent picture scores as with very many.
const FEW_ITEMS: f32 = 10.0;
/// Steps of the curve in the manifest.
const CURVE_STEPS: usize = 32;

/// How a collection is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CalibrationOptions {
    /// Pictures of which changed copies are made; fewer where there are fewer.
    pub pictures: usize,
    /// Chooses the pictures.
    pub seed: u64,
    /// Which vectors belong to which item.
    pub rows: Rows,
}

impl Default for CalibrationOptions {
    fn default() -> Self {
        CalibrationOptions { pictures: 100, seed: 0, rows: Rows::new(1) }
    }
}

/// What was seen in a changed copy of an item's picture.
#[derive(Debug, Clone, PartialEq)]
pub struct ChangedCopy {
    /// The embedding of the whole copy.
    pub whole: Vec<f32>,
    /// The embeddings of all further looks at it; none where it was looked at once.
    pub closer: Vec<Vec<f32>>,
}

/// Measures a collection. `changed` gives what is seen in changed copies of an item's picture, on several threads at
/// once; none where the picture can't be read. Where there are none at all, the items' own embeddings are the queries.
pub fn calibrate(
    vectors: &Vectors,
    forest: &Forest,
    options: &CalibrationOptions,
    changed: impl Fn(u32) -> Vec<ChangedCopy> + Sync,
) -> Result<Quality, CollectionError> {
    if vectors.is_empty() {
        return Err(CollectionError::Empty);
    }
    let rows = options.rows;
    let items = rows.items(vectors.len());
    let sample = Random::new(options.seed).sample(items, options.pictures.max(1));
    let copies: Vec<(u32, ChangedCopy)> = sample
        .par_iter()
        .map(|&item| item as u32)
        .flat_map_iter(|item| changed(item).into_iter().map(move |copy| (item, copy)))
        .collect();
    let mut basis = Basis::ChangedCopies;
    let mut queries: Vec<(u32, Query)> = copies
        .iter()
        .map(|(item, copy)| Ok((*item, Query::quantize(&copy.whole)?)))
        .collect::<Result<_, CollectionError>>()?;
    if queries.is_empty() {
        basis = Basis::Embeddings;
        queries = sample.iter().map(|&item| (item as u32, vectors.query(rows.of(item).start))).collect();
    }
    let others = items - 1;
    let answers = Answer::all(vectors, rows, queries.par_iter().map(|(item, query)| (*item, slice::from_ref(query))))?;
    let has_background = vectors.metric() == MetricName::Cosine && items > BACKGROUND_RANK;
    let typical_background = median(answers.iter().filter_map(|answer| answer.background)).filter(|_| has_background);
    let measured = Measured::new(&answers, typical_background, vectors.metric().highest());
    let thresholds = measured.thresholds(others);
    let closer: Vec<(u32, Vec<Query>)> = copies
        .iter()
        .filter(|(_, copy)| !copy.closer.is_empty())
        .map(|(item, copy)| {
            let looks = iter::once(&copy.whole).chain(&copy.closer);
            Ok((*item, looks.map(|look| Query::quantize(look)).collect::<Result<_, _>>()?))
        })
        .collect::<Result<_, CollectionError>>()?;
    let closer = match closer.is_empty() {
        true => None,
        false => {
            let looks = closer.par_iter().map(|(item, looks)| (*item, looks.as_slice()));
            let answers = Answer::all(vectors, rows, looks)?;
            Some(Measured::new(&answers, typical_background, vectors.metric().highest()).thresholds(others))
        }
    };
    let pictures = queries.chunk_by(|a, b| a.0 == b.0).count();
    let calibration = Calibration {
        basis,
        pictures: pictures as u32,
        queries: queries.len() as u32,
        own: quantiles(&measured.own),
        other: quantiles(&measured.other),
        curve: measured.curve(thresholds),
    };
    let (effort, default_effort) = effort::curve(vectors, rows, forest, &queries, basis)?;
    Ok(Quality {
        thresholds,
        typical_background,
        closer,
        calibration,
        effort,
        default_effort,
        exact_below: EXACT_BELOW,
    })
}

/// What one query scored with the works, each by the best of its looks.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Answer {
    /// With the item it was made from.
    own: f32,
    /// With the nearest item that shows something else, if there is any.
    other: Option<f32>,
    /// With the fifth nearest of all items.
    background: Option<f32>,
    /// With the fifth nearest of those that show something else: the background if the original were absent.
    background_without: Option<f32>,
}

impl Answer {
    /// What items score with the looks at a changed copy of each.
    fn all<'a>(
        vectors: &Vectors,
        rows: Rows,
        queries: impl ParallelIterator<Item = (u32, &'a [Query])>,
    ) -> Result<Vec<Answer>, CollectionError> {
        queries.map(|(item, looks)| Answer::to(vectors, rows, item, looks)).collect()
    }

    fn to(vectors: &Vectors, rows: Rows, item: u32, looks: &[Query]) -> Result<Answer, CollectionError> {
        let mut own = f32::NEG_INFINITY;
        for look in looks {
            for row in rows.of(item as usize) {
                own = own.max(vectors.score(row, look)?);
            }
        }
        let whole = |item: u32| rows.of(item as usize).start;
        let mut limit = 2 * BACKGROUND_RANK;
        loop {
            let nearest = together(vectors, rows, looks, limit)?;
            let others: Vec<f32> = nearest
                .iter()
                .filter(|found| found.item != item && vectors.cosine(whole(found.item), whole(item)) < TWIN)
                .map(|found| found.score)
                .collect();
            // If there are fewer although there were more to look through, they were the same picture over and over.
            if others.len() >= BACKGROUND_RANK || nearest.len() < limit {
                let background = nearest.get(BACKGROUND_RANK - 1).map(|found| found.score);
                let background_without = others.get(BACKGROUND_RANK - 1).copied().or(background);
                return Ok(Answer { own, other: others.first().copied(), background, background_without });
            }
            limit *= 8;
        }
    }
}

/// The nearest items to any of these looks.
fn together(vectors: &Vectors, rows: Rows, looks: &[Query], limit: usize) -> Result<Vec<Sighting>, CollectionError> {
    let mut nearest = Vec::new();
    for look in looks {
        nearest.extend(rows.exact(vectors, look, limit)?);
    }
    nearest.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.item.cmp(&b.item)));
    let mut seen = HashSet::new();
    nearest.retain(|sighting| seen.insert(sighting.item));
    nearest.truncate(limit);
    Ok(nearest)
}

/// By nearest rank.
fn median(numbers: impl Iterator<Item = f32>) -> Option<f32> {
    let mut numbers: Vec<f32> = numbers.collect();
    numbers.sort_by(f32::total_cmp);
    numbers.get(numbers.len().saturating_sub(1) / 2).copied()
}

/// The scores of all queries, each list ascending.
struct Measured {
    /// No score is higher.
    highest: f32,
    own: Vec<f32>,
    other: Vec<f32>,
    /// Best matches that are right: the item's own score, where no other item beats it.
    right: Vec<f32>,
    /// Best matches that are wrong: where another item is at least as near, and where the original is absent.
    wrong: Vec<f32>,
}

impl Measured {
    /// Takes the answers together, weighed by their backgrounds where there is a typical one.
    fn new(answers: &[Answer], typical: Option<f32>, highest: f32) -> Measured {
        let ascending = |numbers: &mut dyn Iterator<Item = f32>| {
            let mut numbers: Vec<f32> = numbers.collect();
            numbers.sort_by(f32::total_cmp);
            numbers
        };
        let weigh = |score: f32, background: Option<f32>| match background.zip(typical) {
            Some((background, typical)) => shift(score, background, typical),
            None => score,
        };
        let found = |answer: &&Answer| answer.other.is_none_or(|other| answer.own > other);
        let own = |answer: &Answer| weigh(answer.own, answer.background);
        let others = || answers.iter().filter_map(|answer| Some(weigh(answer.other?, answer.background_without)));
        let missed = answers.iter().filter(|answer| !found(answer));
        Measured {
            highest,
            own: ascending(&mut answers.iter().map(own)),
            other: ascending(&mut others()),
            right: ascending(&mut answers.iter().filter(found).map(own)),
            wrong: ascending(
                &mut others().chain(missed.filter_map(|answer| Some(weigh(answer.other?, answer.background)))),
            ),
        }
    }

    /// What answering from a threshold on would have meant.
    fn at(&self, threshold: f32) -> CurvePoint {
        let (right, wrong) = (reaching(&self.right, threshold), reaching(&self.wrong, threshold));
        let precision = if right + wrong == 0 { 1.0 } else { right as f32 / (right + wrong) as f32 };
        CurvePoint { threshold, precision, recall: right as f32 / self.own.len() as f32 }
    }

    /// The lowest threshold from which on this part of the answers was right: just above one of the wrong ones, the highest
    /// if need be. Nothing where there was no other item to be confused with.
    fn floor(&self, precision: f32) -> Option<f32> {
        let mut above_wrong = self.wrong.iter().map(|score| score.next_up());
        above_wrong
            .find(|&threshold| self.at(threshold).precision >= precision)
            .map(|threshold| threshold.min(self.highest))
    }

    /// "Same" lies between the floor that precision demands and what nearly all changed copies reach: halfway where many
    /// other items were measured, near the copies where few were, for little is known then of what an absent picture can
    /// score. Where the two overlap, as among near-identical pictures, precision decides. "Similar" lies between a lower
    /// floor and "same" in the same way.
    fn thresholds(&self, other_items: usize) -> Thresholds {
        let reached = quantiles(&self.own).p05;
        let doubt = FEW_ITEMS / (other_items as f32 + FEW_ITEMS);
        let same = match self.floor(SAME_PRECISION) {
            None => reached,
            Some(floor) => floor + (reached - floor).max(0.0) * (0.5 + doubt * 0.5),
        };
        let similar = match self.floor(SIMILAR_PRECISION) {
            None => same,
            Some(floor) => floor + (same - floor).max(0.0) * doubt,
        };
        Thresholds { same, similar: similar.min(same) }
    }

    /// From the lowest to the highest score in even steps, and at both thresholds.
    fn curve(&self, thresholds: Thresholds) -> Vec<CurvePoint> {
        let all = || [self.own.first(), self.own.last(), self.other.first(), self.other.last()].into_iter().flatten();
        let lowest = all().fold(f32::INFINITY, |lowest, &score| lowest.min(score));
        let highest = all().fold(f32::NEG_INFINITY, |highest, &score| highest.max(score));
        let step = (highest - lowest) / CURVE_STEPS as f32;
        let mut steps: Vec<f32> = (0..=CURVE_STEPS).map(|number| lowest + step * number as f32).collect();
        steps.extend([thresholds.similar, thresholds.same]);
        steps.sort_by(f32::total_cmp);
        steps.dedup();
        steps.into_iter().map(|threshold| self.at(threshold)).collect()
    }
}

/// How many of the ascending scores reach the threshold.
fn reaching(ascending: &[f32], threshold: f32) -> usize {
    ascending.len() - ascending.partition_point(|&score| score < threshold)
}

/// By nearest rank; zeros for no scores.
fn quantiles(ascending: &[f32]) -> Quantiles {
    let at = |hundredth: usize| {
        let rank = (ascending.len() * hundredth).div_ceil(100).max(1);
        ascending.get(rank - 1).copied().unwrap_or_default()
    };
    Quantiles { p01: at(1), p05: at(5), p50: at(50), p95: at(95), p99: at(99) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::{Effort, ForestOptions};

    const DIM: usize = 24;

    fn row(random: &mut Random, around: &[f32], spread: f32) -> Vec<f32> {
        let mut noise = || (0..4).map(|_| random.below(2001) as f32 / 1000.0 - 1.0).sum::<f32>();
        around.iter().map(|&number| number + spread * noise()).collect()
    }

    /// `count` embeddings that lie `apart` from each other, and copies that lie `changed` from them.
    fn measure(count: usize, apart: f32, changed: f32) -> Quality {
        let mut random = Random::new(9);
        let centre = row(&mut random, &[0.0; DIM], 1.0);
        let rows: Vec<f32> = (0..count).flat_map(|_| row(&mut random, &centre, apart)).collect();
        let vectors = Vectors::quantize(DIM, &rows).unwrap();
        let copies = |item: u32| {
            let mut random = Random::stream(5, item.into());
            let original = &rows[item as usize * DIM..][..DIM];
            (0..4).map(|_| once(row(&mut random, original, changed))).collect()
        };
        calibrate(&vectors, &forest(&vectors), &CalibrationOptions::default(), copies).unwrap()
    }

    /// A copy that was looked at once.
    fn once(whole: Vec<f32>) -> ChangedCopy {
        ChangedCopy { whole, closer: Vec::new() }
    }

    fn forest(vectors: &Vectors) -> Forest {
        Forest::build(vectors, &ForestOptions { trees: 8, ..Default::default() }).unwrap()
    }

    fn at(quality: &Quality, threshold: f32) -> CurvePoint {
        *quality.calibration.curve.iter().find(|point| point.threshold == threshold).unwrap()
    }

    #[test]
    fn in_a_varied_collection_the_threshold_parts_copies_from_strangers() {
        let quality = measure(400, 2.0, 0.2);
        let Thresholds { same, similar } = quality.thresholds;
        let Calibration { own, other, basis, pictures, queries, .. } = quality.calibration.clone();
        assert_eq!((basis, pictures, queries), (Basis::ChangedCopies, 100, 400));
        assert!(other.p99 < same && same < own.p05, "{quality:?}");
        assert!(similar < same && similar > other.p50);
        assert!(at(&quality, same).precision >= 0.99 && at(&quality, same).recall >= 0.95);
        assert!(at(&quality, similar).precision >= 0.90);
    }

    #[test]
    fn whoever_looks_more_closely_needs_a_higher_score() {
        let mut random = Random::new(9);
        let rows: Vec<f32> = (0..400).flat_map(|_| row(&mut random, &[0.0; DIM], 1.0)).collect();
        let vectors = Vectors::quantize(DIM, &rows).unwrap();
        let copies = |further: u64| {
            let rows = &rows;
            move |item: u32| {
                let mut random = Random::stream(5, item.into());
                let whole = row(&mut random, &rows[item as usize * DIM..][..DIM], 0.2);
                // The further looks see something of another item.
                let other = (item as usize + 7) % 400;
                let closer = (0..further).map(|_| row(&mut random, &rows[other * DIM..][..DIM], 0.8)).collect();
                vec![ChangedCopy { whole, closer }]
            }
        };
        let options = CalibrationOptions::default();
        let looks = calibrate(&vectors, &forest(&vectors), &options, copies(8)).unwrap();
        let look = calibrate(&vectors, &forest(&vectors), &options, copies(0)).unwrap();
        assert_eq!((look.closer, look.thresholds), (None, looks.thresholds));
        assert!(looks.closer.unwrap().same > looks.thresholds.same, "{looks:?}");
    }

    #[test]
    fn near_identical_pictures_get_a_stricter_threshold_than_varied_ones() {
        let (varied, alike) = (measure(400, 2.0, 0.05), measure(400, 0.05, 0.02));
        assert!(alike.thresholds.same > varied.thresholds.same, "{:?} {:?}", alike.thresholds, varied.thresholds);
        assert!(at(&alike, alike.thresholds.same).precision >= 0.99);
    }

    #[test]
    fn where_copies_and_strangers_cannot_be_told_apart_only_the_surest_answers_are_the_same() {
        let quality = measure(400, 0.05, 0.3);
        let surest = at(&quality, quality.thresholds.same);
        assert!(surest.precision >= 0.99 && surest.recall < 0.1, "{surest:?}");
        assert!(quality.thresholds.same <= 1.0 && quality.thresholds.same > quality.calibration.other.p99);
    }

    #[test]
    fn the_curve_rises_in_threshold_and_falls_in_recall() {
        let quality = measure(300, 0.5, 0.3);
        let curve = &quality.calibration.curve;
        assert!(curve.len() > 20);
        assert!(curve.is_sorted_by(|a, b| a.threshold < b.threshold && a.recall >= b.recall));
        assert!(curve.iter().all(|point| (0.0..=1.0).contains(&point.precision)));
        assert_eq!(curve[0].recall, curve.iter().map(|point| point.recall).fold(0.0, f32::max));
    }

    #[test]
    fn one_item_accepts_what_its_copies_reach_and_calls_nothing_merely_similar() {
        let quality = measure(1, 1.0, 0.2);
        assert_eq!(quality.thresholds.same, quality.calibration.own.p05);
        assert_eq!(quality.thresholds.same, quality.thresholds.similar);
        assert_eq!(quality.calibration.other, Quantiles::default());
        assert_eq!((quality.default_effort, quality.effort.len()), (Effort::Exact, 0));
    }

    #[test]
    fn with_few_items_the_threshold_stays_near_the_copies() {
        let (few, many) = (measure(3, 2.0, 0.2), measure(400, 2.0, 0.2));
        let place = |quality: &Quality| {
            let (low, high) = (quality.calibration.other.p99, quality.calibration.own.p05);
            (quality.thresholds.same - low) / (high - low)
        };
        assert!(place(&few) > 0.8 && place(&many) < 0.7, "{} {}", place(&few), place(&many));
    }

    #[test]
    fn the_same_picture_twice_does_not_count_as_confusion() {
        let mut random = Random::new(2);
        let mut rows: Vec<f32> = (0..50).flat_map(|_| row(&mut random, &[0.0; DIM], 1.0)).collect();
        rows.extend(rows.clone());
        let vectors = Vectors::quantize(DIM, &rows).unwrap();
        let copies =
            |item: u32| vec![once(row(&mut Random::new(item.into()), &rows[item as usize * DIM..][..DIM], 0.1))];
        let quality = calibrate(&vectors, &forest(&vectors), &CalibrationOptions::default(), copies).unwrap();
        assert!(quality.thresholds.same < quality.calibration.own.p05);
        let equal = Vectors::quantize(DIM, &rows[..DIM].repeat(30)).unwrap();
        let quality = calibrate(&equal, &forest(&equal), &CalibrationOptions::default(), copies).unwrap();
        assert_eq!(quality.thresholds.same, quality.calibration.own.p05);
    }

    #[test]
    fn without_pictures_the_embeddings_themselves_are_the_measure() {
        let mut random = Random::new(4);
        let rows: Vec<f32> = (0..200).flat_map(|_| row(&mut random, &[0.0; DIM], 1.0)).collect();
        let vectors = Vectors::quantize(DIM, &rows).unwrap();
        let quality = calibrate(&vectors, &forest(&vectors), &CalibrationOptions::default(), |_| Vec::new()).unwrap();
        assert_eq!(quality.calibration.basis, Basis::Embeddings);
        assert_eq!(quality.calibration.own.p01, 1.0);
        assert!(quality.thresholds.same < 1.0 && quality.thresholds.same > quality.calibration.other.p99);
    }

    #[test]
    fn the_same_seed_measures_the_same_and_nan_is_refused() {
        assert_eq!(measure(60, 1.0, 0.3), measure(60, 1.0, 0.3));
        let vectors = Vectors::quantize(2, &[1.0, 2.0]).unwrap();
        let bad = |_| vec![once(vec![f32::NAN, 1.0])];
        assert!(calibrate(&vectors, &forest(&vectors), &CalibrationOptions::default(), bad).is_err());
        let none = Vectors::new(2).unwrap();
        assert!(calibrate(&none, &forest(&none), &CalibrationOptions::default(), |_| Vec::new()).is_err());
    }
}
