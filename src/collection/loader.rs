use super::pictures::Pictures;
use super::{CollectionError, Item, Manifest, Part, Shard, sha256};
use crate::index::{Allowed, Bytes, Forest, Index, IndexError, MAX_DIM, Query, Rows, Sieve, Vectors, VectorsFile};
use serde_json::{Map, Value};
use std::ops::Range;

/// Takes the files of a collection one by one, in any order, and believes none before its hash is right.
#[derive(Debug)]
pub struct Loader {
    /// What has come, each thing in its place; empty places where nothing has.
    collection: Collection,
    /// Which shards of each part have come, in the manifest's order.
    come: [Vec<bool>; 5],
    /// What each shard of the forest held.
    trees: Vec<Option<Forest>>,
}

impl Loader {
    pub fn new(manifest: Manifest) -> Loader {
        // A length that no vectors have is refused when the first of them come.
        let dim = manifest.model.id.dim.clamp(1, MAX_DIM);
        let vectors = Vectors::new(dim).expect("a length that vectors have").with_metric(manifest.metric);
        Loader {
            come: Part::ALL.map(|part| vec![false; manifest.shards.of(part).len()]),
            trees: vec![None; manifest.shards.forest.len()],
            collection: Collection {
                sieve: Sieve::new(&vectors),
                forest: Forest::none(0),
                vectors,
                items: Vec::new(),
                thumbnails: Vec::new(),
                samples: Vec::new(),
                arrived: Some(Allowed::none(0)),
                manifest,
            },
        }
    }

    pub fn manifest(&self) -> &Manifest {
        &self.collection.manifest
    }

    /// What has come so far: [`Collection::arrived`] says of which works. It can be searched by comparing all of these.
    pub fn so_far(&self) -> &Collection {
        &self.collection
    }

    /// Verifies one file that [`Manifest::files`] names, by its length and its SHA-256, and reads it.
    pub fn add(&mut self, file: &str, bytes: &[u8]) -> Result<(), CollectionError> {
        self.add_hashed(file, &bytes, &sha256(bytes))
    }

    /// The same where the caller has a faster way to the SHA-256 of the bytes (lower-case hex), and took it.
    pub fn add_hashed(&mut self, file: &str, bytes: &dyn Bytes, sha256: &str) -> Result<(), CollectionError> {
        // Shards with the same content have the same name: one file may fill several places.
        let places: Vec<(Part, usize, Shard)> = Part::ALL
            .into_iter()
            .flat_map(|part| {
                let shards = self.manifest().shards.of(part).iter().enumerate();
                shards.filter(|(_, shard)| shard.file == file).map(move |(place, shard)| (part, place, shard.clone()))
            })
            .collect();
        if places.is_empty() {
            return Err(CollectionError::NotListed { file: file.into() });
        }
        for (part, place, shard) in places {
            verify(&shard, bytes, sha256)?;
            self.read(part, place, &shard, bytes)?;
            self.come[part as usize][place] = true;
            self.arrive(part, &shard);
        }
        Ok(())
    }

    /// Makes what has come a whole collection, once every file was added.
    ///
    /// # Errors
    /// [`CollectionError::Missing`] if one was not; then nothing has changed.
    pub fn complete(&mut self) -> Result<(), CollectionError> {
        let Loader { collection, come, trees, .. } = self;
        if collection.arrived.is_none() {
            return Ok(());
        }
        for (part, come) in Part::ALL.into_iter().zip(come) {
            let mut shards = collection.manifest.shards.of(part).iter().zip(come);
            if let Some((shard, _)) = shards.find(|(_, come)| !**come) {
                return Err(CollectionError::Missing { file: shard.file.clone() });
            }
        }
        if collection.vectors.is_empty() {
            return Err(CollectionError::Manifest("it names no vectors".into()));
        }
        let mut forest: Option<Forest> = None;
        // All have the same shape: that was compared when they came.
        for more in trees.iter_mut().filter_map(Option::take) {
            match &mut forest {
                Some(forest) => forest.append(more)?,
                None => forest = Some(more),
            }
        }
        collection.forest = forest.unwrap_or_else(|| Forest::none(collection.vectors.len()));
        collection.sieve = Sieve::new(&collection.vectors);
        collection.arrived = None;
        Ok(())
    }

    /// The collection, once every file was added.
    pub fn finish(mut self) -> Result<Collection, CollectionError> {
        self.complete()?;
        Ok(self.collection)
    }

    /// Works have arrived where both of their parts have, this one with the shard that came just now.
    fn arrive(&mut self, part: Part, shard: &Shard) {
        let other = match part {
            Part::Vectors => Part::Items,
            Part::Items => Part::Vectors,
            _ => return,
        };
        let Collection { manifest, arrived: Some(arrived), .. } = &mut self.collection else { return };
        if arrived.items() == 0 {
            *arrived = Allowed::none(manifest.count as usize);
        }
        let others = manifest.shards.of(other).iter().zip(&self.come[other as usize]);
        let here = others.filter(|(_, come)| **come).flat_map(|(other, _)| common(shard, other));
        here.for_each(|item| arrived.insert(item));
    }

    /// Reads a shard, compares it with what the manifest says and puts what it holds into its place.
    fn read(&mut self, part: Part, place: usize, shard: &Shard, bytes: &dyn Bytes) -> Result<(), CollectionError> {
        let Loader { collection, trees, .. } = self;
        let Collection { manifest, vectors, .. } = collection;
        let contents = |reason: String| CollectionError::Contents { file: shard.file.clone(), reason };
        let damaged = |error: IndexError| contents(error.to_string());
        let as_many = |held: usize| match held == shard.count as usize {
            true => Ok(()),
            false => Err(contents(format!("it holds {held} instead of {}", shard.count))),
        };
        let first = shard.first as usize;
        match part {
            Part::Vectors => {
                let (file, dim) = (VectorsFile::read(bytes).map_err(damaged)?, manifest.model.id.dim);
                if file.dim() != dim {
                    return Err(contents(format!("its vectors have {} numbers, the model gives {dim}", file.dim())));
                }
                let rows = manifest.rows();
                if file.len() != rows.count(shard.count as usize) {
                    let (held, looks) = (file.len(), rows.looks());
                    return Err(contents(format!("it holds {held} vectors for {} works of {looks} each", shard.count)));
                }
                if vectors.is_empty() {
                    manifest.check_room(part)?;
                    *vectors = Vectors::zeros(dim, rows.count(manifest.count as usize))?.with_metric(manifest.metric);
                }
                vectors.place(rows.count(first), &file)?;
            }
            Part::Forest => {
                let forest = Forest::from_safetensors(bytes).map_err(damaged)?;
                let rows = manifest.rows().count(manifest.count as usize);
                if forest.items() != rows {
                    return Err(contents(format!("its trees hold {} vectors of {rows}", forest.items())));
                }
                let leaf = forest.leaf();
                if let Some(other) = trees.iter().flatten().map(Forest::leaf).find(|&other| other != leaf) {
                    return Err(contents(format!("its trees have leaves of {leaf} vectors, other trees of {other}")));
                }
                as_many(forest.len())?;
                trees[place] = Some(forest);
            }
            Part::Items => {
                let mut json = vec![0; bytes.len()];
                bytes.copy(0, &mut json);
                let records: Vec<Map<String, Value>> =
                    serde_json::from_slice(&json).map_err(|error| contents(error.to_string()))?;
                as_many(records.len())?;
                if collection.items.is_empty() {
                    manifest.check_room(part)?;
                    collection.items = room(manifest.count as usize)?;
                }
                let places = collection.items.iter_mut().skip(first);
                for ((position, record), place) in records.into_iter().enumerate().zip(places) {
                    *place =
                        Item::from_record(record).map_err(|reason| contents(format!("record {position}: {reason}")))?;
                }
            }
            Part::Thumbnails | Part::Samples => {
                let pictures = Pictures::from_safetensors(part.name(), bytes).map_err(damaged)?;
                if part == Part::Samples && pictures.samples().count() != pictures.len() {
                    return Err(contents("it does not describe its samples".into()));
                }
                as_many(pictures.len())?;
                let list = if part == Part::Samples { &mut collection.samples } else { &mut collection.thumbnails };
                match list.binary_search_by_key(&first, |(first, _)| *first) {
                    Ok(here) => list[here].1 = pictures,
                    Err(before) => list.insert(before, (first, pictures)),
                }
            }
        }
        Ok(())
    }
}

/// The items that two shards have in common.
fn common(one: &Shard, other: &Shard) -> Range<u32> {
    let end = |shard: &Shard| shard.first.saturating_add(shard.count);
    one.first.max(other.first)..end(one).min(end(other))
}

/// Places for the records of all items.
fn room(count: usize) -> Result<Vec<Item>, CollectionError> {
    let mut items = Vec::new();
    let bytes = (count as u64).saturating_mul(size_of::<Item>() as u64);
    items.try_reserve_exact(count).map_err(|_| IndexError::NoRoom { bytes })?;
    items.resize_with(count, Item::to_come);
    Ok(items)
}

fn verify(shard: &Shard, bytes: &dyn Bytes, sha256: &str) -> Result<(), CollectionError> {
    let file = || shard.file.clone();
    if bytes.len() as u64 != shard.bytes {
        return Err(CollectionError::Length { file: file(), got: bytes.len() as u64, expected: shard.bytes });
    }
    if sha256 != shard.sha256 {
        return Err(CollectionError::Hash { file: file() });
    }
    Ok(())
}

/// Everything that is needed to answer, on the device; or as much of it as has [arrived](Collection::arrived).
#[derive(Debug, Clone)]
pub struct Collection {
    manifest: Manifest,
    vectors: Vectors,
    sieve: Sieve,
    forest: Forest,
    items: Vec<Item>,
    /// With the number of the first item.
    thumbnails: Vec<(usize, Pictures)>,
    /// With the number of the first sample.
    samples: Vec<(usize, Pictures)>,
    arrived: Option<Allowed>,
}

/// A ready query picture that the collection brings along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sample<'a> {
    /// What a visitor reads, for instance "A corner of a picture".
    pub label: &'a str,
    /// What was done to the picture, for instance `crop`.
    pub change: &'a str,
    pub jpeg: &'a [u8],
}

impl Collection {
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// While it is on its way, the works that can be searched: those whose vectors, all of them, and whose records have come.
    /// Nothing once it is whole.
    pub fn arrived(&self) -> Option<&Allowed> {
        self.arrived.as_ref()
    }

    /// How many works can be searched: all of them, or those that have [arrived](Collection::arrived).
    pub fn searchable(&self) -> usize {
        self.arrived.as_ref().map_or(self.len(), Allowed::count)
    }

    /// The vectors of all works; [`Collection::rows`] says which belong to which.
    pub fn vectors(&self) -> &Vectors {
        &self.vectors
    }

    /// Which vectors belong to which work.
    pub fn rows(&self) -> Rows {
        self.manifest.rows()
    }

    /// The whole of a work as a query for works like it.
    ///
    /// # Panics
    /// If there is no such item.
    pub fn query(&self, item: usize) -> Query {
        self.vectors.query(self.rows().of(item).start)
    }

    pub fn forest(&self) -> &Forest {
        &self.forest
    }

    /// Vectors and forest, ready to be searched for vectors; [`Collection::rows`] makes works of them.
    pub fn index(&self) -> Index<'_> {
        Index { vectors: &self.vectors, forest: &self.forest, sieve: &self.sieve }
    }

    /// Items in the collection, at least 1; while it is on its way, those that it will have.
    #[expect(clippy::len_without_is_empty, reason = "a collection is never empty")]
    pub fn len(&self) -> usize {
        self.manifest.count as usize
    }

    /// An item's record.
    ///
    /// # Panics
    /// If there is no such item.
    pub fn item(&self, item: usize) -> &Item {
        &self.items[item]
    }

    /// All items. While the collection is on its way, none before the first have come, and then empty records where others
    /// are still to come.
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// A small JPEG of an item; empty where the collection was built without pictures, there is no such item, or it is still on
    /// its way.
    pub fn thumbnail(&self, item: usize) -> &[u8] {
        let after = self.thumbnails.partition_point(|(first, _)| *first <= item);
        let shard = after.checked_sub(1).map(|shard| &self.thumbnails[shard]);
        shard.and_then(|(first, pictures)| pictures.get(item - first)).unwrap_or_default()
    }

    /// Ready query pictures, to try the collection with.
    pub fn samples(&self) -> impl Iterator<Item = Sample<'_>> {
        let pictures = self.samples.iter().flat_map(|(_, pictures)| pictures.samples());
        pictures.map(|(note, jpeg)| Sample { label: &note.label, change: &note.change, jpeg })
    }
}
