//! NumPy's `.npy` files: embeddings in and out.

use crate::cli::{Failure, output::write_whole};
use fs_err::File;
use npyz::{Deserialize, NpyFile, TypeChar, WriterBuilder};
use std::{
    io::{BufReader, Cursor, Read},
    path::Path,
};

/// Longer headers than this do not belong to a plain array.
const LONGEST_HEADER: usize = 1 << 16;

/// Embeddings, one row each.
#[derive(Debug, Clone, PartialEq)]
pub struct Matrix {
    pub dim: usize,
    /// `rows() * dim` finite numbers.
    pub values: Vec<f32>,
}

impl Matrix {
    pub fn rows(&self) -> usize {
        self.values.len() / self.dim
    }

    pub fn row(&self, row: usize) -> &[f32] {
        &self.values[row * self.dim..(row + 1) * self.dim]
    }
}

/// Reads rows of `f16`, `f32` or `f64`, in C or Fortran order, of shape `[n, dim]` or `[n, 1, dim]`.
pub fn read(path: &Path) -> Result<Matrix, Failure> {
    let refuse = |reason: String| Failure::new(format!("cannot read the embeddings {}: {reason}", path.display()));
    let file = open(path, refuse)?;
    let (rows, dim) = rows_and_length(file.shape()).ok_or_else(|| {
        refuse(format!("its shape is {:?}; expected [number of pictures, numbers each]", file.shape()))
    })?;
    let (row_stride, column_stride) = strides(file.shape(), file.strides());
    let kind = file.dtype().descr();
    let values: Vec<f32> = match scalar(&file.dtype()) {
        Some((TypeChar::Float, 2)) => numbers::<half::f16>(file, f32::from),
        Some((TypeChar::Float, 4)) => numbers::<f32>(file, |number| number),
        // An f64 beyond the range of f32 becomes infinite and is refused below.
        #[allow(clippy::cast_possible_truncation)]
        Some((TypeChar::Float, 8)) => numbers::<f64>(file, |number| number as f32),
        _ => return Err(refuse(format!("its numbers are {kind}; expected f16, f32 or f64"))),
    }
    .map_err(|error| refuse(error.to_string()))?;

    let values = if (row_stride, column_stride) == (dim, 1) {
        values
    } else {
        (0..rows)
            .flat_map(|row| (0..dim).map(move |column| row * row_stride + column * column_stride))
            .map(|at| values.get(at).copied())
            .collect::<Option<Vec<f32>>>()
            .ok_or_else(|| refuse("its shape and order do not fit its length".to_owned()))?
    };
    let matrix = Matrix { dim, values };
    match matrix.values.iter().position(|number| !number.is_finite()) {
        Some(at) => Err(refuse(format!("row {} holds a number that is not finite", at / dim))),
        None => Ok(matrix),
    }
}

/// Reads a one-dimensional array of strings, such as file names.
pub fn read_strings(path: &Path) -> Result<Vec<String>, Failure> {
    let refuse = |reason: String| Failure::new(format!("cannot read the names {}: {reason}", path.display()));
    let file = open(path, refuse)?;
    if !matches!(scalar(&file.dtype()), Some((TypeChar::UnicodeStr | TypeChar::ByteStr, _))) {
        return Err(refuse(format!("it holds {}; expected strings", file.dtype().descr())));
    }
    file.into_vec::<String>().map_err(|error| refuse(error.to_string()))
}

/// Writes `rows` of `dim` numbers each as an array of `f32`.
pub fn write(path: &Path, dim: usize, rows: &[Vec<f32>]) -> Result<(), Failure> {
    write_whole(path, |out| {
        let shape = [rows.len() as u64, dim as u64];
        let mut writer = npyz::WriteOptions::new().default_dtype().shape(&shape).writer(out).begin_nd()?;
        writer.extend(rows.iter().flatten())?;
        writer.finish()
    })
}

/// Opens an array after checking what the parser trusts: that the header is short and not nested, and that the shape
/// it tells is the size of the file.
fn open(path: &Path, refuse: impl Fn(String) -> Failure) -> Result<NpyFile<impl Read>, Failure> {
    let damaged = || refuse("it is not a .npy file, or a damaged one; save it again with numpy.save".to_owned());
    let file = File::open(path)?;
    let bytes = file.metadata()?.len();
    let mut reader = BufReader::new(file);

    let mut start = vec![0; 12];
    reader.read_exact(&mut start).map_err(|_| damaged())?;
    if &start[..6] != b"\x93NUMPY" {
        return Err(damaged());
    }
    let (fixed, length) = match start[6] {
        1 => (10, usize::from(u16::from_le_bytes([start[8], start[9]]))),
        _ => (12, u32::from_le_bytes([start[8], start[9], start[10], start[11]]) as usize),
    };
    if length > LONGEST_HEADER || fixed + length < start.len() {
        return Err(damaged());
    }
    start.resize(fixed + length, 0);
    reader.read_exact(&mut start[12..]).map_err(|_| damaged())?;

    let header = String::from_utf8_lossy(&start[fixed..]).into_owned();
    let plain = header.matches(['[', '(', '{']).count() <= 2;
    let elements = elements(&header).filter(|_| plain).ok_or_else(damaged)?;
    let file = NpyFile::new(Cursor::new(start).chain(reader)).map_err(|error| refuse(error.to_string()))?;
    let data = file.dtype().num_bytes().and_then(|size| elements.checked_mul(size as u64));
    if data.and_then(|data| data.checked_add((fixed + length) as u64)) != Some(bytes) {
        return Err(refuse(format!("its header tells of {elements} numbers, but the file has {bytes} bytes")));
    }
    Ok(file)
}

/// The product of the numbers of the shape as the header spells it; `None` where it overflows.
fn elements(header: &str) -> Option<u64> {
    let shape = header.split_once("'shape'")?.1.split_once('(')?.1.split_once(')')?.0;
    let mut axes = shape.split(',').map(str::trim).filter(|axis| !axis.is_empty());
    // Checked from an axis of one: an empty axis must not hide the overflow of the others.
    axes.try_fold((1_u64, 1_u64), |(product, bound), axis| {
        let axis: u64 = axis.parse().ok()?;
        Some((product.checked_mul(axis)?, bound.checked_mul(axis.max(1))?))
    })
    .map(|(product, _)| product)
}

/// `[n, dim]`, `[n, 1, dim]` or a single `[dim]` as the number of rows and their length; neither may be zero.
fn rows_and_length(shape: &[u64]) -> Option<(usize, usize)> {
    let (dim, rows) = shape.split_last()?;
    let long = rows.iter().filter(|axis| **axis != 1).count();
    let rows: u64 = rows.iter().product();
    let (rows, dim) = (usize::try_from(rows).ok()?, usize::try_from(*dim).ok()?);
    (long <= 1 && rows > 0 && dim > 0).then_some((rows, dim))
}

/// How far apart two rows, and two numbers of a row, stand in the file.
fn strides(shape: &[u64], strides: &[u64]) -> (usize, usize) {
    let column = strides.last().copied().unwrap_or(1);
    let rows = shape.iter().zip(strides).take(shape.len().saturating_sub(1));
    let row = rows.filter(|(axis, _)| **axis != 1).map(|(_, stride)| *stride).next();
    let row = row.unwrap_or_else(|| shape.last().copied().unwrap_or(1));
    (row as usize, column as usize)
}

fn scalar(dtype: &npyz::DType) -> Option<(TypeChar, u64)> {
    match dtype {
        npyz::DType::Plain(kind) => Some((kind.type_char(), kind.size_field())),
        _ => None,
    }
}

fn numbers<T: Deserialize>(file: NpyFile<impl Read>, convert: impl Fn(T) -> f32) -> std::io::Result<Vec<f32>> {
    file.data::<T>().map_err(std::io::Error::other)?.map(|number| number.map(&convert)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn npy(descr: &str, fortran: bool, shape: &str, data: &[u8]) -> (tempfile::TempDir, std::path::PathBuf) {
        let order = if fortran { "True" } else { "False" };
        let mut header = format!("{{'descr': '{descr}', 'fortran_order': {order}, 'shape': {shape}, }}");
        while (10 + header.len() + 1) % 64 != 0 {
            header.push(' ');
        }
        header.push('\n');
        let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
        bytes.extend((header.len() as u16).to_le_bytes());
        bytes.extend(header.as_bytes());
        bytes.extend(data);
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.npy");
        fs_err::write(&path, bytes).unwrap();
        (dir, path)
    }

    #[test]
    fn what_is_written_is_read_back() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.npy");
        write(&path, 3, &[vec![1.0, 2.0, 3.0], vec![-4.0, 0.5, 0.25]]).unwrap();
        let matrix = read(&path).unwrap();
        assert_eq!((matrix.rows(), matrix.dim), (2, 3));
        assert_eq!(matrix.row(1), [-4.0, 0.5, 0.25]);
    }

    #[test]
    fn halves_and_doubles_and_both_orders_are_read() {
        let f64s: Vec<u8> = [1.0_f64, 3.0, 2.0, 4.0].iter().flat_map(|number| number.to_le_bytes()).collect();
        let (_dir, path) = npy("<f8", true, "(2, 2)", &f64s);
        assert_eq!(read(&path).unwrap().values, [1.0, 2.0, 3.0, 4.0]);
        let (_dir, path) = npy("<f8", true, "(2, 1, 2)", &f64s);
        assert_eq!(read(&path).unwrap().values, [1.0, 2.0, 3.0, 4.0]);
        let f16s: Vec<u8> = [1.5_f32, -2.0].iter().flat_map(|n| half::f16::from_f32(*n).to_le_bytes()).collect();
        let (_dir, path) = npy("<f2", false, "(2,)", &f16s);
        assert_eq!(read(&path).unwrap(), Matrix { dim: 2, values: vec![1.5, -2.0] });
        let big: Vec<u8> = [1.0_f32, 2.0].iter().flat_map(|number| number.to_be_bytes()).collect();
        let (_dir, path) = npy(">f4", false, "(1, 2)", &big);
        assert_eq!(read(&path).unwrap().values, [1.0, 2.0]);
    }

    #[test]
    fn numbers_of_another_kind_or_shape_are_refused_by_name() {
        for (descr, shape, data, said) in [
            ("<i4", "(1, 2)", vec![0; 8], "f16, f32 or f64"),
            ("<f4", "(1, 2, 2, 1)", vec![0; 16], "shape"),
            ("<f4", "(0, 2)", vec![], "shape"),
            ("<f4", "(1, 3)", vec![0; 8], "8 bytes"),
            ("<f4", "(1, 1)", f32::NAN.to_le_bytes().to_vec(), "row 0"),
        ] {
            let (_dir, path) = npy(descr, false, shape, &data);
            let error = read(&path).unwrap_err().to_string();
            assert!(error.contains(said) || said == "8 bytes" && error.contains("bytes"), "{error}");
        }
    }

    #[test]
    fn a_header_that_lies_is_refused_and_never_panics() {
        for shape in ["(18446744073709551615, 512)", "(0, 18446744073709551615, 512)", "(-1, 512)", "((((", "5", "(1"] {
            let (_dir, path) = npy("<f4", false, shape, &[0; 8]);
            assert!(read(&path).is_err(), "{shape}");
        }
        for bytes in [&b""[..], b"\x93NUMPY", b"\x93NUMPY\x02\x00\xff\xff\xff\xff", b"not a npy file at all"] {
            let dir = tempfile::tempdir().unwrap();
            let path = dir.path().join("a.npy");
            fs_err::write(&path, bytes).unwrap();
            assert!(read(&path).is_err());
        }
    }
}
