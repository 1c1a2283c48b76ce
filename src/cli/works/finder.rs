//! Finds the picture that a row of a table speaks of.

use super::{
    folder,
    title::{last_segment, slug, stem},
};
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
    by_path: HashMap<String, Vec<String>>,
    by_name: HashMap<String, Vec<String>>,
    by_stem: HashMap<String, Vec<String>>,
    by_slug: HashMap<String, Vec<String>>,
}

impl Finder {
    pub fn new(folder: &Path) -> Finder {
        Finder { folder: folder.to_owned(), names: OnceLock::new() }
    }

    /// For a folder of which these files are known already: no bare name leads to any other.
    pub fn among(folder: &Path, files: &[(String, PathBuf)]) -> Finder {
        Finder { folder: folder.to_owned(), names: OnceLock::from(Names::of(files)) }
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
                let direct = self.folder.join(&path);
                if is_below(&path) && direct.is_file() {
                    return Found::Picture(folder::below(&self.folder, &direct));
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

    /// A picture that was found, in the spelling of the walk, which differs where the file system takes no notice of case;
    /// `None` where the walk left it out.
    pub fn walked(&self, file: &str) -> Option<&str> {
        let alike = self.names().by_path.get(&file.to_lowercase())?;
        match &alike[..] {
            [only] => Some(only),
            several => several.iter().map(String::as_str).find(|other| *other == file),
        }
    }

    fn names(&self) -> &Names {
        self.names.get_or_init(|| Names::of(&folder::files(&self.folder, &[]).files))
    }
}

impl Names {
    fn of(files: &[(String, PathBuf)]) -> Names {
        let mut names = Names::default();
        for (file, _) in files {
            names.by_path.entry(file.to_lowercase()).or_default().push(file.clone());
            let lower = last_segment(file).to_lowercase();
            if !may_be_a_picture(&lower) {
                continue;
            }
            let stem = stem(&lower).to_owned();
            names.by_slug.entry(slug(&stem)).or_default().push(file.clone());
            names.by_stem.entry(stem).or_default().push(file.clone());
            names.by_name.entry(lower).or_default().push(file.clone());
        }
        names
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
    fn however_a_path_is_spelled_it_comes_as_a_walk_spells_it() {
        let (_dir, finder) = folder(&["art/a.jpg"]);
        for spelling in ["art//a.jpg", "art/./a.jpg", "./art/a.jpg", ".//art\\a.jpg"] {
            assert_eq!(finder.find(&file(spelling)), Found::Picture("art/a.jpg".into()), "{spelling}");
        }
        assert_eq!(finder.walked("art/a.jpg"), Some("art/a.jpg"));
        assert_eq!(finder.walked("Art/A.JPG"), Some("art/a.jpg"));
        assert_eq!(finder.walked("art/.a.jpg"), None);
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
