//! One's own pictures: a collection that grows and shrinks on the visitor's device, beside the one that was published.
//!
//! It is kept in the same format (`docs/collection-format.md`), its vectors are those that a build would make of the same
//! files, and it takes over how the published collection compares and what scores mean there. Every vector is compared:
//! that is quick enough for the pictures that one person has, and nothing has to be rebuilt when one comes or goes.
//!
//! * [`Prepared`]: what is kept of a picture, made of the bytes of its file, by as many workers as there are.
//! * [`Own`]: adds, forgets, remembers; [`Own::save`] says which files to write.
//! * [`search()`]: one ranking over the published works and one's own pictures.
//! * [`Duplicates`]: which of them are the same.

mod duplicates;
mod prepare;
mod save;
mod search;

pub use duplicates::Duplicates;
pub use prepare::{Kept, Prepared};
pub use save::{NewFile, Saved};
pub use search::{Among, Found, OwnFilter, Searched, search};

use std::collections::HashSet;

use serde_json::{Map, Value};

use crate::collection::{Basis, Collection, CollectionError, Item, Manifest, VERSION, title};
use crate::index::{IndexError, Query, Rows, Vectors};
use crate::model::ModelId;
use save::Group;

/// Columns that only these collections have.
const ID: &str = "id";
const ADDED: &str = "added";
const SHA256: &str = "sha256";
/// Bytes that a name or a date may have; what is longer is no path that a system would give.
const LONGEST_WORD: usize = 4096;

/// One's own pictures.
#[derive(Debug, Clone)]
pub struct Own {
    /// What they share with the published collection; its count, shards and title are not theirs.
    like: Manifest,
    /// As many rows for each item as the published collection has looks at a work.
    vectors: Vectors,
    items: Vec<Item>,
    /// Ascending, one for each item.
    ids: Vec<u32>,
    thumbnails: Vec<Vec<u8>>,
    /// Hashes of the files that they were made of.
    hashes: HashSet<String>,
    next_id: u32,
    /// Items from the first on, whose files were written.
    groups: Vec<Group>,
}

/// What became of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Addition {
    /// It has this number now.
    Added(u32),
    /// The same file was there already.
    Known,
}

#[derive(Debug, thiserror::Error)]
pub enum OwnError {
    #[error(
        "these pictures were embedded with the model {} ({:.16}…), but this page's is {} ({:.16}…); add the pictures themselves again",
        .got.name, .got.sha256, .expected.name, .expected.sha256
    )]
    OtherModel { got: Box<ModelId>, expected: Box<ModelId> },
    #[error("these pictures were embedded in another way ({got}) than this page does ({expected}); add them again")]
    OtherWay { got: String, expected: String },
    #[error("a picture has {got} numbers in its vectors, {expected} are needed; add it again")]
    Vectors { got: usize, expected: usize },
    #[error("the {what} of a picture is {got} bytes long, more than {LONGEST_WORD}; shorten it")]
    TooLong { what: &'static str, got: usize },
    #[error("there are as many pictures as can be numbered; remove some")]
    TooMany,
    #[error(transparent)]
    Collection(#[from] CollectionError),
    #[error(transparent)]
    Index(#[from] IndexError),
}

impl Own {
    /// No pictures yet, to be searched beside the published collection of this manifest.
    pub fn beside(published: &Manifest) -> Result<Own, OwnError> {
        let mut like = published.clone();
        like.version = VERSION;
        like.title = "My pictures".into();
        like.generator = concat!("private-eye ", env!("CARGO_PKG_VERSION")).into();
        like.columns = vec![ADDED.into(), ID.into(), SHA256.into()];
        like.quality.calibration.basis = Basis::OtherCollection;
        save::scan_only(&mut like);
        let vectors = Vectors::new(like.model.id.dim)?.with_metric(like.metric);
        Ok(Own {
            like,
            vectors,
            items: Vec::new(),
            ids: Vec::new(),
            thumbnails: Vec::new(),
            hashes: HashSet::new(),
            next_id: 0,
            groups: Vec::new(),
        })
    }

    pub fn len(&self) -> usize {
        self.items.len()
    }

    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// A name for what may be kept together: pictures that were embedded with the same weights in the same way.
    pub fn key(&self) -> String {
        format!("{:.16} {}", self.like.model.id.sha256, way(&self.like))
    }

    /// Rows of vectors that a picture has.
    pub fn looks(&self) -> usize {
        self.rows().looks()
    }

    fn rows(&self) -> Rows {
        self.like.rows()
    }

    /// Hashes of all files that are here.
    pub fn hashes(&self) -> impl Iterator<Item = &str> {
        self.hashes.iter().map(String::as_str)
    }

    pub fn knows(&self, sha256: &str) -> bool {
        self.hashes.contains(sha256)
    }

    /// Adds a picture. `file` is its path below the folder that was added, `added` the date and time as in ISO 8601. It gets
    /// the title that a build gives it, but for names that are written as in an address.
    pub fn add(&mut self, file: &str, added: &str, picture: &Kept) -> Result<Addition, OwnError> {
        for (what, word) in [("name", file), ("date", added)] {
            if word.len() > LONGEST_WORD {
                return Err(OwnError::TooLong { what, got: word.len() });
            }
        }
        if self.knows(&picture.sha256) {
            return Ok(Addition::Known);
        }
        let dim = self.vectors.dim();
        let (got, expected) = (picture.vectors.len(), dim * self.looks());
        if got != expected {
            return Err(OwnError::Vectors { got, expected });
        }
        // All rows or none.
        let rows = Vectors::quantize(dim, &picture.vectors)?;
        let item = Item::new(file, title::from_file_name(file))
            .with_column(ADDED, added)
            .with_column(SHA256, picture.sha256.as_str());
        self.push(item, &rows, 0..rows.len(), picture.thumbnail.clone()).map(Addition::Added)
    }

    /// Takes the place of whatever is here: the pictures of a collection that was kept.
    pub fn restore(&mut self, kept: &Collection) -> Result<(), OwnError> {
        self.check(kept.manifest())?;
        let mut fresh = Own::beside(&self.like)?;
        fresh.next_id = self.next_id;
        let ids: Vec<Option<u32>> = kept.items().iter().map(id).collect();
        let numbered = ids.iter().all(Option::is_some) && ids.is_sorted_by(|one, next| one < next);
        for (place, item) in kept.items().iter().enumerate() {
            if let (true, Some(id)) = (numbered, ids[place]) {
                fresh.next_id = id;
            }
            fresh.take(kept, place, item)?;
        }
        fresh.next_id = fresh.next_id.max(self.next_id);
        if numbered {
            fresh.groups = Group::of(kept.manifest());
        }
        *self = fresh;
        Ok(())
    }

    /// Adds the pictures of another collection with the same model; tells how many were new and how many were here already.
    /// Where it fails, nothing has changed.
    pub fn import(&mut self, other: &Collection) -> Result<(usize, usize), OwnError> {
        self.check(other.manifest())?;
        let mut all = self.clone();
        let mut known = 0;
        for (place, item) in other.items().iter().enumerate() {
            if self.has_one_like(other, place, item) {
                known += 1;
            } else {
                all.take(other, place, item)?;
            }
        }
        let added = all.len() - self.len();
        *self = all;
        Ok((added, known))
    }

    /// Forgets the pictures with these numbers; tells how many there were.
    pub fn remove(&mut self, ids: &[u32]) -> Result<usize, OwnError> {
        let gone: HashSet<usize> = ids.iter().filter_map(|&id| self.place(id)).collect();
        let Some(&first) = gone.iter().min() else { return Ok(0) };
        let mut vectors = Vectors::new(self.vectors.dim())?.with_metric(self.vectors.metric());
        for place in (0..self.len()).filter(|place| !gone.contains(place)) {
            vectors.append(&self.vectors, self.rows().of(place))?;
        }
        for &place in &gone {
            if let Some(hash) = text(self.items[place].record(), SHA256) {
                self.hashes.remove(hash);
            }
        }
        self.vectors = vectors;
        retain(&mut self.items, &gone);
        retain(&mut self.ids, &gone);
        retain(&mut self.thumbnails, &gone);
        Group::keep_before(&mut self.groups, first);
        Ok(gone.len())
    }

    /// Forgets everything, even how far it has counted.
    pub fn clear(&mut self) -> Result<(), OwnError> {
        *self = Own::beside(&self.like)?;
        Ok(())
    }

    /// In the order in which they were added.
    pub fn items(&self) -> impl ExactSizeIterator<Item = &Item> {
        self.items.iter()
    }

    /// The number of the picture at a place, from 0.
    ///
    /// # Panics
    /// If there is no such place.
    pub fn id(&self, place: usize) -> u32 {
        self.ids[place]
    }

    /// Where the picture with this number stands.
    pub fn place(&self, id: u32) -> Option<usize> {
        self.ids.binary_search(&id).ok()
    }

    /// The thumbnail of the picture with this number: a JPEG.
    pub fn thumbnail(&self, id: u32) -> Option<&[u8]> {
        Some(&self.thumbnails[self.place(id)?])
    }

    /// The picture with this number, the whole of it, as a query for pictures like it.
    pub fn query(&self, id: u32) -> Option<Query> {
        Some(self.vectors.query(self.rows().of(self.place(id)?).start))
    }

    /// Refuses a collection whose vectors mean something else.
    fn check(&self, other: &Manifest) -> Result<(), OwnError> {
        let (got, expected) = (&other.model.id, &self.like.model.id);
        if got != expected {
            return Err(OwnError::OtherModel { got: Box::new(got.clone()), expected: Box::new(expected.clone()) });
        }
        let (got, expected) = (way(other), way(&self.like));
        if got == expected { Ok(()) } else { Err(OwnError::OtherWay { got, expected }) }
    }

    /// Adds the item at a place of another collection.
    fn take(&mut self, other: &Collection, place: usize, item: &Item) -> Result<u32, OwnError> {
        let mut record = item.record().clone();
        record.remove(ID);
        let item = Item::from_record(record).map_err(CollectionError::Manifest)?;
        self.push(item, other.vectors(), self.rows().of(place), other.thumbnail(place).to_vec())
    }

    fn push(
        &mut self,
        item: Item,
        vectors: &Vectors,
        rows: std::ops::Range<usize>,
        thumbnail: Vec<u8>,
    ) -> Result<u32, OwnError> {
        let id = self.next_id;
        let next = id.checked_add(1).ok_or(OwnError::TooMany)?;
        save::check_size(&item, &thumbnail, self.len())?;
        self.vectors.append(vectors, rows)?;
        self.hashes.extend(text(item.record(), SHA256).map(str::to_owned));
        self.items.push(item.with_column(ID, id));
        self.ids.push(id);
        self.thumbnails.push(thumbnail);
        self.next_id = next;
        Ok(id)
    }

    /// By the hash of the file, or where that is unknown by its name and its vectors.
    fn has_one_like(&self, other: &Collection, place: usize, item: &Item) -> bool {
        if let Some(hash) = text(item.record(), SHA256) {
            return self.knows(hash);
        }
        let rows = |own: usize| self.rows().of(own).zip(self.rows().of(place));
        let same = |own: usize| rows(own).all(|(ours, theirs)| self.vectors.row(ours) == other.vectors().row(theirs));
        self.items.iter().enumerate().any(|(own, known)| known.file() == item.file() && same(own))
    }
}

fn retain<T>(all: &mut Vec<T>, gone: &HashSet<usize>) {
    let mut place = 0..;
    all.retain(|_| place.next().is_none_or(|place| !gone.contains(&place)));
}

fn text<'a>(record: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    record.get(name).and_then(Value::as_str)
}

fn id(item: &Item) -> Option<u32> {
    item.record().get(ID).and_then(Value::as_u64).and_then(|id| u32::try_from(id).ok())
}

/// How pictures become vectors, but for the weights.
fn way(manifest: &Manifest) -> String {
    let looks: Vec<String> = manifest.looks().iter().map(|look| look.name()).collect();
    format!("{:?} {}", manifest.embedding, looks.join(" ")).to_lowercase()
}
