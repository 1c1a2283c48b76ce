//! The queries and what would be right answers to them.

use crate::cli::{Failure, works::table::Table};
use private_eye::collection::Collection;
use std::{
    collections::{BTreeSet, HashMap},
    path::{Path, PathBuf},
};

/// A query picture and the works that it shows.
#[derive(Debug, PartialEq, Eq)]
pub struct Label {
    pub image: PathBuf,
    /// Positions of the works in the collection; empty if it shows none of them.
    pub right: BTreeSet<u32>,
}

/// Reads the table. Every work named must be in the collection: a slip in the labels would be counted against the site.
pub fn read(path: &Path, collection: &Collection) -> Result<Vec<Label>, Failure> {
    let table = Table::read(path)?;
    let at = |line: u64, what: String| Failure::at(format!("{}, line {line}", path.display()), what);
    if let Some((line, problem)) = table.problems.first() {
        return Err(at(*line, problem.clone()));
    }
    let column = |name: &str| {
        table.columns.iter().position(|column| column.eq_ignore_ascii_case(name)).ok_or_else(|| {
            let got = table.columns.join(", ");
            Failure::at(path.display(), format!("it has no column {name:?}, expected image and match, got {got}"))
        })
    };
    let (image, right) = (column("image")?, column("match")?);
    let works = Works::of(collection);
    let folder = path.parent().unwrap_or(Path::new(""));
    let mut labels = Vec::with_capacity(table.rows.len());
    for row in &table.rows {
        let names = row.fields[right].split('|').map(str::trim).filter(|name| !name.is_empty());
        let right = names.map(|name| works.find(name).map_err(|problem| at(row.line, problem)));
        labels.push(Label { image: folder.join(row.fields[image].trim()), right: right.collect::<Result<_, _>>()? });
    }
    Ok(labels)
}

/// The works by what they may be called.
struct Works<'a> {
    files: HashMap<&'a str, u32>,
    /// The last part of the path; `None` where several works share it.
    names: HashMap<&'a str, Option<u32>>,
    count: u32,
}

impl<'a> Works<'a> {
    fn of(collection: &'a Collection) -> Works<'a> {
        let count = u32::try_from(collection.len()).unwrap_or(u32::MAX);
        let (mut files, mut names) = (HashMap::new(), HashMap::new());
        for id in 0..count {
            let file = collection.item(id as usize).file();
            files.insert(file, id);
            let name = file.rsplit('/').next().unwrap_or(file);
            names.entry(name).and_modify(|several| *several = None).or_insert(Some(id));
        }
        Works { files, names, count }
    }

    /// A file first, since one may be called like a number.
    fn find(&self, name: &str) -> Result<u32, String> {
        if let Some(id) = self.files.get(name) {
            return Ok(*id);
        }
        match self.names.get(name) {
            Some(Some(id)) => return Ok(*id),
            Some(None) => {
                return Err(format!("several works have the file name {name:?}; give the whole path or the id"));
            }
            None => {}
        }
        match name.parse::<u32>() {
            Ok(id) if id < self.count => Ok(id),
            _ => Err(format!(
                "the collection has no work {name:?}; expected a file of it or an id from 0 to {}",
                self.count.saturating_sub(1)
            )),
        }
    }
}
