//! Finds the picture that a row of a table speaks of.

use super::title::{last_segment, slug, stem};
use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::OnceLock,
};

/// One guess at a picture's name, in the order in which they are tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hint {
    /// A path or a bare file name, such as `full/0a5f.jpg`.
    File(String),
    /// Words that the file name without its extension spells, such as a title.
    Words(String),
}

/// What a search for a picture comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// The picture's path below the folder, with `/` between its parts.
    Picture(String),
    /// More than one picture could be meant.
    Several(Vec<String>),
    Nothing,
}

/// The pictures below one folder, by name. The folder is only walked when a path cannot be followed directly.
pub struct Finder {
    folder: PathBuf,
    names: OnceLock<Names>,
}

/// Every key is in lower case; every list is sorted.
#[derive(Default)]
struct Names {
    by_name: HashMap<String, Vec<String>>,
    by_stem: HashMap<String, Vec<String>>,
    by_slug: HashMap<String, Vec<String>>,
}

impl Finder {
    pub fn new(folder: &Path) -> Finder {
        Finder { folder: folder.to_owned(), names: OnceLock::new() }
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Tries the hints in turn; the first that leads to a picture, or to several, decides.
    pub fn find(&self, hints: &[Hint]) -> Found {
        hints.iter().map(|hint| self.follow(hint)).find(|found| *found != Found::Nothing).unwrap_or(Found::Nothing)
    }

    fn follow(&self, hint: &Hint) -> Found {
        match hint {
            Hint::File(path) => {
                let path = path.replace('\\', "/");
                if is_below(&path) && self.folder.join(&path).is_file() {
                    return Found::Picture(path.trim_start_matches("./").to_owned());
                }
                let name = last_segment(&path).to_lowercase();
                let names = self.names();
                match names.by_name.get(&name).or_else(|| names.by_stem.get(stem(&name))) {
                    Some(files) => nearest(files, &path),
                    None => Found::Nothing,
                }
            }
            Hint::Words(words) => match self.names().by_slug.get(&slug(words)) {
                Some(files) => nearest(files, ""),
                None => Found::Nothing,
            },
        }
    }

    fn names(&self) -> &Names {
        self.names.get_or_init(|| {
            let mut names = Names::default();
            for (file, _) in super::folder::files(&self.folder, &[]).files {
                let lower = last_segment(&file).to_lowercase();
                if !may_be_a_picture(&lower) {
                    continue;
                }
                let stem = stem(&lower).to_owned();
                names.by_slug.entry(slug(&stem)).or_default().push(file.clone());
                names.by_stem.entry(stem).or_default().push(file.clone());
                names.by_name.entry(lower).or_default().push(file);
            }
            names
        })
    }
}

/// Of files with the right name, the one whose folders agree most with the wanted path.
fn nearest(files: &[String], wanted: &str) -> Found {
    let agreement = |file: &&String| {
        let folders = |path: &str| path.to_lowercase().rsplit('/').skip(1).map(str::to_owned).collect::<Vec<_>>();
        folders(file).iter().zip(folders(wanted)).take_while(|(a, b)| *a == b).count()
    };
    let most = files.iter().map(|file| agreement(&file)).max().unwrap_or(0);
    let mut best: Vec<String> = files.iter().filter(|file| agreement(file) == most).cloned().collect();
    if best.len() == 1 { Found::Picture(best.remove(0)) } else { Found::Several(best) }
}

/// A relative path that does not climb out of its folder.
fn is_below(path: &str) -> bool {
    !path.is_empty()
        && Path::new(path).components().all(|part| !matches!(part, std::path::Component::ParentDir))
        && Path::new(path).is_relative()
}

/// Tables and notes beside the pictures often share their names.
fn may_be_a_picture(lower: &str) -> bool {
    !["csv", "tsv", "txt", "json", "npy", "md", "xml", "html", "pdf"]
        .iter()
        .any(|ext| lower.ends_with(&format!(".{ext}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[&str]) -> (tempfile::TempDir, Finder) {
        let dir = tempfile::tempdir().unwrap();
        for file in files {
            let path = dir.path().join(file);
            fs_err::create_dir_all(path.parent().unwrap()).unwrap();
            fs_err::write(path, b"").unwrap();
        }
        let finder = Finder::new(dir.path());
        (dir, finder)
    }

    fn file(name: &str) -> [Hint; 1] {
        [Hint::File(name.to_owned())]
    }

    #[test]
    fn a_path_is_followed_and_a_bare_name_is_found_anywhere_below() {
        let (_dir, finder) = folder(&["full/0a.jpg", "other/1b.PNG"]);
        assert_eq!(finder.find(&file("full/0a.jpg")), Found::Picture("full/0a.jpg".into()));
        assert_eq!(finder.find(&file("0a.jpg")), Found::Picture("full/0a.jpg".into()));
        assert_eq!(finder.find(&file("elsewhere/1b.png")), Found::Picture("other/1b.PNG".into()));
    }

    #[test]
    fn any_extension_will_do_when_the_named_one_is_missing() {
        let (_dir, finder) = folder(&["Sunrise.webp", "sunrise.txt"]);
        assert_eq!(finder.find(&file("sunrise.jpg")), Found::Picture("Sunrise.webp".into()));
    }

    #[test]
    fn the_folder_decides_between_pictures_of_one_name() {
        let (_dir, finder) = folder(&["claude-monet/garden.jpg", "gustav-klimt/garden.jpg"]);
        let found = finder.find(&file("images/gustav-klimt/garden.jpg"));
        assert_eq!(found, Found::Picture("gustav-klimt/garden.jpg".into()));
        let Found::Several(both) = finder.find(&file("garden.jpg")) else { panic!("one of two was chosen") };
        assert_eq!(both.len(), 2);
    }

    #[test]
    fn a_title_finds_a_file_that_spells_it() {
        let (_dir, finder) = folder(&["impression-sunrise.jpg"]);
        let hints = [Hint::File("0.jpg".into()), Hint::Words("Impression, Sunrise".into())];
        assert_eq!(finder.find(&hints), Found::Picture("impression-sunrise.jpg".into()));
    }

    #[test]
    fn a_path_that_leaves_the_folder_is_not_followed() {
        let (dir, _) = folder(&["secret.jpg", "pictures/a.jpg"]);
        let finder = Finder::new(&dir.path().join("pictures"));
        assert_eq!(finder.find(&file("../secret.jpg")), Found::Nothing);
    }
}
