use super::dot::dots;
use super::metric::{ByProduct, Cosine, Dot, Euclidean};
use super::nearest::Nearest;
use super::{Allowed, IndexError, MetricName, Neighbour, Query, Vectors};

/// Rows that are multiplied with the query before their scores are looked at.
const ROWS: usize = 256;

/// Compares the query with every vector and gives the `limit` nearest, best first, ties by lower item number.
pub fn exact(vectors: &Vectors, query: &Query, limit: usize) -> Result<Vec<Neighbour>, IndexError> {
    vectors.check(query)?;
    Ok(match vectors.metric() {
        MetricName::Cosine => scan::<Cosine>(vectors, query, limit),
        MetricName::Dot => scan::<Dot>(vectors, query, limit),
        MetricName::Euclidean => scan::<Euclidean>(vectors, query, limit),
        MetricName::Manhattan => compare(vectors, query, limit, 0..vectors.len() as u32),
    })
}

/// [`exact()`] among the allowed items only.
pub fn exact_among(
    vectors: &Vectors,
    query: &Query,
    limit: usize,
    allowed: &Allowed,
) -> Result<Vec<Neighbour>, IndexError> {
    vectors.check(query)?;
    vectors.check_allowed(allowed)?;
    Ok(compare(vectors, query, limit, allowed.iter()))
}

/// The nearest of all items, a block of rows after the other.
fn scan<M: ByProduct>(vectors: &Vectors, query: &Query, limit: usize) -> Vec<Neighbour> {
    let query = query.as_row();
    let mut nearest = Nearest::new(limit);
    let mut products = [0; ROWS];
    for first in (0..vectors.len()).step_by(ROWS) {
        let items = first..vectors.len().min(first + ROWS);
        let products = &mut products[..items.len()];
        dots(query.codes, vectors.rows(items.clone()), products);
        for (item, &mut product) in items.zip(products) {
            let row = vectors.get(item);
            if !M::misses(product, query, row, nearest.least()) {
                nearest.offer(item as u32, M::score_by(product, query, row));
            }
        }
    }
    nearest.into_sorted()
}

/// The nearest of these items.
pub(super) fn compare(
    vectors: &Vectors,
    query: &Query,
    limit: usize,
    items: impl Iterator<Item = u32>,
) -> Vec<Neighbour> {
    let (metric, query) = (vectors.metric(), query.as_row());
    let mut nearest = Nearest::new(limit);
    for item in items {
        nearest.offer(item, metric.score(query, vectors.get(item as usize)));
    }
    nearest.into_sorted()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::vectors::tests::random_vectors;

    #[test]
    fn every_vector_finds_itself_first_with_a_score_of_exactly_one() {
        let vectors = random_vectors(700, 33, 7);
        for item in 0..vectors.len() {
            let found = exact(&vectors, &vectors.query(item), 3).unwrap();
            assert_eq!(found[0], Neighbour { item: item as u32, score: 1.0 });
            assert!(found[1].score < 1.0 && found[1].score >= found[2].score);
        }
    }

    #[test]
    fn equal_vectors_come_in_the_order_of_their_numbers() {
        let vectors = Vectors::quantize(2, &[1.0, 2.0].repeat(600)).unwrap();
        let found = exact(&vectors, &Query::quantize(&[2.0, 4.0]).unwrap(), 5).unwrap();
        assert_eq!(found.iter().map(|n| n.item).collect::<Vec<_>>(), [0, 1, 2, 3, 4]);
    }

    #[test]
    fn every_metric_finds_what_sorting_all_scores_finds() {
        for metric in MetricName::ALL {
            for count in [0, 1, 255, 256, 257, 700] {
                let vectors = random_vectors(count, 33, 7).with_metric(metric);
                let query = random_vectors(1, 33, 8).query(0);
                let score = |item: u32| vectors.score(item as usize, &query).unwrap();
                let mut all: Vec<Neighbour> =
                    (0..count as u32).map(|item| Neighbour { item, score: score(item) }).collect();
                all.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.item.cmp(&b.item)));
                for limit in [0, 1, 10, 1000] {
                    assert_eq!(exact(&vectors, &query, limit).unwrap(), all[..limit.min(count)], "{metric}");
                }
            }
        }
    }

    #[test]
    fn among_some_items_the_answer_is_that_of_all_without_the_others() {
        let vectors = random_vectors(700, 33, 7);
        let mut allowed = Allowed::all(700);
        allowed.retain(|item| item % 5 == 2);
        let query = vectors.query(3);
        let mut expected = exact(&vectors, &query, 700).unwrap();
        expected.retain(|neighbour| allowed.contains(neighbour.item));
        assert_eq!(exact_among(&vectors, &query, 700, &allowed).unwrap(), expected);
        assert_eq!(exact_among(&vectors, &query, 4, &allowed).unwrap(), expected[..4]);
        let error = exact_among(&vectors, &query, 4, &Allowed::all(701)).unwrap_err();
        assert_eq!(error, IndexError::OtherItems { allowed: 701, vectors: 700 });
    }

    #[test]
    fn no_vectors_give_no_neighbours_and_a_query_of_another_length_is_refused() {
        let none = Vectors::new(3).unwrap();
        assert_eq!(exact(&none, &Query::quantize(&[1.0, 2.0, 3.0]).unwrap(), 5).unwrap(), []);
        assert_eq!(
            exact(&none, &Query::quantize(&[1.0]).unwrap(), 5).unwrap_err(),
            IndexError::Dimension { got: 1, expected: 3 }
        );
    }
}
