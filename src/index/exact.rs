use super::nearest::Nearest;
use super::{Allowed, IndexError, Neighbour, Query, Vectors};

/// Compares the query with every vector and gives the `limit` nearest, best first, ties by lower item number.
pub fn exact(vectors: &Vectors, query: &Query, limit: usize) -> Result<Vec<Neighbour>, IndexError> {
    vectors.check(query)?;
    Ok(compare(vectors, query, limit, 0..vectors.len() as u32))
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
