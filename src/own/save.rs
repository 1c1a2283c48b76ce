use super::{Own, OwnError};
use crate::collection::{CollectionError, Item, MAX_SHARD_BYTES, Manifest, Part, Pictures, Shard, Shards};
use crate::index::Effort;

/// Items that share files. The last files are written anew when a picture comes, so they should not be large, and those
/// before them stay as they are, so there should not be many.
const GROUP: usize = 128;
/// A group ends early before its thumbnails, or its records, have more bytes.
const GROUP_BYTES: usize = MAX_SHARD_BYTES as usize / 2;
/// The parts of a collection that grows.
const PARTS: [Part; 3] = [Part::Vectors, Part::Items, Part::Thumbnails];

/// Items that follow each other, and the files that hold them, in the order of [`PARTS`].
#[derive(Debug, Clone)]
pub(super) struct Group {
    first: usize,
    count: usize,
    shards: [Shard; 3],
}

/// What there is to write: the new files first, then the manifest; then files that it does not name may go.
#[derive(Debug, Clone, PartialEq)]
pub struct Saved {
    /// Nothing where there are no pictures.
    pub manifest: Option<String>,
    /// Those that were not written before.
    pub files: Vec<NewFile>,
    /// Names of all files that the manifest names.
    pub names: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFile {
    pub name: String,
    pub bytes: Vec<u8>,
}

impl Own {
    /// What is to be written, so that everything that is here is kept. The caller writes it, or restores what was kept
    /// before: from now on the files count as written.
    pub fn save(&mut self) -> Result<Saved, OwnError> {
        let mut files = Vec::new();
        // What was not full yet is written anew with what came.
        if self.groups.last().is_some_and(|last| last.end() < self.len() && self.end_from(last.first) > last.end()) {
            self.groups.pop();
        }
        let mut first = self.groups.last().map_or(0, Group::end);
        while first < self.len() {
            let end = self.end_from(first);
            self.groups.push(self.write(first, end, &mut files)?);
            first = end;
        }
        let manifest = (!self.is_empty()).then(|| self.manifest());
        let names = manifest.iter().flat_map(Manifest::files).map(|(_, shard)| shard.file.clone()).collect();
        let manifest = manifest.map(|manifest| manifest.to_json());
        if let Some(json) = &manifest {
            // What its own reader would refuse must not take the place of what it would read.
            Manifest::from_json(json.as_bytes())?;
        }
        Ok(Saved { manifest, files, names })
    }

    /// Bytes of all files that are written, the manifest not among them.
    pub fn bytes(&self) -> u64 {
        self.groups.iter().flat_map(|group| &group.shards).map(|shard| shard.bytes).sum()
    }

    fn manifest(&self) -> Manifest {
        let mut manifest = self.like.clone();
        manifest.count = self.len() as u32;
        for group in &self.groups {
            for (part, shard) in PARTS.into_iter().zip(&group.shards) {
                manifest.shards.of_mut(part).push(shard.clone());
            }
        }
        manifest
    }

    /// Where the group that begins with an item ends.
    fn end_from(&self, first: usize) -> usize {
        let mut bytes = 0;
        let mut end = first;
        while end < self.len() && end - first < GROUP {
            bytes += self.thumbnails[end].len() + record(&self.items[end]).len();
            if bytes > GROUP_BYTES && end > first {
                break;
            }
            end += 1;
        }
        end
    }

    fn write(&self, first: usize, end: usize, files: &mut Vec<NewFile>) -> Result<Group, OwnError> {
        let rows = self.rows();
        let vectors = self.vectors.to_safetensors(rows.count(first)..rows.count(end));
        let records: Vec<String> = self.items[first..end].iter().map(record).collect();
        let items = format!("[\n{}\n]", records.join(",\n")).into_bytes();
        let mut thumbnails = Pictures::new();
        self.thumbnails[first..end].iter().for_each(|jpeg| thumbnails.push(jpeg));
        let thumbnails = thumbnails.to_safetensors(Part::Thumbnails.name());
        let mut place = PARTS.into_iter();
        let shards = [vectors, items, thumbnails].map(|bytes| {
            let part = place.next().unwrap_or(Part::Thumbnails);
            let shard = Shard::new(part, &bytes, first as u32, (end - first) as u32);
            files.push(NewFile { name: shard.file.clone(), bytes });
            shard
        });
        Ok(Group { first, count: end - first, shards })
    }
}

impl Group {
    fn end(&self) -> usize {
        self.first + self.count
    }

    /// The groups of a collection that was saved; none where its files were divided otherwise.
    pub(super) fn of(manifest: &Manifest) -> Vec<Group> {
        let Shards { vectors, items, thumbnails, .. } = &manifest.shards;
        let together = vectors.iter().zip(items).zip(thumbnails).map(|((vectors, items), thumbnails)| {
            let group = [vectors, items, thumbnails];
            let alike = group.iter().all(|shard| (shard.first, shard.count) == (vectors.first, vectors.count));
            alike.then(|| Group {
                first: vectors.first as usize,
                count: vectors.count as usize,
                shards: group.map(Shard::clone),
            })
        });
        let groups: Option<Vec<Group>> = together.collect();
        let whole = groups.filter(|groups| groups.last().is_some_and(|last| last.end() == manifest.count as usize));
        whole.unwrap_or_default()
    }

    /// Keeps the groups that end before an item.
    pub(super) fn keep_before(groups: &mut Vec<Group>, item: usize) {
        groups.retain(|group| group.end() <= item);
    }
}

/// Makes a manifest say that every vector is compared, and that there is no file yet.
pub(super) fn scan_only(manifest: &mut Manifest) {
    manifest.shards = Shards::default();
    manifest.quality.effort = Vec::new();
    manifest.quality.default_effort = Effort::Exact;
    manifest.quality.exact_below = u32::MAX;
}

/// Refuses what no file has room for.
pub(super) fn check_size(item: &Item, thumbnail: &[u8], place: usize) -> Result<(), CollectionError> {
    for (part, got) in [(Part::Items, record(item).len()), (Part::Thumbnails, thumbnail.len())] {
        if got > GROUP_BYTES {
            return Err(CollectionError::TooLarge { part, item: place, got });
        }
    }
    Ok(())
}

fn record(item: &Item) -> String {
    serde_json::Value::Object(item.record().clone()).to_string()
}
