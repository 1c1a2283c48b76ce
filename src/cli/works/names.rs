//! The file names that belong to the rows of an embeddings file.

use crate::cli::{Failure, npy};
use std::path::Path;

/// Reads names from a `.npy` of strings or from a text file with one name a line.
pub fn read(path: &Path) -> Result<Vec<String>, Failure> {
    if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("npy")) {
        return npy::read_strings(path);
    }
    Ok(fs_err::read_to_string(path)?.lines().map(str::to_owned).collect())
}
