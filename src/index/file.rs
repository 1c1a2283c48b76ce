//! Reading and writing safetensors, with every length checked.

use super::{Bytes, IndexError};
use safetensors::tensor::{Dtype, Metadata, TensorView};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::ops::Range;

/// The one key in the `__metadata__` of our files; its value is JSON.
pub(crate) const METADATA_KEY: &str = "private_eye";

/// Bytes of the length with which a file begins.
const LENGTH: usize = 8;
/// Bytes that are turned into numbers at a time.
const BLOCK: usize = 1 << 14;

/// The tensors of one file and what it says about them.
pub(crate) struct Tensors<'a> {
    what: &'static str,
    bytes: &'a dyn Bytes,
    header: Metadata,
    /// Where the first tensor begins.
    start: usize,
    metadata: String,
}

/// What every file's metadata begins with.
#[derive(Serialize, Deserialize)]
struct Versioned {
    format_version: u32,
}

impl<'a> Tensors<'a> {
    /// Opens a file that should hold `what`, written with format `version`.
    pub(crate) fn read(what: &'static str, version: u32, bytes: &'a dyn Bytes) -> Result<Tensors<'a>, IndexError> {
        let damaged = |reason: String| IndexError::Damaged { what, reason };
        let cut_off = || damaged(format!("it has {} bytes, fewer than its header", bytes.len()));
        if bytes.len() < LENGTH {
            return Err(cut_off());
        }
        let mut length = [0; LENGTH];
        bytes.copy(0, &mut length);
        let start = usize::try_from(u64::from_le_bytes(length)).ok().and_then(|length| length.checked_add(LENGTH));
        let start = start.filter(|&start| start <= bytes.len()).ok_or_else(cut_off)?;
        let mut header = vec![0; start - LENGTH];
        bytes.copy(LENGTH, &mut header);
        let header: Metadata = serde_json::from_slice(&header).map_err(|error| damaged(error.to_string()))?;
        if header.data_len() != bytes.len() - start {
            let (got, expected) = (bytes.len() - start, header.data_len());
            return Err(damaged(format!("its tensors have {got} bytes instead of {expected}")));
        }
        let metadata = header.metadata().as_ref().and_then(|entries| entries.get(METADATA_KEY));
        let metadata = metadata.ok_or_else(|| damaged(format!("its metadata has no {METADATA_KEY:?}")))?.clone();
        let file = Tensors { what, bytes, header, start, metadata };
        let got = file.metadata::<Versioned>()?.format_version;
        if got != version {
            return Err(IndexError::Version { what, got, expected: version });
        }
        Ok(file)
    }

    pub(crate) fn damaged(&self, reason: impl Into<String>) -> IndexError {
        IndexError::Damaged { what: self.what, reason: reason.into() }
    }

    pub(crate) fn metadata<T: DeserializeOwned>(&self) -> Result<T, IndexError> {
        serde_json::from_str(&self.metadata).map_err(|error| self.damaged(format!("its metadata: {error}")))
    }

    /// The shape of a tensor, which must have this type and this many dimensions, and where its bytes are in the file.
    fn raw<const N: usize>(&self, name: &str, dtype: Dtype) -> Result<([usize; N], Range<usize>), IndexError> {
        let tensor = self.header.info(name).ok_or_else(|| self.damaged(format!("it has no tensor {name:?}")))?;
        match tensor.shape.as_slice().try_into() {
            Ok(shape) if tensor.dtype == dtype => {
                let (start, end) = tensor.data_offsets;
                Ok((shape, self.start + start..self.start + end))
            }
            _ => Err(self.damaged(format!(
                "tensor {name:?} is {:?} {:?} instead of {dtype:?} with {N} dimensions",
                tensor.dtype, tensor.shape
            ))),
        }
    }

    pub(crate) fn u8<const N: usize>(&self, name: &str) -> Result<([usize; N], Vec<u8>), IndexError> {
        let (shape, place) = self.raw(name, Dtype::U8)?;
        let mut bytes = vec![0; place.len()];
        self.bytes.copy(place.start, &mut bytes);
        Ok((shape, bytes))
    }

    /// Where in the file they lie.
    pub(crate) fn i8<const N: usize>(&self, name: &str) -> Result<([usize; N], Range<usize>), IndexError> {
        self.raw(name, Dtype::I8)
    }

    pub(crate) fn u32<const N: usize>(&self, name: &str) -> Result<([usize; N], Vec<u32>), IndexError> {
        let (shape, place) = self.raw(name, Dtype::U32)?;
        Ok((shape, self.numbers(place, u32::from_le_bytes)))
    }

    /// Refuses NaN and infinities.
    pub(crate) fn f32<const N: usize>(&self, name: &str) -> Result<([usize; N], Vec<f32>), IndexError> {
        let (shape, place) = self.raw(name, Dtype::F32)?;
        let numbers = self.numbers(place, f32::from_le_bytes);
        if numbers.iter().any(|number| !number.is_finite()) {
            return Err(self.damaged(format!("tensor {name:?} holds NaN or an infinity")));
        }
        Ok((shape, numbers))
    }

    /// The numbers of four bytes each at a place in the file.
    fn numbers<T>(&self, place: Range<usize>, number: impl Fn([u8; 4]) -> T) -> Vec<T> {
        let mut numbers = Vec::with_capacity(place.len() / 4);
        let mut block = [0; BLOCK];
        for start in place.clone().step_by(BLOCK) {
            let block = &mut block[..BLOCK.min(place.end - start)];
            self.bytes.copy(start, block);
            numbers.extend(block.as_chunks().0.iter().map(|&four| number(four)));
        }
        numbers
    }
}

/// A tensor to be written: name, type, shape, little-endian bytes.
pub(crate) struct Output<'a> {
    pub name: &'a str,
    pub dtype: Dtype,
    pub shape: Vec<usize>,
    pub bytes: Vec<u8>,
}

impl<'a> Output<'a> {
    pub(crate) fn u8(name: &'a str, shape: &[usize], bytes: Vec<u8>) -> Output<'a> {
        Output { name, dtype: Dtype::U8, shape: shape.to_vec(), bytes }
    }

    pub(crate) fn i8(name: &'a str, shape: &[usize], codes: &[i8]) -> Output<'a> {
        Output { name, dtype: Dtype::I8, shape: shape.to_vec(), bytes: codes.iter().map(|&code| code as u8).collect() }
    }

    pub(crate) fn u32(name: &'a str, shape: &[usize], numbers: impl Iterator<Item = u32>) -> Output<'a> {
        Output { name, dtype: Dtype::U32, shape: shape.to_vec(), bytes: numbers.flat_map(u32::to_le_bytes).collect() }
    }

    pub(crate) fn f32(name: &'a str, shape: &[usize], numbers: impl Iterator<Item = f32>) -> Output<'a> {
        Output { name, dtype: Dtype::F32, shape: shape.to_vec(), bytes: numbers.flat_map(f32::to_le_bytes).collect() }
    }
}

/// The bytes of a file; the same input always gives the same bytes.
pub(crate) fn write(metadata: &impl Serialize, tensors: &[Output]) -> Vec<u8> {
    let metadata = serde_json::to_string(metadata).expect("metadata of plain numbers and strings is JSON");
    let views = tensors.iter().map(|tensor| {
        let view = TensorView::new(tensor.dtype, tensor.shape.clone(), &tensor.bytes);
        (tensor.name, view.expect("the bytes of a tensor fill its shape"))
    });
    // One key only: the order of more would depend on a hash.
    let entries = std::iter::once((METADATA_KEY.to_owned(), metadata)).collect();
    safetensors::serialize(views, Some(entries)).expect("tensors in memory can be written")
}
