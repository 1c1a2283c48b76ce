//! One embedding as signed bytes.

use super::MAX_DIM;
use crate::index::IndexError;
use crate::index::dot::dot;
use crate::index::metric::Row;

/// One embedding, quantized as the rows of [`Vectors`](super::Vectors) are: the same numbers give the same codes.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    pub(super) codes: Vec<i8>,
    pub(super) square: i32,
    pub(super) scale: f32,
}

impl Query {
    /// Quantizes an embedding of finite numbers (1 to [`MAX_DIM`] of them).
    pub fn quantize(embedding: &[f32]) -> Result<Query, IndexError> {
        if !(1..=MAX_DIM).contains(&embedding.len()) {
            return Err(IndexError::UnusableDimension { got: embedding.len() });
        }
        let mut codes = Vec::with_capacity(embedding.len());
        let scale = quantize_row(embedding, &mut codes)?;
        Ok(Query { square: dot(&codes, &codes), codes, scale })
    }

    /// Numbers in the embedding.
    pub fn dim(&self) -> usize {
        self.codes.len()
    }

    pub(in crate::index) fn as_row(&self) -> Row<'_> {
        Row { codes: &self.codes, square: self.square, scale: self.scale }
    }
}

/// Appends the codes of a row and gives their scale.
pub(super) fn quantize_row(row: &[f32], codes: &mut Vec<i8>) -> Result<f32, IndexError> {
    if let Some(position) = row.iter().position(|number| !number.is_finite()) {
        return Err(IndexError::NotFinite { position });
    }
    let largest = row.iter().fold(0.0_f32, |largest, number| largest.max(number.abs()));
    if largest == 0.0 {
        codes.resize(codes.len() + row.len(), 0);
        return Ok(0.0);
    }
    // In f64 neither the smallest nor the largest f32 under- or overflows.
    let steps = 127.0 / f64::from(largest);
    codes.extend(row.iter().map(|&number| (f64::from(number) * steps).round_ties_even() as i8));
    Ok(largest / 127.0)
}
