use super::{Forest, lean};
use crate::index::exact::compare;
use crate::index::{Allowed, IndexError, Neighbour, Query, Vectors};
use std::cmp::Ordering;
use std::collections::BinaryHeap;

impl Forest {
    /// Gathers at least `candidates` different items (never fewer than `limit`, where there are as many), ranks them by
    /// their exact scores and gives the `limit` nearest, best first, ties by lower item number; and how many items it
    /// looked at. With as many candidates as there are items it gives what [`exact`](crate::index::exact()) gives.
    ///
    /// `vectors` must be those the forest was built over.
    pub fn search(
        &self,
        vectors: &Vectors,
        query: &Query,
        limit: usize,
        candidates: usize,
    ) -> Result<(Vec<Neighbour>, usize), IndexError> {
        self.search_among(vectors, query, limit, candidates, None)
    }

    /// [`search`](Forest::search) among the allowed items only, or all where none are named: the others neither count as
    /// candidates nor are compared.
    pub fn search_among(
        &self,
        vectors: &Vectors,
        query: &Query,
        limit: usize,
        candidates: usize,
        allowed: Option<&Allowed>,
    ) -> Result<(Vec<Neighbour>, usize), IndexError> {
        let gathered = self.gather(vectors, query, candidates.max(limit), allowed)?;
        let looked_at = gathered.len();
        Ok((compare(vectors, query, limit, gathered.into_iter()), looked_at))
    }

    /// At least `wanted` different allowed items, or all there are, ascending; all where there are no trees.
    pub(in crate::index) fn gather(
        &self,
        vectors: &Vectors,
        query: &Query,
        wanted: usize,
        allowed: Option<&Allowed>,
    ) -> Result<Vec<u32>, IndexError> {
        vectors.check(query)?;
        allowed.map_or(Ok(()), |allowed| vectors.check_allowed(allowed))?;
        if vectors.len() != self.items() {
            return Err(IndexError::OtherVectors { forest: self.items(), vectors: vectors.len() });
        }
        if self.is_empty() {
            return Ok(allowed.map_or_else(|| (0..self.items() as u32).collect(), |allowed| allowed.iter().collect()));
        }
        let lean = |pivot: u32| lean(vectors.metric(), query.as_row(), vectors.get(pivot as usize));
        let mut gathered = Vec::new();
        // What is not allowed passes for seen.
        let mut seen = allowed.map_or_else(|| vec![0_u64; self.items().div_ceil(64)], Allowed::left_out);
        let wanted = allowed.map_or(wanted, |allowed| wanted.min(allowed.count()));
        let mut branches: BinaryHeap<Branch> =
            (0..self.len() as u32).map(|tree| Branch { cost: 0.0, tree, node: 0 }).collect();
        while gathered.len() < wanted
            && let Some(Branch { cost, tree, node }) = branches.pop()
        {
            let grown = &self.trees[tree as usize];
            let mut node = node as usize;
            while let Some(plane) = grown.planes.get(node) {
                let margin = plane.margin(lean(plane.left), lean(plane.right));
                let (left, right) = (2 * node + 1, 2 * node + 2);
                let (near, far) = if margin < 0.0 { (left, right) } else { (right, left) };
                branches.push(Branch { cost: cost + margin.abs(), tree, node: far as u32 });
                node = near;
            }
            for &item in &grown.items[self.shape.range(node)] {
                let (word, bit) = (item as usize / 64, 1 << (item % 64));
                if seen[word] & bit == 0 {
                    seen[word] |= bit;
                    gathered.push(item);
                }
            }
        }
        // In the order in which they lie in memory.
        gathered.sort_unstable();
        Ok(gathered)
    }
}

/// A part of a tree that was passed by. Greater is better: lower cost, then earlier tree, then earlier node.
#[derive(Debug, Clone, Copy)]
struct Branch {
    /// Sum of the margins of the planes that lie between the query and this part.
    cost: f32,
    tree: u32,
    node: u32,
}

impl Ord for Branch {
    fn cmp(&self, other: &Branch) -> Ordering {
        (other.cost.total_cmp(&self.cost)).then(other.tree.cmp(&self.tree)).then(other.node.cmp(&self.node))
    }
}

impl PartialOrd for Branch {
    fn partial_cmp(&self, other: &Branch) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Branch {
    fn eq(&self, other: &Branch) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Branch {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::vectors::tests::{random_rows, random_vectors};
    use crate::index::{ForestOptions, Random, exact};
    use proptest::prelude::*;

    fn forest(vectors: &Vectors, trees: usize) -> Forest {
        Forest::build(vectors, &ForestOptions { trees, seed: 1, leaf: 8 }).unwrap()
    }

    #[test]
    fn a_tenth_of_the_items_holds_nearly_all_true_neighbours() {
        let vectors = random_vectors(3000, 64, 2);
        let forest = forest(&vectors, 20);
        let mut random = Random::new(8);
        let mut hits = 0;
        for _ in 0..50 {
            let query = vectors.query(random.below(3000));
            let truth = exact(&vectors, &query, 10).unwrap();
            let (found, looked_at) = forest.search(&vectors, &query, 10, 300).unwrap();
            assert!((300..400).contains(&looked_at), "{looked_at}");
            hits += truth.iter().filter(|neighbour| found.contains(neighbour)).count();
        }
        assert!(hits >= 450, "{hits} of 500");
    }

    #[test]
    fn thousands_of_equal_vectors_are_found_by_number() {
        let mut rows = [0.3, 0.7, 0.1].repeat(5000);
        rows.extend([-1.0, 0.0, 0.0]);
        let vectors = Vectors::quantize(3, &rows).unwrap();
        let forest = forest(&vectors, 3);
        let (found, _) = forest.search(&vectors, &vectors.query(5000), 1, 100).unwrap();
        assert_eq!(found, [Neighbour { item: 5000, score: 1.0 }]);
        let (found, looked_at) = forest.search(&vectors, &vectors.query(17), 3, 5001).unwrap();
        assert_eq!(looked_at, 5001);
        assert_eq!(found.iter().map(|n| n.item).collect::<Vec<_>>(), [0, 1, 2]);
    }

    #[test]
    fn no_items_and_one_item_can_be_searched() {
        for count in [0, 1] {
            let vectors = random_vectors(count, 4, 1);
            let query = Query::quantize(&[1.0, 0.0, 0.0, 0.0]).unwrap();
            let (found, looked_at) = forest(&vectors, 2).search(&vectors, &query, 5, 5).unwrap();
            assert_eq!((found.len(), looked_at), (count, count));
        }
    }

    #[test]
    fn other_vectors_than_those_it_was_built_over_are_refused() {
        let forest = forest(&random_vectors(20, 4, 1), 2);
        let query = Query::quantize(&[1.0; 4]).unwrap();
        let error = forest.search(&random_vectors(21, 4, 1), &query, 1, 1).unwrap_err();
        assert_eq!(error, IndexError::OtherVectors { forest: 20, vectors: 21 });
        assert!(forest.search(&random_vectors(20, 5, 1), &query, 1, 1).is_err());
    }

    #[test]
    fn among_the_allowed_items_it_finds_what_it_finds_among_all_without_the_others() {
        let vectors = random_vectors(3000, 32, 2);
        let forest = forest(&vectors, 20);
        let mut allowed = Allowed::all(3000);
        allowed.retain(|item| item % 7 == 3);
        allowed.remove(10);
        let mut hits = 0;
        for item in 0..40 {
            let query = vectors.query(item);
            let search = |candidates| forest.search_among(&vectors, &query, 10, candidates, Some(&allowed)).unwrap();
            let truth = crate::index::exact_among(&vectors, &query, 10, &allowed).unwrap();
            assert_eq!(search(3000), (truth.clone(), allowed.count()));
            let (found, looked_at) = search(100);
            assert!((100..120).contains(&looked_at), "{looked_at}");
            assert!(found.iter().all(|neighbour| allowed.contains(neighbour.item)));
            hits += truth.iter().filter(|neighbour| found.contains(neighbour)).count();
        }
        assert!(hits >= 380, "{hits} of 400");
        let (found, looked_at) =
            forest.search_among(&vectors, &vectors.query(0), 10, 100, Some(&Allowed::none(3000))).unwrap();
        assert_eq!((found.len(), looked_at), (0, 0));
        assert!(forest.search_among(&vectors, &vectors.query(0), 10, 100, Some(&Allowed::all(2))).is_err());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn at_full_effort_the_forest_finds_what_the_exact_scan_finds(
            dim in 1_usize..80,
            count in 0_usize..400,
            seed: u64,
            trees in 1_usize..6,
            leaf in 2_usize..40,
            limit in 0_usize..30,
            zeros in 0_usize..5,
            copies in 0_usize..5,
        ) {
            let mut rows = random_rows(count, dim, seed);
            rows.resize(rows.len() + zeros * dim, 0.0);
            for _ in 0..copies {
                rows.extend_from_within(..dim.min(rows.len()));
            }
            let vectors = Vectors::quantize(dim, &rows).unwrap();
            let forest = Forest::build(&vectors, &ForestOptions { trees, seed, leaf }).unwrap();
            let forest = Forest::from_safetensors(&forest.to_safetensors(0..trees).as_slice()).unwrap();
            let query = Query::quantize(&random_rows(1, dim, !seed)).unwrap();
            let (found, looked_at) = forest.search(&vectors, &query, limit, vectors.len()).unwrap();
            prop_assert_eq!(looked_at, vectors.len());
            prop_assert_eq!(found, exact(&vectors, &query, limit).unwrap());
        }
    }
}
