//! Putting a site into its place, so that a build that ends at any moment leaves the old site or none.
//!
//! Beside the target `site` a build uses four names, all hidden:
//!
//! * `.site.private-eye-lock`, a file that is locked while a build runs;
//! * `.site.private-eye-new`, where the new site grows;
//! * `.site.private-eye-old`, the old site, whole, for the moment in which the two change places;
//! * `.site.private-eye-gone`, the old site while it is removed.
//!
//! A build that was killed leaves some of them behind; the next one clears them, and first puts `…-old` back where it finds
//! no site in its place.

use super::FORMAT;
use fs_err as fs;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

/// What may lie at the top of a site. A folder with anything else in it is not replaced.
pub const SITE_ENTRIES: [&str; 6] = ["collection", "index.html", "manifest.webmanifest", "models", "sw.js", "www"];

/// What file managers leave behind.
const LITTER: [&str; 3] = [".DS_Store", "Thumbs.db", "desktop.ini"];

#[derive(Debug, thiserror::Error)]
pub enum SiteError {
    #[error("{} is not a folder; choose another place for the site", .path.display())]
    NotAFolder { path: PathBuf },
    #[error("{} is a folder but not a Private Eye site, so it is not replaced; choose an empty or new folder", .path.display())]
    NotASite { path: PathBuf },
    #[error(
        "{} holds {entry:?}, which is not part of a site and would be lost; move it elsewhere or choose another folder",
        .path.display()
    )]
    Foreign { path: PathBuf, entry: String },
    #[error("{} can't be a site of its own; name a folder", .path.display())]
    NoName { path: PathBuf },
    #[error("another build is writing to {}; wait for it or choose another folder", .path.display())]
    Busy { path: PathBuf },
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

/// A site that is being built beside its target. Dropped before [`finish`](SiteFolder::finish), it leaves no trace.
#[derive(Debug)]
pub struct SiteFolder {
    target: PathBuf,
    lock: Lock,
}

impl SiteFolder {
    /// Clears what a killed build left behind, checks that `target` is free or holds a site, and makes an empty folder
    /// beside it.
    pub fn begin(target: &Path) -> Result<SiteFolder, SiteError> {
        let target = resolve(target)?;
        if !beside(&target, "old").exists() {
            check_replaceable(&target)?;
        }
        if let Some(parent) = target.parent() {
            fs::create_dir_all(parent)?;
        }
        let lock = Lock::take(&target)?;
        recover(&target)?;
        check_replaceable(&target)?;
        let site = SiteFolder { target, lock };
        fs::create_dir(site.path())?;
        Ok(site)
    }

    /// The folder to write the new site into.
    pub fn path(&self) -> PathBuf {
        beside(&self.target, "new")
    }

    /// Where the site will be.
    pub fn target(&self) -> &Path {
        &self.target
    }

    /// Makes sure that everything is on the disk, and puts the new site into the old one's place.
    pub fn finish(self) -> Result<(), SiteError> {
        let (new, old) = (self.path(), beside(&self.target, "old"));
        // What the next build would refuse to replace must not become a site.
        check_entries(&new)?;
        sync(&new)?;
        // Somebody may have put something there meanwhile.
        check_replaceable(&self.target)?;
        let replaced = self.target.exists();
        if replaced {
            fs::rename(&self.target, &old)?;
        }
        if let Err(error) = fs::rename(&new, &self.target) {
            if replaced {
                fs::rename(&old, &self.target)?;
            }
            return Err(error.into());
        }
        sync_folder(self.lock.folder())?;
        if replaced {
            discard(&self.target, &old)?;
        }
        Ok(())
    }
}

impl Drop for SiteFolder {
    fn drop(&mut self) {
        // Nothing to do about a failure here; the next build clears it away.
        let _ = fs::remove_dir_all(self.path());
    }
}

/// `.site.private-eye-<role>` beside the target.
fn beside(target: &Path, role: &str) -> PathBuf {
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    target.with_file_name(format!(".{name}.private-eye-{role}"))
}

/// The target as an absolute path without links, so that what lies beside it is on the same disk.
fn resolve(target: &Path) -> Result<PathBuf, SiteError> {
    let resolved = if target.exists() {
        fs::canonicalize(target)?
    } else {
        let absolute = std::path::absolute(target)?;
        match absolute.parent().filter(|parent| parent.exists()) {
            Some(parent) => fs::canonicalize(parent)?.join(absolute.file_name().unwrap_or_default()),
            None => absolute,
        }
    };
    if resolved.file_name().is_none() || resolved.parent().is_none() {
        return Err(SiteError::NoName { path: target.to_owned() });
    }
    Ok(resolved)
}

/// Brings the neighbourhood of the target back to order after a build that was killed.
fn recover(target: &Path) -> Result<(), SiteError> {
    let old = beside(target, "old");
    for leftover in [beside(target, "new"), beside(target, "gone")] {
        if leftover.exists() {
            fs::remove_dir_all(leftover)?;
        }
    }
    if old.exists() {
        // An empty folder where the site was is nobody's site.
        if target.is_dir() && fs::read_dir(target)?.next().is_none() {
            fs::remove_dir(target)?;
        }
        if target.exists() {
            discard(target, &old)?;
        } else {
            fs::rename(&old, target)?;
        }
    }
    Ok(())
}

/// Removes an old site; under another name first, so that half of one is never taken for a whole one.
fn discard(target: &Path, old: &Path) -> Result<(), SiteError> {
    let gone = beside(target, "gone");
    fs::rename(old, &gone)?;
    fs::remove_dir_all(gone)?;
    Ok(())
}

/// Nothing, an empty folder or a Private Eye site may be replaced.
fn check_replaceable(target: &Path) -> Result<(), SiteError> {
    let path = || target.to_owned();
    if !target.exists() {
        return Ok(());
    }
    if !target.is_dir() {
        return Err(SiteError::NotAFolder { path: path() });
    }
    if fs::read_dir(target)?.next().is_none() {
        return Ok(());
    }
    // Of any version: an old collection may well be replaced by a new one.
    let manifest = std::fs::read(target.join("collection/manifest.json")).unwrap_or_default();
    let manifest: serde_json::Value = serde_json::from_slice(&manifest).unwrap_or_default();
    if manifest["format"] != FORMAT {
        return Err(SiteError::NotASite { path: path() });
    }
    check_entries(target)
}

fn check_entries(folder: &Path) -> Result<(), SiteError> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?.file_name().to_string_lossy().into_owned();
        if !SITE_ENTRIES.contains(&entry.as_str()) && !LITTER.contains(&entry.as_str()) {
            return Err(SiteError::Foreign { path: folder.to_owned(), entry });
        }
    }
    Ok(())
}

/// Waits until every file below the folder is on the disk: a rename must not overtake what it renames.
fn sync(folder: &Path) -> Result<(), SiteError> {
    for entry in walkdir::WalkDir::new(folder).contents_first(true) {
        let entry = entry.map_err(std::io::Error::from)?;
        if entry.file_type().is_dir() {
            sync_folder(entry.path())?;
        } else {
            // Some systems sync only what is open for writing.
            fs::OpenOptions::new().write(true).open(entry.path())?.sync_all()?;
        }
    }
    Ok(())
}

fn sync_folder(folder: &Path) -> Result<(), SiteError> {
    if cfg!(unix) {
        fs::File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// Held by the one build that may write beside the target; the system lets go of it when the process ends, however it ends.
#[derive(Debug)]
struct Lock {
    path: PathBuf,
    _file: File,
}

impl Lock {
    fn take(target: &Path) -> Result<Lock, SiteError> {
        let path = beside(target, "lock");
        loop {
            let file = fs::OpenOptions::new().create(true).write(true).truncate(false).open(&path)?.into_parts().0;
            match file.try_lock() {
                // The build before removed the file between our opening and locking it: lock the one that is there now.
                Ok(()) if !is_at(&file, &path) => continue,
                Ok(()) => return Ok(Lock { path, _file: file }),
                Err(TryLockError::WouldBlock) => return Err(SiteError::Busy { path: target.to_owned() }),
                Err(TryLockError::Error(error)) => return Err(error.into()),
            }
        }
    }

    fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new("."))
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

/// Whether the open file is still the one with this name.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let number = |metadata: &std::fs::Metadata| (metadata.dev(), metadata.ino());
    matches!((file.metadata(), std::fs::metadata(path)), (Ok(open), Ok(named)) if number(&open) == number(&named))
}

/// Elsewhere a file that is open can't be removed.
#[cfg(not(unix))]
fn is_at(_file: &File, path: &Path) -> bool {
    path.exists()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fill(folder: &Path, mark: &str) {
        fs::create_dir_all(folder.join("collection")).unwrap();
        fs::write(folder.join("collection/manifest.json"), format!("{{\"format\":\"{FORMAT}\"}}")).unwrap();
        fs::write(folder.join("index.html"), mark).unwrap();
    }

    fn build(target: &Path, mark: &str) -> Result<(), SiteError> {
        let site = SiteFolder::begin(target)?;
        fill(&site.path(), mark);
        site.finish()
    }

    fn mark(target: &Path) -> Option<String> {
        std::fs::read_to_string(target.join("index.html")).ok()
    }

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_new_site_takes_the_place_of_nothing_an_empty_folder_or_an_old_site() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("deep/site");
        build(&target, "1").unwrap();
        assert_eq!(mark(&target).unwrap(), "1");
        fs::write(target.join("www"), "left over").unwrap();
        build(&target, "2").unwrap();
        assert_eq!(mark(&target).unwrap(), "2");
        assert_eq!(names(&target), ["collection", "index.html"]);
        assert_eq!(names(target.parent().unwrap()), ["site"]);

        let empty = folder.path().join("empty");
        fs::create_dir(&empty).unwrap();
        build(&empty, "3").unwrap();
        assert_eq!(mark(&empty).unwrap(), "3");
    }

    #[test]
    fn a_build_that_is_given_up_leaves_the_old_site_and_no_trace() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("site");
        for expected in [None, Some("old".to_owned())] {
            let site = SiteFolder::begin(&target).unwrap();
            fill(&site.path(), "half");
            drop(site);
            assert_eq!(mark(&target), expected);
            build(&target, "old").unwrap();
        }
        assert_eq!(names(folder.path()), ["site"]);
    }

    #[test]
    fn a_folder_that_is_no_site_is_never_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("thesis");
        fs::create_dir(&target).unwrap();
        fs::write(target.join("chapter1.txt"), "years of work").unwrap();
        assert!(matches!(build(&target, "x"), Err(SiteError::NotASite { .. })));
        assert!(matches!(build(&target.join("chapter1.txt"), "x"), Err(SiteError::NotAFolder { .. })));
        assert!(matches!(build(Path::new("/"), "x"), Err(SiteError::NoName { .. }) | Err(SiteError::NotASite { .. })));
        assert_eq!(names(folder.path()), ["thesis"]);
        assert_eq!(names(&target), ["chapter1.txt"]);
    }

    #[test]
    fn a_site_with_somebody_elses_files_in_it_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("site");
        build(&target, "old").unwrap();
        fs::create_dir(target.join(".git")).unwrap();
        let error = build(&target, "new").unwrap_err().to_string();
        assert!(error.contains(".git"), "{error}");
        assert_eq!(mark(&target).unwrap(), "old");
        fs::remove_dir(target.join(".git")).unwrap();
        fs::write(target.join(".DS_Store"), "").unwrap();
        build(&target, "new").unwrap();
        assert_eq!(mark(&target).unwrap(), "new");
    }

    #[test]
    fn two_builds_of_the_same_site_do_not_run_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("site");
        let first = SiteFolder::begin(&target).unwrap();
        assert!(matches!(SiteFolder::begin(&target), Err(SiteError::Busy { .. })));
        fill(&first.path(), "first");
        first.finish().unwrap();
        build(&target, "second").unwrap();
        assert_eq!(mark(&target).unwrap(), "second");
    }

    /// Every state that a killed build can leave, as in the order of its steps.
    #[test]
    fn whenever_a_build_was_killed_the_next_one_finds_the_old_site_or_the_new_and_clears_the_rest() {
        let states: [(&str, &[(&str, &str)]); 7] = [
            ("the new site has begun", &[("", "old"), ("new", "half")]),
            ("there was no site before", &[("new", "half")]),
            ("the old site has stepped aside", &[("old", "old"), ("new", "whole")]),
            ("the new site is in place", &[("", "new"), ("old", "old")]),
            ("the old site is being removed", &[("", "new"), ("gone", "old")]),
            ("putting back was interrupted", &[("old", "old")]),
            (
                "a removal was interrupted and another build was killed",
                &[("", "new"), ("gone", "old"), ("new", "half")],
            ),
        ];
        for (state, folders) in states {
            let folder = tempfile::tempdir().unwrap();
            let target = folder.path().join("site");
            for (role, mark) in folders {
                fill(&if role.is_empty() { target.clone() } else { beside(&target, role) }, mark);
            }
            fs::write(beside(&target, "lock"), "").unwrap();
            let expected =
                folders.iter().find(|(role, _)| ["", "old"].contains(role)).map(|(_, mark)| (*mark).to_owned());
            drop(SiteFolder::begin(&target).unwrap());
            assert_eq!(mark(&target), expected, "{state}");
            build(&target, "next").unwrap();
            assert_eq!(mark(&target).unwrap(), "next", "{state}");
            assert_eq!(names(folder.path()), ["site"], "{state}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_a_site_stays_a_link() {
        let folder = tempfile::tempdir().unwrap();
        let (target, link) = (folder.path().join("site"), folder.path().join("link"));
        build(&target, "old").unwrap();
        std::os::unix::fs::symlink(&target, &link).unwrap();
        build(&link, "new").unwrap();
        assert!(link.is_symlink());
        assert_eq!(mark(&target).unwrap(), "new");
    }
}
