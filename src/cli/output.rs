//! Files that a command writes beside its answer: whole, or not at all.

use super::Failure;
use std::{
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::Path,
};
use tempfile::NamedTempFile;

/// Writes a file so that whatever happens meanwhile leaves the old one or none: `write` fills a hidden file beside it,
/// which takes its place at the end; only a command that is killed leaves that one behind. What is no file, such as
/// `/dev/stdout` or a pipe, is written to as it is.
///
/// # Errors
/// One line with the path and the reason. Nothing is left beside it.
pub fn write_whole(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Failure> {
    replace(path, write).map_err(|error| Failure::at(format!("cannot write {}", path.display()), error))
}

fn replace(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    // A link goes on pointing to where it did.
    let target = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    // Opened to learn whether it may be written at all; a folder in which new files may be made is not enough for that.
    let permissions = match File::options().write(true).open(&target) {
        Ok(old) => {
            let known = old.metadata()?;
            if !known.is_file() {
                return fill(old, write).map(drop);
            }
            Some(known.permissions())
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    let new = beside(&target)?;
    fill(new.as_file(), write)?.sync_all()?;
    if let Some(permissions) = permissions {
        fs::set_permissions(new.path(), permissions)?;
    }
    new.persist(target)?;
    Ok(())
}

/// An empty hidden file, which is removed unless it is given its place.
fn beside(target: &Path) -> io::Result<NamedTempFile> {
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    let (start, mut builder) = (format!(".{name}."), tempfile::Builder::new());
    builder.prefix(&start).suffix(".part");
    // As any new file, not for the eyes of its owner only.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.tempfile_in(folder)
}

fn fill<F: Write>(file: F, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<F> {
    let mut out = BufWriter::new(file);
    write(&mut out)?;
    out.into_inner().map_err(io::IntoInnerError::into_error)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let names = fs_err::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.collect()
    }

    #[test]
    fn a_write_that_fails_leaves_the_old_file_and_nothing_beside_it() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("vectors.npy");
        let full = |out: &mut dyn Write| {
            out.write_all(&[7; 100_000])?;
            Err(io::Error::from(io::ErrorKind::StorageFull))
        };
        assert!(write_whole(&path, full).unwrap_err().to_string().contains("vectors.npy"));
        assert!(names(dir.path()).is_empty());

        fs_err::write(&path, "yesterday's").unwrap();
        write_whole(&path, full).unwrap_err();
        assert_eq!(fs_err::read(&path).unwrap(), b"yesterday's");
        assert_eq!(names(dir.path()), ["vectors.npy"]);

        write_whole(&path, |out| out.write_all(b"today's")).unwrap();
        assert_eq!(fs_err::read(&path).unwrap(), b"today's");
        assert_eq!(names(dir.path()), ["vectors.npy"]);
    }

    #[test]
    fn while_a_file_is_written_the_old_one_is_there() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("curve.svg");
        fs_err::write(&path, "old").unwrap();
        let see = |out: &mut dyn Write| {
            out.write_all(b"new")?;
            out.flush()?;
            assert_eq!(fs_err::read(&path)?, b"old");
            Ok(())
        };
        write_whole(&path, see).unwrap();
        assert_eq!(fs_err::read(&path).unwrap(), b"new");
    }

    #[cfg(unix)]
    #[test]
    fn links_devices_and_who_may_read_a_file_stay_as_they_are() {
        use std::os::unix::fs::{FileTypeExt, PermissionsExt, symlink};
        let dir = tempfile::tempdir().unwrap();
        let [file, link, plain, new] = ["file", "link", "plain", "new"].map(|name| dir.path().join(name));
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        fs_err::write(&file, "old").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        symlink(&file, &link).unwrap();
        write_whole(&link, |out| out.write_all(b"new")).unwrap();
        assert!(fs_err::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!((fs_err::read(&file).unwrap(), mode(&file)), (b"new".to_vec(), 0o640));

        fs_err::write(&plain, "").unwrap();
        write_whole(&new, |out| out.write_all(b"new")).unwrap();
        assert_eq!(mode(&new), mode(&plain));

        write_whole(Path::new("/dev/null"), |out| out.write_all(b"gone")).unwrap();
        assert!(fs::metadata("/dev/null").unwrap().file_type().is_char_device());
    }

    #[test]
    fn a_folder_that_is_not_there_and_a_folder_in_its_place_are_named() {
        let dir = tempfile::tempdir().unwrap();
        for path in [dir.path().join("nowhere/a.npy"), dir.path().to_owned()] {
            let error = write_whole(&path, |out| out.write_all(b"a")).unwrap_err().to_string();
            assert!(error.contains(&path.display().to_string()), "{error}");
        }
        assert!(names(dir.path()).is_empty());
    }
}
