//! The files that a manifest names.

use crate::collection::{CollectionError, sha256};
use serde::{Deserialize, Serialize};
use std::fmt;

/// No file of a collection is larger.
pub const MAX_SHARD_BYTES: u64 = 8 << 20;

/// The kinds of files in a collection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    Vectors,
    Forest,
    Items,
    Thumbnails,
    Samples,
}

/// The files of each part. Those of a part follow each other without gaps.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shards {
    pub vectors: Vec<Shard>,
    pub forest: Vec<Shard>,
    pub items: Vec<Shard>,
    pub thumbnails: Vec<Shard>,
    pub samples: Vec<Shard>,
}

/// One file of a collection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shard {
    /// `<part>-<first 16 digits of the SHA-256>.safetensors`, or `.json` for items.
    pub file: String,
    /// Lower-case hex.
    pub sha256: String,
    pub bytes: u64,
    /// Number of the first thing it holds: an item (for the vectors, with all of its vectors), for the forest a tree, for the
    /// samples a sample.
    pub first: u32,
    /// How many it holds.
    pub count: u32,
}

impl Part {
    pub const ALL: [Part; 5] = [Part::Vectors, Part::Forest, Part::Items, Part::Thumbnails, Part::Samples];

    /// For instance `vectors`, as in file names.
    pub fn name(self) -> &'static str {
        match self {
            Part::Vectors => "vectors",
            Part::Forest => "forest",
            Part::Items => "items",
            Part::Thumbnails => "thumbnails",
            Part::Samples => "samples",
        }
    }

    /// The name of the file with this content.
    pub(super) fn file(self, sha256: &str) -> String {
        let extension = if self == Part::Items { "json" } else { "safetensors" };
        format!("{}-{}.{extension}", self.name(), &sha256[..16])
    }
}

impl fmt::Display for Part {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl Shard {
    /// The file that holds these bytes of a part.
    pub(crate) fn new(part: Part, bytes: &[u8], first: u32, count: u32) -> Shard {
        let sha256 = sha256(bytes);
        Shard { file: part.file(&sha256), sha256, bytes: bytes.len() as u64, first, count }
    }

    /// Refuses a file that says it holds more things, of at least so many bytes each, than fit into it.
    pub(super) fn check_room(&self, least: u64) -> Result<(), CollectionError> {
        let Shard { file, bytes, count, .. } = self;
        if u64::from(*count).saturating_mul(least) <= *bytes {
            return Ok(());
        }
        let reason = format!("{count} things of {least} bytes or more do not fit into {bytes} bytes");
        Err(CollectionError::Contents { file: file.clone(), reason })
    }
}

impl Shards {
    pub fn of(&self, part: Part) -> &[Shard] {
        match part {
            Part::Vectors => &self.vectors,
            Part::Forest => &self.forest,
            Part::Items => &self.items,
            Part::Thumbnails => &self.thumbnails,
            Part::Samples => &self.samples,
        }
    }

    pub(crate) fn of_mut(&mut self, part: Part) -> &mut Vec<Shard> {
        match part {
            Part::Vectors => &mut self.vectors,
            Part::Forest => &mut self.forest,
            Part::Items => &mut self.items,
            Part::Thumbnails => &mut self.thumbnails,
            Part::Samples => &mut self.samples,
        }
    }

    /// What is wrong with these as the files of a manifest of so many items, but for whether there must be trees.
    pub(super) fn check(&self, items: u32) -> Result<(), String> {
        for part in Part::ALL {
            let mut next = 0_u64;
            for shard in self.of(part) {
                check_hash(&shard.sha256)?;
                if shard.file != part.file(&shard.sha256) {
                    return Err(format!("a file is called {:?} instead of {:?}", shard.file, part.file(&shard.sha256)));
                }
                if shard.bytes > MAX_SHARD_BYTES {
                    return Err(format!("{} has {} bytes, more than {MAX_SHARD_BYTES}", shard.file, shard.bytes));
                }
                if u64::from(shard.first) != next || shard.count == 0 {
                    return Err(format!("{} begins with {} instead of {next}, or is empty", shard.file, shard.first));
                }
                next += u64::from(shard.count);
            }
            if matches!(part, Part::Vectors | Part::Items | Part::Thumbnails) && next != u64::from(items) {
                return Err(format!("it has {items} items, but {part} for {next}"));
            }
        }
        Ok(())
    }
}

/// Refuses what is no hash, before anything is looked up by it or cut from it.
pub(super) fn check_hash(sha256: &str) -> Result<(), String> {
    if sha256.len() == 64 && sha256.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f')) {
        Ok(())
    } else {
        Err(format!("{sha256:?} is no SHA-256 in lower-case hex"))
    }
}
