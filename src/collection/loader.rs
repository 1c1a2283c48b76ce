use super::pictures::Pictures;
use super::{CollectionError, Item, Manifest, Part, Shard, sha256};
use crate::index::{Bytes, Forest, Index, IndexError, Query, Rows, Sieve, Vectors, VectorsFile};
use serde_json::{Map, Value};

/// Takes the files of a collection one by one, in any order, and believes none before its hash is right.
#[derive(Debug)]
pub struct Loader {
    manifest: Manifest,
    /// All of them, once a shard has come; zeros where none has.
    vectors: Option<Vectors>,
    /// What each shard of each part held, in the manifest's order.
    loaded: [Vec<Option<Content>>; 5],
}

#[derive(Debug, Clone)]
enum Content {
    /// In their places.
    Vectors,
    Forest(Forest),
    Items(Vec<Item>),
    Pictures(Pictures),
}

impl Loader {
    pub fn new(manifest: Manifest) -> Loader {
        let loaded = Part::ALL.map(|part| vec![None; manifest.shards.of(part).len()]);
        Loader { manifest, vectors: None, loaded }
    }

    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Verifies one file that [`Manifest::files`] names, by its length and its SHA-256, and reads it.
    pub fn add(&mut self, file: &str, bytes: &[u8]) -> Result<(), CollectionError> {
        self.add_hashed(file, &bytes, &sha256(bytes))
    }

    /// The same where the caller has a faster way to the SHA-256 of the bytes (lower-case hex), and took it.
    pub fn add_hashed(&mut self, file: &str, bytes: &dyn Bytes, sha256: &str) -> Result<(), CollectionError> {
        let Loader { manifest, vectors, loaded } = self;
        let mut listed = false;
        for (part, loaded) in Part::ALL.into_iter().zip(loaded) {
            // Shards with the same content have the same name: one file may fill several places.
            for (shard, place) in manifest.shards.of(part).iter().zip(loaded) {
                if shard.file == file {
                    if !listed {
                        verify(shard, bytes, sha256)?;
                        listed = true;
                    }
                    *place = Some(read(part, shard, manifest, bytes, vectors)?);
                }
            }
        }
        if listed { Ok(()) } else { Err(CollectionError::NotListed { file: file.into() }) }
    }

    /// The collection, once every file was added.
    pub fn finish(self) -> Result<Collection, CollectionError> {
        let Loader { manifest, vectors, loaded } = self;
        let mut forest: Option<Forest> = None;
        let mut items = Vec::new();
        let mut thumbnails = Vec::new();
        let mut samples = Vec::new();
        for (part, loaded) in Part::ALL.into_iter().zip(loaded) {
            for (shard, content) in manifest.shards.of(part).iter().zip(loaded) {
                match content.ok_or_else(|| CollectionError::Missing { file: shard.file.clone() })? {
                    Content::Vectors => {}
                    Content::Forest(more) => match &mut forest {
                        Some(forest) => forest.append(more)?,
                        None => forest = Some(more),
                    },
                    Content::Items(more) => items.extend(more),
                    Content::Pictures(pictures) if part == Part::Samples => samples.push(pictures),
                    Content::Pictures(pictures) => thumbnails.push((shard.first as usize, pictures)),
                }
            }
        }
        let vectors = vectors.ok_or_else(|| CollectionError::Manifest("it names no vectors".into()))?;
        let vectors = vectors.with_metric(manifest.metric);
        let forest = forest.unwrap_or_else(|| Forest::none(vectors.len()));
        let sieve = Sieve::new(&vectors);
        Ok(Collection { manifest, vectors, sieve, forest, items, thumbnails, samples })
    }
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

/// Reads a shard and compares it with what the manifest says. Vectors go into their place among all of them.
fn read(
    part: Part,
    shard: &Shard,
    manifest: &Manifest,
    bytes: &dyn Bytes,
    vectors: &mut Option<Vectors>,
) -> Result<Content, CollectionError> {
    let contents = |reason: String| CollectionError::Contents { file: shard.file.clone(), reason };
    let damaged = |error: IndexError| contents(error.to_string());
    let (content, held) = match part {
        Part::Vectors => {
            let (file, dim) = (VectorsFile::read(bytes).map_err(damaged)?, manifest.model.id.dim);
            if file.dim() != dim {
                return Err(contents(format!("its vectors have {} numbers, the model gives {dim}", file.dim())));
            }
            let rows = manifest.rows();
            if file.len() != rows.count(shard.count as usize) {
                let looks = rows.looks();
                return Err(contents(format!(
                    "it holds {} vectors for {} works of {looks} each",
                    file.len(),
                    shard.count
                )));
            }
            let all = match vectors {
                Some(all) => all,
                None => vectors.insert(Vectors::zeros(dim, rows.count(manifest.count as usize))?),
            };
            all.place(rows.count(shard.first as usize), &file)?;
            (Content::Vectors, shard.count as usize)
        }
        Part::Forest => {
            let forest = Forest::from_safetensors(bytes).map_err(damaged)?;
            let rows = manifest.rows().count(manifest.count as usize);
            if forest.items() != rows {
                return Err(contents(format!("its trees hold {} vectors of {rows}", forest.items())));
            }
            let held = forest.len();
            (Content::Forest(forest), held)
        }
        Part::Items => {
            let mut json = vec![0; bytes.len()];
            bytes.copy(0, &mut json);
            let records: Vec<Map<String, Value>> =
                serde_json::from_slice(&json).map_err(|error| contents(error.to_string()))?;
            let items = records.into_iter().enumerate().map(|(position, record)| {
                Item::from_record(record).map_err(|reason| contents(format!("record {position}: {reason}")))
            });
            let items: Vec<Item> = items.collect::<Result<_, _>>()?;
            let held = items.len();
            (Content::Items(items), held)
        }
        Part::Thumbnails | Part::Samples => {
            let pictures = Pictures::from_safetensors(part.name(), bytes).map_err(damaged)?;
            if part == Part::Samples && pictures.samples().count() != pictures.len() {
                return Err(contents("it does not describe its samples".into()));
            }
            let held = pictures.len();
            (Content::Pictures(pictures), held)
        }
    };
    if held != shard.count as usize {
        return Err(contents(format!("it holds {held} instead of {}", shard.count)));
    }
    Ok(content)
}

/// Everything that is needed to answer, on the device.
#[derive(Debug, Clone)]
pub struct Collection {
    manifest: Manifest,
    vectors: Vectors,
    sieve: Sieve,
    forest: Forest,
    items: Vec<Item>,
    /// With the number of the first item.
    thumbnails: Vec<(usize, Pictures)>,
    samples: Vec<Pictures>,
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

    /// Items in the collection, at least 1.
    #[expect(clippy::len_without_is_empty, reason = "a collection is never empty")]
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// An item's record.
    ///
    /// # Panics
    /// If there is no such item.
    pub fn item(&self, item: usize) -> &Item {
        &self.items[item]
    }

    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// A small JPEG of an item; empty where the collection was built without pictures or there is no such item.
    pub fn thumbnail(&self, item: usize) -> &[u8] {
        let after = self.thumbnails.partition_point(|(first, _)| *first <= item);
        let shard = after.checked_sub(1).map(|shard| &self.thumbnails[shard]);
        shard.and_then(|(first, pictures)| pictures.get(item - first)).unwrap_or_default()
    }

    /// Ready query pictures, to try the collection with.
    pub fn samples(&self) -> impl Iterator<Item = Sample<'_>> {
        let pictures = self.samples.iter().flat_map(Pictures::samples);
        pictures.map(|(note, jpeg)| Sample { label: &note.label, change: &note.change, jpeg })
    }
}
