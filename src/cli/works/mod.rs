//! What goes into a collection: works with their records, from a folder, a table or an embeddings file.

mod finder;
pub mod folder;
mod names;
mod schema;
pub mod table;
pub mod title;

pub use schema::Columns;

use crate::cli::{
    Failure, annoy,
    npy::{self, Matrix},
};
use finder::{Finder, Found, Hint};
use private_eye::{collection::Item, index::MetricName};
use schema::Schema;
use std::{
    collections::{BTreeMap, HashMap, hash_map::Entry},
    path::{Path, PathBuf},
};
use table::Table;

/// One work: where its picture lies, and what is known of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Work {
    /// `None` where only an embedding is known.
    pub picture: Option<PathBuf>,
    pub item: Item,
}

/// What was left out, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    pub what: String,
    pub reason: String,
}

impl Skipped {
    pub fn new(what: impl Into<String>, reason: impl Into<String>) -> Skipped {
        Skipped { what: what.into(), reason: reason.into() }
    }
}

/// Everything that the user pointed at, in the order in which it goes in.
#[derive(Debug, Default)]
pub struct Works {
    pub works: Vec<Work>,
    /// One row for each work, where the works came as embeddings.
    pub embeddings: Option<Matrix>,
    pub skipped: Vec<Skipped>,
    /// How many files, rows or embeddings there were, those skipped among them.
    pub offered: usize,
    /// The names of the metadata columns; none without a table.
    pub columns: Vec<String>,
    /// A title for the collection, from the name of the folder or file.
    pub title: String,
}

/// Where the works come from.
#[derive(Debug, Default)]
pub struct Source {
    /// A folder, a CSV or a `.npy` file.
    pub pictures: PathBuf,
    pub metadata: Option<PathBuf>,
    /// Where the pictures of a table are, if not beside it.
    pub folder: Option<PathBuf>,
    /// The file names of a `.npy` file's rows.
    pub names: Option<PathBuf>,
    pub columns: Columns,
    /// The metric of the embeddings.
    pub metric: MetricName,
    /// Set where `pictures` is an index that Annoy wrote: how many numbers its vectors have, and their metric.
    pub annoy: Option<(usize, annoy::Metric)>,
    /// Folders whose files are no works, such as the site being replaced.
    pub except: Vec<PathBuf>,
}

/// A folder's own table, by the name that data set tools give it.
const OWN_TABLE: &str = "metadata.csv";

impl Source {
    /// Finds the works. Nothing is decoded here.
    pub fn gather(&self) -> Result<Works, Failure> {
        let path = &self.pictures;
        let extension = path.extension().map(|extension| extension.to_string_lossy().to_lowercase());
        let mut works = match extension.as_deref() {
            _ if !path.exists() => {
                return Err(Failure::new(format!(
                    "{} does not exist; give a folder, a CSV or a .npy file",
                    path.display()
                )));
            }
            _ if self.annoy.is_some() => self.works_in_embeddings()?,
            _ if path.is_dir() => self.works_in_folder()?,
            Some("npy") => self.works_in_embeddings()?,
            Some("csv" | "tsv" | "txt") => self.works_in_table()?,
            _ => {
                let what = path.display();
                return Err(Failure::new(format!(
                    "{what} is neither a folder nor a .csv or .npy file; give one of those"
                )));
            }
        };
        let named = path.canonicalize().unwrap_or_else(|_| path.clone());
        let name = named.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        works.title = title::from_file_name(&name);
        Ok(works)
    }

    fn works_in_folder(&self) -> Result<Works, Failure> {
        let walk = folder::files(&self.pictures, &self.except);
        let own = self.pictures.join(OWN_TABLE);
        let table = self.metadata.clone().or_else(|| own.is_file().then_some(own));

        let mut works = Works::default();
        works.skipped.extend(walk.problems.into_iter().map(|(what, reason)| Skipped::new(what, reason)));
        let mut rows = Rows::default();
        if let Some(path) = &table {
            let table = Table::read(path)?;
            let schema = Schema::recognize(&table, &self.columns, true)?;
            let finder = Finder::among(&self.pictures, &walk.files);
            works.take_columns(path, &table);
            for row in &table.rows {
                match finder.find(&schema.hints(row)) {
                    Found::Picture(file) => {
                        let file = finder.walked(&file).unwrap_or(&file);
                        let taken = rows.take(file, row.line, schema.item(&table.columns, row, file));
                        works.skipped.extend(taken.err().map(|reason| Skipped::new(place(path, row.line), reason)));
                    }
                    found => works.skipped.push(missing(path, row.line, &found, &schema.hints(row))),
                }
            }
        }
        let path = table.unwrap_or_default();
        let table = path.canonicalize().ok();
        let files = walk.files.into_iter().filter(|(_, path)| table.is_none() || path.canonicalize().ok() != table);
        works.works.extend(files.map(|(file, path)| {
            let item = rows.of(&file).unwrap_or_else(|| Item::new(&*file, title::from_file_name(&file)));
            Work { picture: Some(path), item }
        }));
        works.skipped.extend(rows.left().map(|(line, reason)| Skipped::new(place(&path, line), reason)));
        works.offered = works.works.len();
        Ok(works)
    }

    fn works_in_table(&self) -> Result<Works, Failure> {
        let table = Table::read(&self.pictures)?;
        let schema = Schema::recognize(&table, &self.columns, true)?;
        let beside = match self.pictures.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        let finder = Finder::new(self.folder.as_deref().unwrap_or(beside));

        let mut works = Works { offered: table.rows.len() + table.problems.len(), ..Works::default() };
        works.take_columns(&self.pictures, &table);
        for row in &table.rows {
            let hints = schema.hints(row);
            match finder.find(&hints) {
                Found::Picture(file) => works.works.push(Work {
                    picture: Some(finder.folder().join(&file)),
                    item: schema.item(&table.columns, row, &file),
                }),
                found => works.skipped.push(missing(&self.pictures, row.line, &found, &hints)),
            }
        }
        Ok(works)
    }

    fn works_in_embeddings(&self) -> Result<Works, Failure> {
        let (matrix, missing) = match self.annoy {
            None => (npy::read(&self.pictures)?, Vec::new()),
            Some((dim, metric)) => {
                let annoy::Index { matrix, missing } = annoy::read(&self.pictures, dim, metric)?;
                (matrix, missing)
            }
        };
        let names = self.names.as_deref().map(names::read).transpose()?;
        if let Some(names) = names.as_ref().filter(|names| names.len() != matrix.rows()) {
            let (got, rows) = (names.len(), matrix.rows());
            return Err(Failure::new(format!(
                "--names gives {got} names for {rows} embeddings; there must be one each"
            )));
        }
        let named = |row: usize| match names.as_ref().and_then(|names| names.get(row)) {
            Some(name) => Item::new(&**name, title::from_file_name(name)),
            None => Item::new("", format!("Row {row}")),
        };
        let mut works = Works { offered: matrix.rows(), ..Works::default() };
        let items = match &self.metadata {
            Some(path) => {
                let table = Table::read(path)?;
                works.columns.clone_from(&table.columns);
                self.items_of_rows(path, &table, matrix.rows(), names.as_deref(), named)?
            }
            None => (0..matrix.rows()).map(named).collect(),
        };

        let mut kept = Matrix { dim: matrix.dim, values: Vec::with_capacity(matrix.values.len()) };
        for (row, item) in items.into_iter().enumerate() {
            let numbers = matrix.row(row);
            let zeros = self.metric == MetricName::Cosine && numbers.iter().all(|number| *number == 0.0);
            if missing.binary_search(&row).is_ok() {
                works.skipped.push(Skipped::new(format!("item {row}"), "the index has no vector of this number"));
            } else if zeros {
                works
                    .skipped
                    .push(Skipped::new(format!("row {row}"), "its embedding is all zeros and has no direction"));
            } else {
                kept.values.extend(numbers);
                works.works.push(Work { picture: None, item });
            }
        }
        works.embeddings = Some(kept);
        Ok(works)
    }

    /// The items of embeddings: row by row, or by file name where the rows have names; `named` makes one of which the
    /// table says nothing.
    fn items_of_rows(
        &self,
        path: &Path,
        table: &Table,
        rows: usize,
        names: Option<&[String]>,
        named: impl Fn(usize) -> Item,
    ) -> Result<Vec<Item>, Failure> {
        let schema = Schema::recognize(table, &self.columns, names.is_some())?;
        if let Some(names) = names {
            let key = |name: &str| title::last_segment(name).to_lowercase();
            let mut by_name = BTreeMap::new();
            for row in &table.rows {
                if let Some(name) = schema.file_name(row) {
                    by_name.entry(key(&name)).or_insert(row);
                }
            }
            let item = |(number, name): (usize, &String)| match by_name.get(&key(name)) {
                Some(row) => schema.item(&table.columns, row, name),
                None => named(number),
            };
            return Ok(names.iter().enumerate().map(item).collect());
        }
        if let Some((line, reason)) = table.problems.first() {
            let path = path.display();
            return Err(Failure::new(format!("{path}, line {line}: {reason}; rows and embeddings would not match")));
        }
        if table.rows.len() != rows {
            return Err(Failure::new(format!(
                "{} has {} rows for {rows} embeddings; there must be one each in the same order, or --names to match them by file name",
                path.display(),
                table.rows.len(),
            )));
        }
        let item = |row| schema.item(&table.columns, row, &schema.file_name(row).unwrap_or_default());
        Ok(table.rows.iter().map(item).collect())
    }
}

/// The records that a table has for the files of a folder, each with its line.
#[derive(Default)]
struct Rows(HashMap<String, (u64, Item)>);

impl Rows {
    /// The first row for a file holds; a later one is refused.
    fn take(&mut self, file: &str, line: u64, item: Item) -> Result<(), String> {
        match self.0.entry(file.to_owned()) {
            Entry::Vacant(place) => {
                place.insert((line, item));
                Ok(())
            }
            Entry::Occupied(first) => Err(format!("line {} is of the same picture `{file}`", first.get().0)),
        }
    }

    fn of(&mut self, file: &str) -> Option<Item> {
        self.0.remove(file).map(|(_, item)| item)
    }

    /// The lines of files that did not become works, in order, and why.
    fn left(self) -> impl Iterator<Item = (u64, String)> {
        let lines: BTreeMap<u64, String> = self.0.into_iter().map(|(file, (line, _))| (line, file)).collect();
        lines.into_iter().map(|(line, file)| {
            let why = "a name that starts with a dot, the site itself and this table are left out";
            (line, format!("`{file}` is none of the folder's works: {why}"))
        })
    }
}

impl Works {
    /// Takes over the names of a table's columns, and lists the lines that could not be read.
    fn take_columns(&mut self, path: &Path, table: &Table) {
        self.columns.clone_from(&table.columns);
        let problems = table.problems.iter();
        self.skipped.extend(problems.map(|(line, reason)| Skipped::new(place(path, *line), reason.as_str())));
    }
}

fn place(table: &Path, line: u64) -> String {
    let name = table.file_name().unwrap_or_default().to_string_lossy();
    format!("{name}, line {line}")
}

fn missing(table: &Path, line: u64, found: &Found, hints: &[Hint]) -> Skipped {
    let sought = hints.first().map(|hint| match hint {
        Hint::File(path) => path.as_str(),
        Hint::Words(words) => words.as_str(),
    });
    let reason = match (found, sought) {
        (Found::Several(files), _) => format!("several pictures could be meant: {}", files.join(", ")),
        (_, Some(sought)) => format!("no picture `{sought}`"),
        (_, None) => "it names no picture".to_owned(),
    };
    Skipped::new(place(table, line), reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(dir: &Path, pictures: &str) -> Source {
        Source { pictures: dir.join(pictures), ..Source::default() }
    }

    fn write(dir: &Path, file: &str, text: &str) {
        let path = dir.join(file);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, text).unwrap();
    }

    #[test]
    fn a_folder_gives_its_files_in_order_with_titles_from_their_names() {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), "art/b.jpg", "");
        write(dir.path(), "art/a/blue-boat.png", "");
        let works = source(dir.path(), "art").gather().unwrap();
        assert_eq!(works.works.iter().map(|work| work.item.file()).collect::<Vec<_>>(), ["a/blue-boat.png", "b.jpg"]);
        assert_eq!(works.works[0].item.title(), "Blue boat");
        assert_eq!((works.title.as_str(), works.offered), ("Art", 2));
    }

    #[test]
    fn a_folder_with_its_own_table_takes_the_records_from_it() {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), "b.jpg", "");
        write(dir.path(), "a.jpg", "");
        write(dir.path(), "metadata.csv", "file,title,maker\nB.JPG,Bee,Maya\ngone.jpg,Gone,\n");
        let works = source(dir.path(), "").gather().unwrap();
        assert_eq!(works.works.iter().map(|work| work.item.title()).collect::<Vec<_>>(), ["A", "Bee"]);
        assert_eq!(works.works[1].item.maker(), Some("Maya"));
        assert_eq!(works.skipped, [Skipped::new("metadata.csv, line 3", "no picture `gone.jpg`")]);
        assert_eq!(works.columns, ["file", "title", "maker"]);
    }

    #[test]
    fn no_row_of_a_folders_table_is_lost_without_a_line() {
        let dir = tempfile::tempdir().unwrap();
        for file in ["art/a.jpg", "art/b.jpg", "art/c.jpg", ".drafts/d.jpg"] {
            write(dir.path(), file, "");
        }
        let rows = [
            "art//a.jpg,Ay",
            "art/./b.jpg,Bee",
            ".drafts/d.jpg,Dee",
            "ART/C.JPG,Sea",
            "art/b.jpg,Bee again",
            "metadata.csv,Me",
        ];
        write(dir.path(), "metadata.csv", &format!("file,title\n{}\n", rows.join("\n")));
        let works = source(dir.path(), "").gather().unwrap();
        assert_eq!(works.works.iter().map(|work| work.item.title()).collect::<Vec<_>>(), ["Ay", "Bee", "Sea"]);
        let lines: Vec<&str> = works.skipped.iter().map(|skipped| skipped.what.as_str()).collect();
        assert_eq!(lines, ["metadata.csv, line 6", "metadata.csv, line 4", "metadata.csv, line 7"]);
        for (skipped, said) in works.skipped.iter().zip(["line 3", "`.drafts/d.jpg`", "`metadata.csv`"]) {
            assert!(skipped.reason.contains(said), "{skipped:?}");
        }
    }

    #[test]
    fn a_table_gives_its_rows_in_order_and_lists_those_without_a_picture() {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), "pictures/z.jpg", "");
        write(dir.path(), "pictures/y.jpg", "");
        write(dir.path(), "works.csv", "image,Name\nz.jpg,Zed\nx.jpg,Ex\ny,Why\n,None\n");
        let works = source(dir.path(), "works.csv").gather().unwrap();
        assert_eq!(
            works.works.iter().map(|work| work.item.file()).collect::<Vec<_>>(),
            ["pictures/z.jpg", "pictures/y.jpg"]
        );
        let reasons: Vec<&str> = works.skipped.iter().map(|skipped| skipped.reason.as_str()).collect();
        assert_eq!(reasons, ["no picture `x.jpg`", "it names no picture"]);
        assert_eq!(works.offered, 4);
    }

    #[test]
    fn embeddings_are_joined_to_a_table_by_row_or_by_file_name() {
        let dir = tempfile::tempdir().unwrap();
        npy::write(&dir.path().join("e.npy"), 2, &[vec![1.0, 0.0], vec![0.0, 0.0], vec![0.0, 1.0]]).unwrap();
        write(dir.path(), "m.csv", "file,title\na.jpg,A\nb.jpg,B\nc.jpg,C\n");
        let mut source = source(dir.path(), "e.npy");
        source.metadata = Some(dir.path().join("m.csv"));
        let titles = |works: &Works| works.works.iter().map(|work| work.item.title().to_owned()).collect::<Vec<_>>();
        let works = source.gather().unwrap();
        assert_eq!(titles(&works), ["A", "C"]);
        assert_eq!(works.embeddings.unwrap().rows(), 2);
        assert_eq!(works.skipped.len(), 1);

        write(dir.path(), "names.txt", "c.jpg\nx.jpg\nA.JPG\n");
        source.names = Some(dir.path().join("names.txt"));
        assert_eq!(titles(&source.gather().unwrap()), ["C", "A"]);

        write(dir.path(), "m.csv", "file,title\na.jpg,A\n");
        source.names = None;
        assert!(source.gather().unwrap_err().to_string().contains("1 rows for 3 embeddings"));
    }

    #[test]
    fn what_is_no_source_is_refused_with_what_would_be() {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), "a.jpg", "");
        for pictures in ["a.jpg", "nothing-here"] {
            let error = source(dir.path(), pictures).gather().unwrap_err().to_string();
            assert!(error.contains("folder") && error.contains(".npy"), "{error}");
        }
    }
}
