//! Several vectors for each item: the only place that knows which row belongs to which item.

use super::exact::compare;
use super::{Allowed, Effort, Index, IndexError, Neighbour, Query, Vectors, exact, exact_among};
use std::collections::HashSet;
use std::ops::Range;

/// How the vectors of an index belong to items: each item has as many as there are looks at it, one after the other, so
/// that `row = item · looks + look`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rows {
    looks: usize,
}

/// An item as an answer, by the look at it that is nearest to the query.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sighting {
    /// Position of the item in the collection, from 0.
    pub item: u32,
    /// Which of its vectors it is, from 0; of equally near ones the first.
    pub look: usize,
    /// Similarity by the metric of the vectors, higher is nearer; a cosine is -1..=1.
    pub score: f32,
}

impl Rows {
    /// So many vectors for each item, at least 1.
    pub fn new(looks: usize) -> Rows {
        Rows { looks: looks.max(1) }
    }

    /// Vectors of an item.
    pub fn looks(self) -> usize {
        self.looks
    }

    /// Rows that so many items have.
    pub fn count(self, items: usize) -> usize {
        items.saturating_mul(self.looks)
    }

    /// Items to which so many rows belong.
    pub fn items(self, rows: usize) -> usize {
        rows / self.looks
    }

    /// The rows of an item.
    pub fn of(self, item: usize) -> Range<usize> {
        item * self.looks..(item + 1) * self.looks
    }

    /// The item that a row belongs to.
    pub fn item(self, row: u32) -> u32 {
        (row as usize / self.looks) as u32
    }

    /// The `limit` nearest items by any of their vectors, best first, ties by lower item number.
    pub fn exact(self, vectors: &Vectors, query: &Query, limit: usize) -> Result<Vec<Sighting>, IndexError> {
        self.check(vectors)?;
        Ok(self.first_of_each(exact(vectors, query, self.count(limit))?, limit))
    }

    /// The `limit` nearest of the allowed items, or of all where none are named, and how many items were compared with the
    /// query. Wherever that many items may be answers, there are that many.
    ///
    /// An effort of so many candidates means vectors, as in [`Index::search`]; whoever has a vector among them is compared
    /// by all of its vectors.
    pub fn search(
        self,
        index: &Index,
        query: &Query,
        limit: usize,
        effort: Effort,
        allowed: Option<&Allowed>,
    ) -> Result<(Vec<Sighting>, usize), IndexError> {
        let vectors = index.vectors;
        self.check(vectors)?;
        let rows = allowed.map(|allowed| self.allowed(allowed));
        // The nearest rows may all belong to the same items: so many of them belong to at least `limit`.
        let wanted = self.count(limit);
        let (found, looked_at) = match index.candidates(query, wanted, effort, rows.as_ref())? {
            Some(candidates) => {
                let mut items: Vec<u32> = candidates.into_iter().map(|row| self.item(row)).collect();
                items.dedup();
                let rows = items.iter().flat_map(|&item| self.of(item as usize)).map(|row| row as u32);
                (compare(vectors, query, wanted, rows), items.len())
            }
            None => match &rows {
                None => (exact(vectors, query, wanted)?, self.items(vectors.len())),
                Some(rows) => (exact_among(vectors, query, wanted, rows)?, self.items(rows.count())),
            },
        };
        Ok((self.first_of_each(found, limit), looked_at))
    }

    /// The rows of the allowed items.
    fn allowed(self, items: &Allowed) -> Allowed {
        if self.looks == 1 {
            return items.clone();
        }
        let mut rows = Allowed::none(self.count(items.items()));
        items.iter().flat_map(|item| self.of(item as usize)).for_each(|row| rows.insert(row as u32));
        rows
    }

    /// Each item by the best of its rows, which come best first.
    fn first_of_each(self, rows: Vec<Neighbour>, limit: usize) -> Vec<Sighting> {
        let mut seen = HashSet::new();
        let sightings = rows.into_iter().map(|Neighbour { item: row, score }| {
            let item = self.item(row);
            Sighting { item, look: row as usize - self.of(item as usize).start, score }
        });
        sightings.filter(|sighting| seen.insert(sighting.item)).take(limit).collect()
    }

    fn check(self, vectors: &Vectors) -> Result<(), IndexError> {
        if vectors.len().is_multiple_of(self.looks) {
            Ok(())
        } else {
            Err(IndexError::Looks { vectors: vectors.len(), looks: self.looks })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::vectors::tests::random_rows;
    use crate::index::{Forest, ForestOptions, Sieve};

    /// Three vectors for each of 700 items, of which the second is nearly the first; and a query near one of the third.
    fn three_looks(dim: usize) -> (Vectors, Query) {
        let random = random_rows(2100, dim, 5);
        let mut rows = random.clone();
        for item in 0..700 {
            let [whole, second] = [3 * item * dim, (3 * item + 1) * dim];
            for place in 0..dim {
                rows[second + place] = rows[whole + place] + 0.05 * random[second + place];
            }
        }
        let third = (3 * 44 + 2) * dim;
        let query: Vec<f32> = (0..dim).map(|place| rows[third + place] + 0.1 * random[place]).collect();
        (Vectors::quantize(dim, &rows).unwrap(), Query::quantize(&query).unwrap())
    }

    /// What sorting all items by the best of their scores finds.
    fn oracle(vectors: &Vectors, query: &Query, limit: usize, allowed: &Allowed) -> Vec<Sighting> {
        let mut all: Vec<Sighting> = (0..700)
            .filter(|&item| allowed.contains(item))
            .map(|item| {
                let scores = (0..3).map(|look| (look, vectors.score(item as usize * 3 + look, query).unwrap()));
                let (look, score) = scores.reduce(|best, next| if next.1 > best.1 { next } else { best }).unwrap();
                Sighting { item, look, score }
            })
            .collect();
        all.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.item.cmp(&b.item)));
        all.truncate(limit);
        all
    }

    #[test]
    fn every_item_comes_once_by_its_nearest_look_and_as_many_as_were_wanted() {
        for dim in [24, 160] {
            let (vectors, query) = three_looks(dim);
            let forest = Forest::build(&vectors, &ForestOptions { trees: 6, seed: 1, leaf: 16 }).unwrap();
            let sieve = Sieve::new(&vectors);
            let index = Index { vectors: &vectors, forest: &forest, sieve: &sieve };
            let rows = Rows::new(3);
            let all = Allowed::all(700);
            let mut some = all.clone();
            some.retain(|item| item % 4 != 1);
            for limit in [0, 1, 10, 699, 700, 900] {
                let truth = oracle(&vectors, &query, limit, &all);
                assert_eq!(rows.exact(&vectors, &query, limit).unwrap(), truth);
                for effort in [Effort::Exact, Effort::Auto, Effort::Candidates(2100)] {
                    let found = rows.search(&index, &query, limit, effort, None).unwrap();
                    assert_eq!(found, (truth.clone(), 700), "{dim} {limit} {effort:?}");
                }
                let truth = oracle(&vectors, &query, limit, &some);
                let found = rows.search(&index, &query, limit, Effort::Exact, Some(&some)).unwrap();
                assert_eq!(found, (truth, some.count()));

                for (allowed, count) in [(None, 700), (Some(&some), some.count())] {
                    let (found, looked_at) =
                        rows.search(&index, &query, limit, Effort::Candidates(60), allowed).unwrap();
                    assert_eq!(found.len(), limit.min(count), "{dim} {limit}");
                    assert!(looked_at <= count && looked_at >= found.len());
                    let items: HashSet<u32> = found.iter().map(|found| found.item).collect();
                    assert_eq!(items.len(), found.len());
                    assert!(found.iter().all(|found| allowed.is_none_or(|allowed| allowed.contains(found.item))));
                }
            }
            let best = rows.search(&index, &query, 1, Effort::Candidates(60), None).unwrap().0[0];
            assert_eq!((best.item, best.look), (44, 2));
        }
    }

    #[test]
    fn with_one_vector_for_each_item_rows_are_items() {
        let vectors = Vectors::quantize(16, &random_rows(90, 16, 2)).unwrap();
        let query = vectors.query(7);
        let sightings = Rows::new(1).exact(&vectors, &query, 5).unwrap();
        let found: Vec<Neighbour> =
            sightings.iter().map(|&Sighting { item, score, .. }| Neighbour { item, score }).collect();
        assert_eq!(found, exact(&vectors, &query, 5).unwrap());
        assert!(sightings.iter().all(|sighting| sighting.look == 0));
    }

    #[test]
    fn vectors_that_do_not_fill_the_last_item_are_refused() {
        let vectors = Vectors::quantize(2, &[1.0; 10]).unwrap();
        let refused = Rows::new(2).exact(&vectors, &vectors.query(0), 1);
        assert_eq!(refused, Err(IndexError::Looks { vectors: 5, looks: 2 }));
    }
}
