//! The files below a folder, in an order that does not depend on the file system.

use std::path::{Component, Path, PathBuf};
use walkdir::WalkDir;

/// What a walk through a folder found.
#[derive(Debug, Default)]
pub struct Walk {
    /// Each file's path as it reads from the folder, with `/` between its parts, and as it can be opened; sorted.
    pub files: Vec<(String, PathBuf)>,
    /// What could not be entered, and why.
    pub problems: Vec<(String, String)>,
}

/// All regular files below `folder`, links followed. What starts with a dot is left out, and so is what lies in one of
/// the `except` folders.
pub fn files(folder: &Path, except: &[PathBuf]) -> Walk {
    let except: Vec<PathBuf> = except.iter().filter_map(|path| path.canonicalize().ok()).collect();
    let wanted = |entry: &walkdir::DirEntry| {
        let hidden = entry.depth() > 0 && entry.file_name().to_string_lossy().starts_with('.');
        let excepted = entry.file_type().is_dir()
            && !except.is_empty()
            && entry.path().canonicalize().is_ok_and(|path| except.contains(&path));
        !hidden && !excepted
    };
    let mut walk = Walk::default();
    for entry in WalkDir::new(folder).follow_links(true).into_iter().filter_entry(wanted) {
        match entry {
            Ok(entry) if entry.file_type().is_file() => {
                walk.files.push((below(folder, entry.path()), entry.into_path()))
            }
            Ok(_) => {}
            Err(error) => {
                let place = error.path().map(|path| below(folder, path)).unwrap_or_default();
                let reason = match error.io_error() {
                    Some(io) => io.to_string(),
                    None => "a link that leads back to a folder above it".to_owned(),
                };
                walk.problems.push((place, reason));
            }
        }
    }
    walk.files.sort();
    walk.problems.sort();
    walk
}

/// A path as it reads from `folder`, with one `/` between its parts on every system.
pub fn below(folder: &Path, path: &Path) -> String {
    let path = path.strip_prefix(folder).unwrap_or(path);
    let parts = path.components().filter(|part| *part != Component::CurDir);
    parts.map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_come_sorted_without_hidden_ones_and_without_the_excepted_folder() {
        let dir = tempfile::tempdir().unwrap();
        for file in ["b.jpg", "a/z.png", ".hidden.jpg", ".git/x.jpg", "site/thumb.jpg"] {
            let path = dir.path().join(file);
            fs_err::create_dir_all(path.parent().unwrap()).unwrap();
            fs_err::write(path, b"").unwrap();
        }
        let walk = files(dir.path(), &[dir.path().join("site")]);
        assert_eq!(walk.files.iter().map(|(name, _)| name).collect::<Vec<_>>(), ["a/z.png", "b.jpg"]);
    }
}
