//! Reading and writing safetensors, with every length checked.

use super::IndexError;
use safetensors::tensor::{Dtype, SafeTensors, TensorView};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// The one key in the `__metadata__` of our files; its value is JSON.
pub(crate) const METADATA_KEY: &str = "private_eye";

/// The tensors of one file and what it says about them.
pub(crate) struct Tensors<'a> {
    what: &'static str,
    tensors: SafeTensors<'a>,
    metadata: String,
}

/// What every file's metadata begins with.
#[derive(Serialize, Deserialize)]
struct Versioned {
    format_version: u32,
}

impl<'a> Tensors<'a> {
    /// Opens a file that should hold `what`, written with format `version`.
    pub(crate) fn read(what: &'static str, version: u32, bytes: &'a [u8]) -> Result<Tensors<'a>, IndexError> {
        let damaged = |reason: String| IndexError::Damaged { what, reason };
        let (_, header) = SafeTensors::read_metadata(bytes).map_err(|error| damaged(error.to_string()))?;
        let tensors = SafeTensors::deserialize(bytes).map_err(|error| damaged(error.to_string()))?;
        let metadata = header.metadata().as_ref().and_then(|entries| entries.get(METADATA_KEY));
        let metadata = metadata.ok_or_else(|| damaged(format!("its metadata has no {METADATA_KEY:?}")))?.clone();
        let file = Tensors { what, tensors, metadata };
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

    /// The shape and the bytes of a tensor, which must have this type and this many dimensions.
    fn raw<const N: usize>(&self, name: &str, dtype: Dtype) -> Result<([usize; N], &'a [u8]), IndexError> {
        let tensor = self.tensors.tensor(name).map_err(|_| self.damaged(format!("it has no tensor {name:?}")))?;
        match tensor.shape().try_into() {
            Ok(shape) if tensor.dtype() == dtype => Ok((shape, tensor.data())),
            _ => Err(self.damaged(format!(
                "tensor {name:?} is {:?} {:?} instead of {dtype:?} with {N} dimensions",
                tensor.dtype(),
                tensor.shape()
            ))),
        }
    }

    pub(crate) fn u8<const N: usize>(&self, name: &str) -> Result<([usize; N], &'a [u8]), IndexError> {
        self.raw(name, Dtype::U8)
    }

    /// As they lie in the file: bytes that are to be taken as signed.
    pub(crate) fn i8<const N: usize>(&self, name: &str) -> Result<([usize; N], &'a [u8]), IndexError> {
        self.raw(name, Dtype::I8)
    }

    pub(crate) fn u32<const N: usize>(&self, name: &str) -> Result<([usize; N], Vec<u32>), IndexError> {
        let (shape, bytes) = self.raw(name, Dtype::U32)?;
        Ok((shape, bytes.as_chunks().0.iter().map(|&four| u32::from_le_bytes(four)).collect()))
    }

    /// Refuses NaN and infinities.
    pub(crate) fn f32<const N: usize>(&self, name: &str) -> Result<([usize; N], Vec<f32>), IndexError> {
        let (shape, bytes) = self.raw(name, Dtype::F32)?;
        let numbers: Vec<f32> = bytes.as_chunks().0.iter().map(|&four| f32::from_le_bytes(four)).collect();
        if numbers.iter().any(|number| !number.is_finite()) {
            return Err(self.damaged(format!("tensor {name:?} holds NaN or an infinity")));
        }
        Ok((shape, numbers))
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
