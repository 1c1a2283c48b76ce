//! How hard a search must look in a collection: what it finds at growing effort, of what the exact scan finds.

use super::{Basis, CROWD, CollectionError, EffortPoint};
use crate::index::{Effort, Forest, Index, Query, Rows, Sieve, Sighting, Vectors, least_candidates};
use rayon::prelude::*;
use std::iter;

/// The least recall@10 of the default effort.
const DEFAULT_RECALL: f32 = 0.99;
/// The nearest works that should be found, of the [`CROWD`] that every search looks for.
const WANTED: usize = 10;
/// Queries that measure.
const QUERIES: usize = 200;
/// With fewer vectors than this, the exact scan is the quicker way to 99 % of the ten nearest, and it misses nothing. Measured by
/// `cargo xtask bench index` on embeddings of parts of pictures (docs/benchmarks.md): 8,000 of 512 numbers take 76 µs both ways.
pub const EXACT_BELOW: u32 = 8_000;
/// A candidate, with its part of the way to it, costs about as much as so many rows of the scan, by the same measurement.
const CANDIDATE_COST: usize = 20;

/// What a search finds with the fewest candidates that any compares and then with 100, 150, 200, 300, 400, … of what the exact
/// scan finds; and the least of these efforts that finds enough, unless the scan is less work. Where the queries are the items
/// themselves, finding an item again is nothing to be proud of: only the others count.
pub fn curve(
    vectors: &Vectors,
    rows: Rows,
    forest: &Forest,
    queries: &[(u32, Query)],
    basis: Basis,
) -> Result<(Vec<EffortPoint>, Effort), CollectionError> {
    let every = queries.len().div_ceil(QUERIES);
    let queries: Vec<&(u32, Query)> = queries.iter().step_by(every).collect();
    let themselves = basis == Basis::Embeddings;
    let counted = |own: u32, mut found: Vec<Sighting>| {
        found.retain(|sighting| !themselves || sighting.item != own);
        found.truncate(WANTED);
        found
    };
    let truth: Vec<Vec<Sighting>> = queries
        .par_iter()
        .map(|(own, query)| Ok(counted(*own, rows.exact(vectors, query, CROWD)?)))
        .collect::<Result<_, CollectionError>>()?;

    let sieve = Sieve::new(vectors);
    let index = Index { vectors, forest, sieve: &sieve };
    let mut curve: Vec<EffortPoint> = Vec::new();
    let mut default_effort = Effort::Exact;
    let efforts = efforts(least_candidates(rows.count(CROWD)));
    for candidates in efforts.take_while(|&candidates| candidates < vectors.len()) {
        let found: Vec<Vec<Sighting>> = queries
            .par_iter()
            .map(|(own, query)| {
                Ok(counted(*own, rows.search(&index, query, CROWD, Effort::Candidates(candidates), None)?.0))
            })
            .collect::<Result<_, CollectionError>>()?;
        let pairs = || truth.iter().zip(&found);
        let recall_at_1 = recall(pairs().map(|(truth, found)| (&truth[..1], &found[..])));
        let recall_at_10 = recall(pairs().map(|(truth, found)| (&truth[..], &found[..])));
        curve.push(EffortPoint { candidates: candidates as u32, recall_at_1, recall_at_10 });
        let less_work = candidates.saturating_mul(CANDIDATE_COST) < vectors.len();
        if default_effort == Effort::Exact && recall_at_10 >= DEFAULT_RECALL && less_work {
            default_effort = Effort::Candidates(candidates);
        }
        if recall_at_10 == 1.0 {
            break;
        }
    }
    Ok((curve, default_effort))
}

/// The least effort, and those of 100, 150, 200, 300, 400, … candidates that are more.
fn efforts(least: usize) -> impl Iterator<Item = usize> {
    let next = |&effort: &usize| effort.checked_add(if effort % 3 == 0 { effort / 3 } else { effort / 2 });
    iter::once(least).chain(iter::successors(Some(100), next).skip_while(move |&effort| effort <= least))
}

/// The part of the true neighbours for which the search has one just as near: among equals, any will do.
fn recall<'a>(pairs: impl Iterator<Item = (&'a [Sighting], &'a [Sighting])>) -> f32 {
    let (mut hits, mut wanted) = (0, 0);
    for (truth, found) in pairs {
        let farthest = truth.last().map_or(f32::INFINITY, |sighting| sighting.score);
        hits += found.iter().filter(|sighting| sighting.score >= farthest).count().min(truth.len());
        wanted += truth.len();
    }
    if wanted == 0 { 1.0 } else { hits as f32 / wanted as f32 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::{ForestOptions, Random};

    const DIM: usize = 24;

    fn row(random: &mut Random, around: &[f32], spread: f32) -> Vec<f32> {
        let mut noise = || (0..4).map(|_| random.below(2001) as f32 / 1000.0 - 1.0).sum::<f32>();
        around.iter().map(|&number| number + spread * noise()).collect()
    }

    /// Queries near some of `count` rows, which lie `spread` around so many centres.
    fn measure(count: usize, centres: usize, spread: f32) -> (Vec<EffortPoint>, Effort) {
        measure_by(count, centres, spread, spread / 2.0, Basis::ChangedCopies)
    }

    fn measure_by(count: usize, centres: usize, spread: f32, changed: f32, basis: Basis) -> (Vec<EffortPoint>, Effort) {
        let mut random = Random::new(6);
        let centres: Vec<Vec<f32>> = (0..centres).map(|_| row(&mut random, &[0.0; DIM], 1.0)).collect();
        let rows: Vec<f32> =
            (0..count).flat_map(|item| row(&mut random, &centres[item % centres.len()], spread)).collect();
        let vectors = Vectors::quantize(DIM, &rows).unwrap();
        let forest = Forest::build(&vectors, &ForestOptions { trees: 8, ..Default::default() }).unwrap();
        let near = |item: usize| row(&mut Random::new(item as u64), &rows[item * DIM..][..DIM], changed);
        let queries = (0..count).step_by(count.div_ceil(100)).map(|item| (item as u32, near(item)));
        let queries: Vec<_> = queries.map(|(item, query)| (item, Query::quantize(&query).unwrap())).collect();
        curve(&vectors, Rows::new(1), &forest, &queries, basis).unwrap()
    }

    #[test]
    fn an_item_that_finds_itself_has_found_nothing_yet() {
        let measure = |basis| measure_by(3000, 1, 2.0, 0.0, basis).0;
        let (copies, themselves) = (measure(Basis::ChangedCopies), measure(Basis::Embeddings));
        assert_eq!(copies[0].recall_at_1, 1.0);
        assert!(themselves[0].recall_at_1 < 0.9, "{themselves:?}");
        let pairs = copies.iter().zip(&themselves);
        assert!(pairs.into_iter().all(|(copies, themselves)| copies.recall_at_10 >= themselves.recall_at_10));
    }

    #[test]
    fn the_default_effort_is_the_least_that_finds_nearly_everything() {
        // Thirty of a kind each: like works by the same hand.
        let (curve, default) = measure(6000, 200, 0.2);
        let Effort::Candidates(candidates) = default else { panic!("{default:?} {curve:?}") };
        let least = curve.iter().find(|point| point.recall_at_10 >= 0.99).unwrap();
        assert_eq!(least.candidates as usize, candidates);
        assert!(curve.is_sorted_by_key(|point| point.candidates));
    }

    #[test]
    fn where_half_of_the_items_would_have_to_be_compared_the_default_is_the_scan() {
        let (curve, default) = measure(3000, 1, 2.0);
        let last = curve.last().unwrap();
        assert!(last.recall_at_10 >= 0.99 && last.candidates > 500, "{curve:?}");
        assert_eq!(default, Effort::Exact);
    }

    #[test]
    fn every_effort_of_the_curve_compares_more_than_the_one_before() {
        let some: Vec<usize> = efforts(80).take(8).collect();
        assert_eq!(some, [80, 100, 150, 200, 300, 400, 600, 800]);
        assert_eq!(efforts(300).take(3).collect::<Vec<_>>(), [300, 400, 600]);

        let mut random = Random::new(4);
        let numbers: Vec<f32> = (0..1500).flat_map(|_| row(&mut random, &[0.0; 160], 1.0)).collect();
        let vectors = Vectors::quantize(160, &numbers).unwrap();
        let (rows, sieve) = (Rows::new(3), Sieve::new(&vectors));
        let forest = Forest::build(&vectors, &ForestOptions { trees: 1, ..Default::default() }).unwrap();
        let queries: Vec<(u32, Query)> =
            (0..40).map(|item| (item, vectors.query(rows.of(item as usize).start))).collect();
        let (curve, _) = curve(&vectors, rows, &forest, &queries, Basis::Embeddings).unwrap();
        assert_eq!(curve[0].candidates, 240, "four rows for each look at 20 works");
        let index = Index { vectors: &vectors, forest: &forest, sieve: &sieve };
        let compared = |effort: usize| -> usize {
            let search =
                |(_, query): &(u32, Query)| rows.search(&index, query, CROWD, Effort::Candidates(effort), None);
            queries.iter().map(|query| search(query).unwrap().1).sum()
        };
        assert_eq!(compared(50), compared(240), "no search compares fewer");
        assert!(curve.is_sorted_by(|one, next| compared(one.candidates as usize) < compared(next.candidates as usize)));
    }

    #[test]
    fn one_item_has_no_curve_and_is_simply_compared() {
        assert_eq!(measure(1, 1, 1.0), (Vec::new(), Effort::Exact));
    }
}
