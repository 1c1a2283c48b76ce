use super::exact::{compare, exact, exact_among};
use super::{Allowed, Effort, Forest, IndexError, MetricName, Neighbour, Query, Sieve, Vectors};

/// With fewer numbers than this, one bit of each tells too little.
const SIEVE_DIM: usize = 128;
/// The forest gathers so many items for each that passes the sieve.
const SIFTED: u64 = 64;
/// So many items pass the sieve, read one after the other, in the time in which the forest gathers one. On one core of an
/// EPYC: 2 ns against 0.2 µs.
const GATHER_COST: u64 = 100;
/// What a candidate's part of the way through the trees costs, in vectors compared.
const WALK_COST: u64 = 5;
/// So many candidates are compared for each neighbour that is wanted, at least.
const DEPTH: usize = 4;

/// Trees of a forest that searches walk.
const TREES: usize = 50;

/// The fewest candidates that a search for so many neighbours compares, whatever its effort.
pub fn least_candidates(wanted: usize) -> usize {
    wanted.saturating_mul(DEPTH)
}

/// Trees that are worth their space in a forest over these vectors, where every search is one for `wanted` neighbours or
/// more: one, of which the format asks, where all of them choose their candidates by the sieve alone.
pub fn useful_trees(vectors: &Vectors, wanted: usize) -> usize {
    let walked = !has_sieve(vectors) || is_large(vectors.len(), gathered(least_candidates(wanted)));
    if walked { TREES } else { 1 }
}

/// Whether bits tell which of these vectors are near.
fn has_sieve(vectors: &Vectors) -> bool {
    vectors.metric() == MetricName::Cosine && vectors.dim() >= SIEVE_DIM
}

/// So many items the forest gathers for so many candidates, where there is a sieve.
fn gathered(candidates: usize) -> u64 {
    (candidates as u64).saturating_mul(SIFTED)
}

/// Whether gathering some of so many items is less work than passing all of them through the sieve.
fn is_large(count: usize, gathered: u64) -> bool {
    count as u64 > gathered.saturating_mul(GATHER_COST)
}

/// Everything that a search needs, made of the same vectors.
#[derive(Debug, Clone, Copy)]
pub struct Index<'a> {
    pub vectors: &'a Vectors,
    pub forest: &'a Forest,
    pub sieve: &'a Sieve,
}

impl Index<'_> {
    /// The `limit` nearest of the allowed items, or of all where none are named, best first, ties by lower item number;
    /// and how many vectors were compared with the query. [`Effort::Auto`] is taken for [`Effort::Exact`].
    ///
    /// With an effort of so many candidates, those are the items whose bits differ least from the query's; in a collection
    /// that is too large to read all bits, of those that the forest gathers. Vectors that are short, or whose metric is not
    /// the cosine, have no use for the sieve: there the candidates are what the forest gathers. Where comparing all is no
    /// more work than that, all are compared.
    pub fn search(
        &self,
        query: &Query,
        limit: usize,
        effort: Effort,
        allowed: Option<&Allowed>,
    ) -> Result<(Vec<Neighbour>, usize), IndexError> {
        let vectors = self.vectors;
        if let Some(candidates) = self.candidates(query, limit, effort, allowed)? {
            let looked_at = candidates.len();
            return Ok((compare(vectors, query, limit, candidates.into_iter()), looked_at));
        }
        Ok(match allowed {
            None => (exact(vectors, query, limit)?, vectors.len()),
            Some(allowed) => (exact_among(vectors, query, limit, allowed)?, allowed.count()),
        })
    }

    /// The items to be compared with the query, ascending; nothing where those are all that may be answers.
    pub(super) fn candidates(
        &self,
        query: &Query,
        limit: usize,
        effort: Effort,
        allowed: Option<&Allowed>,
    ) -> Result<Option<Vec<u32>>, IndexError> {
        let Index { vectors, forest, sieve } = *self;
        vectors.check(query)?;
        allowed.map_or(Ok(()), |allowed| vectors.check_allowed(allowed))?;
        let candidates = match effort {
            Effort::Candidates(candidates) => candidates.max(least_candidates(limit)),
            // Needs neither trees nor bits, which are made last.
            Effort::Exact | Effort::Auto => return Ok(None),
        };
        if sieve.items() != vectors.len() {
            return Err(IndexError::OtherItems { allowed: sieve.items(), vectors: vectors.len() });
        }
        let count = allowed.map_or(vectors.len(), Allowed::count);
        if candidates >= count {
            return Ok(None);
        }
        if !has_sieve(vectors) {
            return match few_remain(count, vectors.len(), candidates) {
                true if allowed.is_some() => Ok(None),
                _ => Ok(Some(forest.gather(vectors, query, candidates, allowed)?)),
            };
        }
        let gathered = gathered(candidates);
        // Ascending, as they lie in memory.
        let kept = if is_large(count, gathered) {
            let gathered = usize::try_from(gathered).unwrap_or(usize::MAX);
            sieve.sift(query, forest.gather(vectors, query, gathered, allowed)?.into_iter(), candidates)?
        } else if let Some(allowed) = allowed {
            sieve.sift(query, allowed.iter(), candidates)?
        } else {
            sieve.sift(query, 0..count as u32, candidates)?
        };
        Ok(Some(kept))
    }
}

/// Whether comparing every allowed item is less work than walking the forest for so many candidates, which passes by more
/// items the fewer are allowed.
fn few_remain(count: usize, items: usize, candidates: usize) -> bool {
    let [count, items, candidates] = [count, items, candidates].map(|number| number as u64);
    let walked = candidates.saturating_mul(items) / count.max(1);
    count <= walked.saturating_mul(WALK_COST)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::vectors::tests::{random_rows, random_vectors};
    use crate::index::{ForestOptions, Rows};

    fn forest(vectors: &Vectors) -> Forest {
        Forest::build(vectors, &ForestOptions { trees: 6, seed: 1, leaf: 16 }).unwrap()
    }

    #[test]
    fn trees_grow_where_searches_walk_them() {
        let zeros = |dim, count| Vectors::zeros(dim, count).unwrap();
        assert_eq!(useful_trees(&zeros(128, 256_000), 10), 1);
        assert_eq!(useful_trees(&zeros(128, 256_001), 10), TREES);
        assert_eq!(useful_trees(&zeros(128, 256_001), 20), 1);
        assert_eq!(useful_trees(&zeros(127, 10), 10), TREES);
        assert_eq!(useful_trees(&zeros(128, 10).with_metric(MetricName::Dot), 10), TREES);
    }

    #[test]
    fn where_twenty_works_of_three_looks_are_looked_for_trees_are_walked_from_half_a_million_works_on() {
        let rows = Rows::new(3);
        let walked = |works| is_large(rows.count(works), gathered(least_candidates(rows.count(20))));
        assert!(!walked(512_000) && walked(512_001));
    }

    #[test]
    fn when_few_items_are_allowed_all_of_them_are_compared() {
        assert!(few_remain(0, 100_000, 500) && few_remain(100, 100_000, 500));
        assert!(!few_remain(50_000, 100_000, 500));
        assert!(few_remain(50_000, 100_000, usize::MAX));
    }

    #[test]
    fn the_sieve_finds_nearly_all_with_a_twentieth_compared_and_every_metric_all_at_full_effort() {
        for metric in MetricName::ALL {
            // The last forty rows are queries.
            let rows = random_rows(2040, 160, 3);
            let vectors = Vectors::quantize(160, &rows[..2000 * 160]).unwrap().with_metric(metric);
            let (forest, sieve) = (forest(&vectors), Sieve::new(&vectors));
            let index = Index { vectors: &vectors, forest: &forest, sieve: &sieve };
            let mut allowed = Allowed::all(2000);
            allowed.retain(|item| item % 3 > 0);
            let (mut hits, mut among) = (0, 0);
            for query in rows[2000 * 160..].chunks(160) {
                let query = Query::quantize(query).unwrap();
                let truth = exact(&vectors, &query, 10).unwrap();
                let (found, looked_at) = index.search(&query, 10, Effort::Candidates(100), None).unwrap();
                assert!((100..140).contains(&looked_at), "{metric} {looked_at}");
                hits += truth.iter().filter(|neighbour| found.contains(neighbour)).count();
                for effort in [Effort::Candidates(2000), Effort::Exact, Effort::Auto] {
                    assert_eq!(index.search(&query, 10, effort, None).unwrap(), (truth.clone(), 2000));
                }
                let truth = exact_among(&vectors, &query, 10, &allowed).unwrap();
                let (found, _) = index.search(&query, 10, Effort::Candidates(100), Some(&allowed)).unwrap();
                assert!(found.iter().all(|neighbour| allowed.contains(neighbour.item)));
                among += truth.iter().filter(|neighbour| found.contains(neighbour)).count();
            }
            if metric == MetricName::Cosine {
                assert!(hits >= 380 && among >= 380, "{hits} and {among} of 400");
            }
        }
    }

    #[test]
    fn in_a_collection_too_large_to_read_all_bits_the_forest_gathers_for_the_sieve() {
        let vectors = random_vectors(7000, 128, 3);
        let (forest, sieve) = (forest(&vectors), Sieve::new(&vectors));
        let index = Index { vectors: &vectors, forest: &forest, sieve: &sieve };
        const { assert!(7000 > SIFTED * GATHER_COST) };
        let query = vectors.query(77);
        let gathered = forest.gather(&vectors, &query, SIFTED as usize, None).unwrap();
        assert!((64..128).contains(&gathered.len()), "{}", gathered.len());
        let (found, looked_at) = index.search(&query, 0, Effort::Candidates(1), None).unwrap();
        assert_eq!((found.len(), looked_at), (0, 1));
    }

    #[test]
    fn items_of_another_collection_are_refused() {
        let (vectors, other) = (random_vectors(200, 128, 3), random_vectors(201, 128, 3));
        let (forest, sieve) = (forest(&vectors), Sieve::new(&vectors));
        let index = Index { vectors: &vectors, forest: &forest, sieve: &sieve };
        let query = vectors.query(0);
        let (all, effort) = (Allowed::all(201), Effort::Candidates(50));
        assert!(index.search(&query, 1, effort, Some(&all)).is_err());
        assert!(Index { sieve: &Sieve::new(&other), ..index }.search(&query, 1, effort, None).is_err());
        assert!(index.search(&other.query(0), 1, effort, None).is_ok());
        assert!(index.search(&random_vectors(1, 127, 1).query(0), 1, effort, None).is_err());
    }
}
