//! Remembers from what something was made, so that it is made again only when that changed.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

pub struct Stamp {
    file: PathBuf,
    made_from: String,
}

impl Stamp {
    /// `file` keeps the digest of `inputs`: files, or folders with all that is below them.
    pub fn new(file: PathBuf, inputs: &[PathBuf]) -> Result<Stamp> {
        Ok(Stamp { file, made_from: digest(inputs)? })
    }

    /// Whether the result was made from just these inputs.
    pub fn is_current(&self) -> bool {
        fs::read_to_string(&self.file).is_ok_and(|kept| kept == self.made_from)
    }

    /// To be called before the result is touched, so that a broken run counts as not made.
    pub fn forget(&self) -> Result<()> {
        match fs::remove_file(&self.file) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(error).with_context(|| format!("{} cannot be removed", self.file.display()))
            }
            _ => Ok(()),
        }
    }

    pub fn keep(&self) -> Result<()> {
        fs::write(&self.file, &self.made_from).with_context(|| format!("{} cannot be written", self.file.display()))
    }
}

fn digest(inputs: &[PathBuf]) -> Result<String> {
    let mut sum = Sha256::new();
    for input in inputs {
        for file in files_below(input)? {
            let bytes = fs::read(&file).with_context(|| format!("{} cannot be read", file.display()))?;
            sum.update(file.to_string_lossy().as_bytes());
            sum.update((bytes.len() as u64).to_le_bytes());
            sum.update(bytes);
        }
    }
    Ok(sum.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// All files below a folder in the order of their names, or the file itself; nothing where there is neither.
pub fn files_below(path: &Path) -> Result<Vec<PathBuf>> {
    if path.is_file() {
        return Ok(vec![path.to_path_buf()]);
    }
    if !path.is_dir() {
        return Ok(Vec::new());
    }
    let entries = fs::read_dir(path).with_context(|| format!("{} cannot be listed", path.display()))?;
    let mut entries = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    entries.sort();
    let below = entries.iter().map(|entry| files_below(entry)).collect::<Result<Vec<_>>>()?;
    Ok(below.concat())
}
