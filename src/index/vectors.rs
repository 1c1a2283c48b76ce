use super::dot::dot;
use super::file::{Output, Tensors, write};
use super::metric::{Cosine, Metric, MetricName, Row};
use super::{Allowed, Bytes, IndexError, METADATA_KEY};
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// The most numbers a vector may have: a sum of products of two codes then stays below 2^31.
pub const MAX_DIM: usize = 65_536;

const WHAT: &str = "vectors";
const FORMAT_VERSION: u32 = 1;
/// Codes that are read at a time, so that the cache still holds them when they are looked at.
const BLOCK: usize = 1 << 16;

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

/// One embedding, quantized as the rows of [`Vectors`] are: the same numbers give the same codes.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    codes: Vec<i8>,
    square: i32,
    scale: f32,
}

#[derive(Serialize, Deserialize)]
struct Metadata {
    format_version: u32,
    kind: String,
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

    /// Reads the vectors of a file into the places from `first` on.
    ///
    /// # Errors
    /// If there are no such places, or a code is none; the places then hold zeros.
    pub fn place(&mut self, first: usize, file: &VectorsFile) -> Result<(), IndexError> {
        if file.dim != self.dim {
            return Err(IndexError::Dimension { got: file.dim, expected: self.dim });
        }
        let items = first..first.checked_add(file.len()).filter(|&end| end <= self.len()).ok_or(IndexError::TooMany)?;
        let codes = &mut self.codes[items.start * self.dim..items.end * self.dim];
        let squares = &mut self.squares[items.clone()];
        let rows = (BLOCK / self.dim).max(1);
        let blocks = codes.chunks_mut(rows * self.dim).zip(squares.chunks_mut(rows));
        for (start, (codes, squares)) in (file.codes.start..).step_by(rows * self.dim).zip(blocks) {
            // SAFETY: a signed byte is a byte.
            let bytes = unsafe { std::slice::from_raw_parts_mut(codes.as_mut_ptr().cast(), codes.len()) };
            file.bytes.copy(start, bytes);
            if codes.iter().fold(0, |least, &code| least.min(code)) == i8::MIN {
                self.codes[items.start * self.dim..items.end * self.dim].fill(0);
                self.squares[items.clone()].fill(0);
                self.scales[items].fill(0.0);
                let reason = "a code is -128; codes are -127 to 127".into();
                return Err(IndexError::Damaged { what: WHAT, reason });
            }
            for (square, row) in squares.iter_mut().zip(codes.chunks_exact(self.dim)) {
                *square = dot(row, row);
            }
        }
        self.scales[items].copy_from_slice(&file.scales);
        Ok(())
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

    /// Some of the vectors as a safetensors file: `codes` I8 `[count, dim]` and `scales` F32 `[count]`.
    ///
    /// # Panics
    /// If `items` reaches beyond the last vector.
    pub fn to_safetensors(&self, items: Range<usize>) -> Vec<u8> {
        let metadata = Metadata { format_version: FORMAT_VERSION, kind: WHAT.into() };
        let count = items.len();
        let codes = Output::i8("codes", &[count, self.dim], self.rows(items.clone()));
        let scales = Output::f32("scales", &[count], self.scales[items].iter().copied());
        write(&metadata, &[codes, scales])
    }

    /// Reads such a file.
    pub fn from_safetensors(bytes: &[u8]) -> Result<Vectors, IndexError> {
        let file = VectorsFile::read(&bytes)?;
        let mut vectors = Vectors::zeros(file.dim, file.len())?;
        vectors.place(0, &file)?;
        Ok(vectors)
    }
}

/// Vectors in a safetensors file of the right shape; their codes are looked at when they are put into
/// [place](Vectors::place).
#[derive(Clone)]
pub struct VectorsFile<'a> {
    bytes: &'a dyn Bytes,
    dim: usize,
    /// Where the codes lie in the file: signed bytes.
    codes: Range<usize>,
    scales: Vec<f32>,
}

impl<'a> VectorsFile<'a> {
    /// Reads what [`Vectors::to_safetensors`] wrote, but for the codes.
    pub fn read(bytes: &'a dyn Bytes) -> Result<VectorsFile<'a>, IndexError> {
        let file = Tensors::read(WHAT, FORMAT_VERSION, bytes)?;
        let kind = file.metadata::<Metadata>()?.kind;
        if kind != WHAT {
            return Err(file.damaged(format!("{METADATA_KEY:?} in its metadata says that it holds {kind:?}")));
        }
        let ([count, dim], codes) = file.i8("codes")?;
        let ([scale_count], scales) = file.f32("scales")?;
        if count != scale_count || count > u32::MAX as usize {
            return Err(file.damaged(format!("it has {count} rows of codes and {scale_count} scales")));
        }
        Vectors::new(dim)?;
        if scales.iter().any(|&scale| scale < 0.0) {
            return Err(file.damaged("a scale is negative"));
        }
        Ok(VectorsFile { bytes, dim, codes, scales })
    }

    /// How many there are.
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

    pub(super) fn as_row(&self) -> Row<'_> {
        Row { codes: &self.codes, square: self.square, scale: self.scale }
    }
}

/// Appends the codes of a row and gives their scale.
fn quantize_row(row: &[f32], codes: &mut Vec<i8>) -> Result<f32, IndexError> {
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
    fn shards_read_back_give_the_same_vectors() {
        let vectors = random_vectors(50, 17, 4);
        let mut back = Vectors::zeros(17, 50).unwrap();
        for shard in [20..50, 0..20, 20..20] {
            let bytes = vectors.to_safetensors(shard.clone());
            assert_eq!(Vectors::from_safetensors(&bytes).unwrap().len(), shard.len());
            back.place(shard.start, &VectorsFile::read(&&bytes[..]).unwrap()).unwrap();
        }
        assert_eq!(back, vectors);
        let (other, two) = (random_vectors(1, 16, 1).to_safetensors(0..1), vectors.to_safetensors(0..2));
        assert_eq!(
            back.place(0, &VectorsFile::read(&&other[..]).unwrap()),
            Err(IndexError::Dimension { got: 16, expected: 17 })
        );
        for first in [49, usize::MAX] {
            assert!(back.place(first, &VectorsFile::read(&&two[..]).unwrap()).is_err());
        }
        assert_eq!(back, vectors);
    }

    #[test]
    fn more_vectors_than_fit_into_memory_are_refused() {
        for count in [usize::MAX, usize::MAX / 512, usize::MAX / 1024] {
            assert!(matches!(Vectors::zeros(512, count), Err(IndexError::NoRoom { .. })));
        }
    }

    #[test]
    fn a_code_of_minus_128_is_refused() {
        let vectors = Vectors::quantize(2, &[1.0, -1.0]).unwrap();
        let mut bytes = vectors.to_safetensors(0..1);
        let code = bytes.iter().rposition(|&byte| byte == -127_i8 as u8).unwrap();
        bytes[code] = i8::MIN as u8;
        assert!(Vectors::from_safetensors(&bytes).unwrap_err().to_string().contains("-128"));
        let mut places = vectors;
        assert!(places.place(0, &VectorsFile::read(&&bytes[..]).unwrap()).is_err());
        assert_eq!(places, Vectors::zeros(2, 1).unwrap());
    }

    #[test]
    fn a_damaged_file_is_refused_or_still_usable_but_never_panics() {
        let bytes = random_vectors(3, 5, 1).to_safetensors(0..3);
        for position in 0..bytes.len() {
            let mut damaged = bytes.clone();
            for bit in 0..8 {
                damaged[position] ^= 1 << bit;
                if let Ok(vectors) = Vectors::from_safetensors(&damaged) {
                    let query = Query::quantize(&vec![1.0; vectors.dim()]).unwrap();
                    crate::index::exact(&vectors, &query, 2).unwrap();
                }
            }
            assert!(Vectors::from_safetensors(&bytes[..position]).is_err());
        }
    }
}
