mod file;
mod query;

pub use file::VectorsFile;
pub use query::Query;

use super::dot::dot;
use super::metric::{Cosine, Metric, MetricName, Row};
use super::{Allowed, IndexError};
use query::quantize_row;
use std::ops::Range;

/// The most numbers a vector may have: a sum of products of two codes then stays below 2^31.
pub const MAX_DIM: usize = 65_536;

/// Embeddings as signed bytes, -127..=127, one scale per row.
///
/// A row's largest magnitude becomes 127, so that only the direction loses precision: about 0.3 % of an angle at 512
/// numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct Vectors {
    metric: MetricName,
    dim: usize,
    codes: Vec<i8>,
    scales: Vec<f32>,
    /// Σ code² of each row.
    squares: Vec<i32>,
}

impl Vectors {
    /// No vectors yet, of `dim` numbers each (1 to [`MAX_DIM`]), to be compared by their cosine.
    pub fn new(dim: usize) -> Result<Vectors, IndexError> {
        if !(1..=MAX_DIM).contains(&dim) {
            return Err(IndexError::UnusableDimension { got: dim });
        }
        let metric = MetricName::default();
        Ok(Vectors { metric, dim, codes: Vec::new(), scales: Vec::new(), squares: Vec::new() })
    }

    /// The same vectors, to be compared by another metric.
    pub fn with_metric(self, metric: MetricName) -> Vectors {
        Vectors { metric, ..self }
    }

    /// How they are compared.
    pub fn metric(&self) -> MetricName {
        self.metric
    }

    /// Quantizes vectors of `dim` finite numbers that follow each other in `rows`.
    pub fn quantize(dim: usize, rows: &[f32]) -> Result<Vectors, IndexError> {
        let mut vectors = Vectors::new(dim)?;
        for row in rows.chunks(dim) {
            vectors.push(row)?;
        }
        Ok(vectors)
    }

    /// Adds one vector of [`dim`](Vectors::dim) finite numbers; gives its item number.
    pub fn push(&mut self, row: &[f32]) -> Result<u32, IndexError> {
        if row.len() != self.dim {
            return Err(IndexError::Dimension { got: row.len(), expected: self.dim });
        }
        let item = u32::try_from(self.len()).ok().filter(|&item| item < u32::MAX).ok_or(IndexError::TooMany)?;
        let before = self.codes.len();
        match quantize_row(row, &mut self.codes) {
            Ok(scale) => {
                self.scales.push(scale);
                self.squares.push(dot(&self.codes[before..], &self.codes[before..]));
                Ok(item)
            }
            Err(error) => {
                self.codes.truncate(before);
                Err(error)
            }
        }
    }

    /// Keeps the first `count` vectors only.
    pub fn truncate(&mut self, count: usize) {
        self.codes.truncate(count.saturating_mul(self.dim));
        self.scales.truncate(count);
        self.squares.truncate(count);
    }

    /// Adds some of the vectors of another list.
    ///
    /// # Panics
    /// If `items` reaches beyond the last vector of `other`.
    pub fn append(&mut self, other: &Vectors, items: Range<usize>) -> Result<(), IndexError> {
        if other.dim != self.dim {
            return Err(IndexError::Dimension { got: other.dim, expected: self.dim });
        }
        if self.len() + items.len() > u32::MAX as usize {
            return Err(IndexError::TooMany);
        }
        self.codes.extend_from_slice(other.rows(items.clone()));
        self.scales.extend_from_slice(&other.scales[items.clone()]);
        self.squares.extend_from_slice(&other.squares[items]);
        Ok(())
    }

    /// `count` vectors of `dim` zeros each, to be filled with [`place`](Vectors::place).
    pub fn zeros(dim: usize, count: usize) -> Result<Vectors, IndexError> {
        let mut vectors = Vectors::new(dim)?;
        let bytes = (count as u64).saturating_mul(dim as u64 + 8);
        let no_room = |_| IndexError::NoRoom { bytes };
        let codes = count.checked_mul(dim).ok_or(IndexError::NoRoom { bytes })?;
        vectors.codes.try_reserve_exact(codes).map_err(no_room)?;
        vectors.scales.try_reserve_exact(count).map_err(no_room)?;
        vectors.squares.try_reserve_exact(count).map_err(no_room)?;
        vectors.codes.resize(codes, 0);
        vectors.scales.resize(count, 0.0);
        vectors.squares.resize(count, 0);
        Ok(vectors)
    }

    pub fn len(&self) -> usize {
        self.scales.len()
    }

    pub fn is_empty(&self) -> bool {
        self.scales.is_empty()
    }

    /// Numbers in a vector.
    pub fn dim(&self) -> usize {
        self.dim
    }

    /// The codes of a vector.
    ///
    /// # Panics
    /// If there is no such item.
    pub fn row(&self, item: usize) -> &[i8] {
        self.rows(item..item + 1)
    }

    /// The codes of several vectors, one row after the other.
    pub(super) fn rows(&self, items: Range<usize>) -> &[i8] {
        &self.codes[items.start * self.dim..items.end * self.dim]
    }

    pub(super) fn get(&self, item: usize) -> Row<'_> {
        Row { codes: self.row(item), square: self.squares[item], scale: self.scales[item] }
    }

    /// A code of this vector times this is about the number that was quantized.
    ///
    /// # Panics
    /// If there is no such item.
    pub fn scale(&self, item: usize) -> f32 {
        self.scales[item]
    }

    /// The vector as a query for its own neighbours.
    ///
    /// # Panics
    /// If there is no such item.
    pub fn query(&self, item: usize) -> Query {
        Query { codes: self.row(item).to_vec(), square: self.squares[item], scale: self.scales[item] }
    }

    /// The score of a query and an item, as a search would give it.
    ///
    /// # Panics
    /// If there is no such item.
    pub fn score(&self, item: usize, query: &Query) -> Result<f32, IndexError> {
        self.check(query)?;
        Ok(self.metric.score(query.as_row(), self.get(item)))
    }

    /// The cosine of two vectors, whatever their metric is.
    ///
    /// # Panics
    /// If there is no such item.
    pub fn cosine(&self, a: usize, b: usize) -> f32 {
        Cosine::score(self.get(a), self.get(b))
    }

    pub(super) fn check(&self, query: &Query) -> Result<(), IndexError> {
        if query.codes.len() == self.dim {
            Ok(())
        } else {
            Err(IndexError::Dimension { got: query.codes.len(), expected: self.dim })
        }
    }

    pub(super) fn check_allowed(&self, allowed: &Allowed) -> Result<(), IndexError> {
        if allowed.items() == self.len() {
            Ok(())
        } else {
            Err(IndexError::OtherItems { allowed: allowed.items(), vectors: self.len() })
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::index::Random;

    /// Vectors around a few dozen centres, as embeddings of pictures are.
    pub fn random_rows(count: usize, dim: usize, seed: u64) -> Vec<f32> {
        let mut random = Random::new(seed);
        let mut number = || (0..6).map(|_| random.below(2001) as f32 / 1000.0 - 1.0).sum::<f32>();
        let centres: Vec<f32> = (0..40 * dim).map(|_| number()).collect();
        let noise: Vec<f32> = (0..count * dim).map(|_| number()).collect();
        let mut rows = noise;
        for (position, row) in rows.chunks_mut(dim).enumerate() {
            let centre = position * 7 % 40;
            for (number, &centre) in row.iter_mut().zip(&centres[centre * dim..]) {
                *number = *number * 0.7 + centre;
            }
        }
        rows
    }

    pub fn random_vectors(count: usize, dim: usize, seed: u64) -> Vectors {
        Vectors::quantize(dim, &random_rows(count, dim, seed)).unwrap()
    }

    #[test]
    fn a_row_keeps_its_direction_and_its_scale() {
        let rows = [0.5, -1.0, 0.25, 0.0, 3e-39, -1e-39, f32::MAX, f32::MIN];
        let vectors = Vectors::quantize(4, &rows).unwrap();
        assert_eq!(vectors.row(0), [64, -127, 32, 0]);
        assert_eq!(vectors.scale(0), 1.0 / 127.0);
        assert_eq!(vectors.row(1), [0, 0, 127, -127]);
        let tiny = Query::quantize(&[3e-39, -1e-39, 0.0]).unwrap();
        assert_eq!(tiny.codes, [127, -42, 0]);
    }

    #[test]
    fn nan_and_infinity_are_refused_with_their_position() {
        for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            assert_eq!(Query::quantize(&[1.0, bad]), Err(IndexError::NotFinite { position: 1 }));
            let mut vectors = random_vectors(3, 2, 1);
            let before = vectors.clone();
            assert_eq!(vectors.push(&[bad, 1.0]), Err(IndexError::NotFinite { position: 0 }));
            assert_eq!(vectors, before);
        }
    }

    #[test]
    fn rows_that_do_not_fill_the_last_vector_are_refused() {
        assert_eq!(Vectors::quantize(3, &[1.0; 7]), Err(IndexError::Dimension { got: 1, expected: 3 }));
        assert_eq!(Vectors::new(0), Err(IndexError::UnusableDimension { got: 0 }));
        assert!(Vectors::new(MAX_DIM + 1).is_err());
    }

    #[test]
    fn more_vectors_than_fit_into_memory_are_refused() {
        for count in [usize::MAX, usize::MAX / 512, usize::MAX / 1024] {
            assert!(matches!(Vectors::zeros(512, count), Err(IndexError::NoRoom { .. })));
        }
    }
}
