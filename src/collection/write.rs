use super::pictures::{Pictures, SampleNote};
use super::{
    CollectionError, EmbeddingKind, FORMAT, Item, MAX_SHARD_BYTES, Manifest, ModelFile, Part, Quality, Shard, Shards,
    VERSION, sha256,
};
use crate::index::{Forest, MetricName, Vectors};
use std::path::{Path, PathBuf};

/// Left free in every file for its header, which says what the tensors are.
const HEADER_BYTES: usize = 64 << 10;
const ROOM: usize = MAX_SHARD_BYTES as usize - HEADER_BYTES;

/// What a collection is called and how it was made.
#[derive(Debug, Clone)]
pub struct About {
    pub title: String,
    /// The model that made the embeddings.
    pub model: ModelFile,
    pub seed: u64,
    /// How the embeddings are compared.
    pub metric: MetricName,
    /// How long they are.
    pub embedding: EmbeddingKind,
    /// Names of the metadata columns, in the order in which they were given.
    pub columns: Vec<String>,
}

/// Writes a collection into a folder, item by item. Full files are written at once, so that a large collection does not
/// have to fit into memory; the manifest comes last.
#[derive(Debug)]
pub struct CollectionWriter {
    about: About,
    files: Files,
    vectors: Vectors,
    items: Vec<u8>,
    thumbnails: Pictures,
    samples: Pictures,
}

impl CollectionWriter {
    /// Begins a collection in `folder`, which is made where it is missing.
    pub fn new(folder: &Path, about: About) -> Result<CollectionWriter, CollectionError> {
        fs_err::create_dir_all(folder)?;
        let vectors = Vectors::new(about.model.id.dim)?.with_metric(about.metric);
        let files = Files { folder: folder.to_owned(), shards: Shards::default() };
        let (thumbnails, samples) = (Pictures::new(), Pictures::new());
        Ok(CollectionWriter { about, files, vectors, items: Vec::new(), thumbnails, samples })
    }

    /// Adds an item and gives its number. `thumbnail` is a small JPEG, or empty where there is no picture.
    pub fn add(&mut self, embedding: &[f32], item: &Item, thumbnail: &[u8]) -> Result<u32, CollectionError> {
        let record = serde_json::to_vec(item.record()).expect("a record is JSON");
        for (part, got) in [(Part::Items, record.len() + 2), (Part::Thumbnails, thumbnail.len() + 8)] {
            if got > ROOM {
                return Err(CollectionError::TooLarge { part, item: self.vectors.len(), got });
            }
        }
        let number = self.vectors.push(embedding)?;
        if self.items.len() + record.len() + 4 > ROOM {
            self.flush_items(number)?;
        }
        self.items.extend_from_slice(if self.items.is_empty() { b"[\n" } else { b",\n" });
        self.items.extend_from_slice(&record);
        if self.thumbnails.bytes() + thumbnail.len() + 4 > ROOM {
            self.flush_thumbnails(number)?;
        }
        self.thumbnails.push(thumbnail);
        Ok(number)
    }

    /// Adds a ready query picture: what a visitor reads about it, what was done to it, and its JPEG.
    pub fn add_sample(&mut self, label: &str, change: &str, jpeg: &[u8]) -> Result<(), CollectionError> {
        let note = SampleNote { label: label.into(), change: change.into() };
        // The notes are in the header; in it, a letter takes six bytes at most.
        let bytes = jpeg.len() + 4 + 6 * (label.len() + change.len()) + 64;
        if bytes > ROOM {
            return Err(CollectionError::TooLarge { part: Part::Samples, item: self.samples.len(), got: bytes });
        }
        if self.samples.bytes() + 6 * self.samples.note_bytes() + bytes > ROOM {
            self.flush_samples()?;
        }
        self.samples.push_sample(note, jpeg);
        Ok(())
    }

    /// The embeddings added so far.
    pub fn vectors(&self) -> &Vectors {
        &self.vectors
    }

    /// Writes what is left and the manifest. `forest` must be built over [`vectors`](CollectionWriter::vectors).
    pub fn finish(mut self, forest: &Forest, quality: Quality) -> Result<Manifest, CollectionError> {
        let count = self.vectors.len();
        if count == 0 {
            return Err(CollectionError::Empty);
        }
        if forest.items() != count {
            let (forest, vectors) = (forest.items(), count);
            return Err(crate::index::IndexError::OtherVectors { forest, vectors }.into());
        }
        self.flush_items(count as u32)?;
        self.flush_thumbnails(count as u32)?;
        self.flush_samples()?;
        for items in pieces(count, ROOM / (self.vectors.dim() + 4)) {
            let bytes = self.vectors.to_safetensors(items.clone());
            self.files.put(Part::Vectors, items.start, items.len(), &bytes)?;
        }
        let trees_in_a_file = ROOM / forest.tree_bytes().max(1);
        if trees_in_a_file == 0 {
            return Err(CollectionError::TooManyItems { items: count });
        }
        for trees in pieces(forest.len(), trees_in_a_file) {
            self.files.put(Part::Forest, trees.start, trees.len(), &forest.to_safetensors(trees.clone()))?;
        }
        let manifest = Manifest {
            format: FORMAT.into(),
            version: VERSION,
            title: self.about.title,
            generator: concat!("private-eye ", env!("CARGO_PKG_VERSION")).into(),
            seed: self.about.seed,
            model: self.about.model,
            metric: self.vectors.metric(),
            embedding: self.about.embedding,
            count: count as u32,
            columns: self.about.columns,
            shards: self.files.shards,
            quality,
        };
        let json = manifest.to_json();
        // A collection that its own readers would refuse must not leave the house.
        Manifest::from_json(json.as_bytes())?;
        fs_err::write(self.files.folder.join("manifest.json"), json)?;
        Ok(manifest)
    }

    /// Writes the records gathered for the items before `next`.
    fn flush_items(&mut self, next: u32) -> Result<(), CollectionError> {
        if !self.items.is_empty() {
            self.items.extend_from_slice(b"\n]");
            self.files.put_until(Part::Items, next as usize, &std::mem::take(&mut self.items))?;
        }
        Ok(())
    }

    fn flush_thumbnails(&mut self, next: u32) -> Result<(), CollectionError> {
        let thumbnails = std::mem::replace(&mut self.thumbnails, Pictures::new());
        if thumbnails.len() > 0 {
            self.files.put_until(
                Part::Thumbnails,
                next as usize,
                &thumbnails.to_safetensors(Part::Thumbnails.name()),
            )?;
        }
        Ok(())
    }

    fn flush_samples(&mut self) -> Result<(), CollectionError> {
        let samples = std::mem::replace(&mut self.samples, Pictures::new());
        if samples.len() > 0 {
            let first = self.files.next(Part::Samples);
            self.files.put(Part::Samples, first, samples.len(), &samples.to_safetensors(Part::Samples.name()))?;
        }
        Ok(())
    }
}

/// The files written so far.
#[derive(Debug)]
struct Files {
    folder: PathBuf,
    shards: Shards,
}

impl Files {
    /// Number of the first thing that no file of this part holds yet.
    fn next(&self, part: Part) -> usize {
        self.shards.of(part).last().map_or(0, |shard| (shard.first + shard.count) as usize)
    }

    fn put_until(&mut self, part: Part, end: usize, bytes: &[u8]) -> Result<(), CollectionError> {
        let first = self.next(part);
        self.put(part, first, end - first, bytes)
    }

    fn put(&mut self, part: Part, first: usize, count: usize, bytes: &[u8]) -> Result<(), CollectionError> {
        let sha256 = sha256(bytes);
        let file = part.file(&sha256);
        fs_err::write(self.folder.join(&file), bytes)?;
        let (first, count) = (first as u32, count as u32);
        self.shards.of_mut(part).push(Shard { file, sha256, bytes: bytes.len() as u64, first, count });
        Ok(())
    }
}

/// `0..count` in pieces of at most `size`.
fn pieces(count: usize, size: usize) -> impl Iterator<Item = std::ops::Range<usize>> {
    (0..count).step_by(size.max(1)).map(move |first| first..count.min(first + size.max(1)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collection::manifest::tests::example;
    use crate::collection::{locate, read};
    use crate::index::ForestOptions;
    use serde_json::Value;

    fn writer(folder: &Path) -> CollectionWriter {
        let example = example();
        let about = About {
            title: example.title,
            model: example.model,
            seed: 7,
            metric: example.metric,
            embedding: example.embedding,
            columns: example.columns,
        };
        CollectionWriter::new(folder, about).unwrap()
    }

    fn finish(writer: CollectionWriter) -> Manifest {
        let options = ForestOptions { trees: 3, ..Default::default() };
        let forest = Forest::build(writer.vectors(), &options).unwrap();
        writer.finish(&forest, example().quality).unwrap()
    }

    #[test]
    fn a_collection_too_large_for_one_file_is_read_back_whole() {
        let folder = tempfile::tempdir().unwrap();
        let mut writer = writer(folder.path());
        let text = "a long description ".repeat(50_000);
        let thumbnail = |item: u32| vec![item as u8; 1_000_000 + item as usize];
        for item in 0..20 {
            let record = Item::new(format!("{item}.jpg"), format!("No. {item}")).with_column("text", text.as_str());
            assert_eq!(writer.add(&[item as f32, 1.0, 0.0, 2.0], &record, &thumbnail(item)).unwrap(), item);
        }
        for sample in ["a", "b"] {
            writer.add_sample(sample, "crop", &vec![7; 5_000_000]).unwrap();
        }
        let manifest = finish(writer);
        assert!(manifest.shards.items.len() > 1 && manifest.shards.thumbnails.len() > 1);
        assert_eq!(manifest.shards.samples.len(), 2);

        let collection = read(folder.path()).unwrap();
        assert_eq!(collection.manifest(), &manifest);
        for item in 0..20 {
            assert_eq!(collection.item(item).title(), format!("No. {item}"));
            assert_eq!(collection.item(item).record()["text"], Value::from(text.as_str()));
            assert_eq!(collection.thumbnail(item), thumbnail(item as u32));
        }
        assert_eq!(collection.thumbnail(20), b"");
        assert_eq!(collection.samples().map(|sample| sample.label).collect::<Vec<_>>(), ["a", "b"]);
        for (_, shard) in manifest.files() {
            let bytes = std::fs::metadata(folder.path().join(&shard.file)).unwrap().len();
            assert!(bytes == shard.bytes && bytes <= MAX_SHARD_BYTES);
        }
    }

    #[test]
    fn equal_files_are_written_once_and_read_for_every_place() {
        let folder = tempfile::tempdir().unwrap();
        let mut writer = writer(folder.path());
        for _ in 0..2 {
            writer.add(&[1.0; 4], &Item::new("a.jpg", "a"), &vec![3; 6_000_000]).unwrap();
        }
        let manifest = finish(writer);
        let [first, second] = &manifest.shards.thumbnails[..] else { panic!("{manifest:?}") };
        assert_eq!(first.file, second.file);
        assert_eq!(read(folder.path()).unwrap().thumbnail(1).len(), 6_000_000);
    }

    #[test]
    fn nothing_that_does_not_fit_into_a_file_is_taken() {
        let folder = tempfile::tempdir().unwrap();
        let mut writer = writer(folder.path());
        let item = Item::new("a.jpg", "a");
        assert!(writer.add(&[1.0; 4], &item, &vec![0; MAX_SHARD_BYTES as usize]).is_err());
        let long = item.clone().with_column("text", "x".repeat(MAX_SHARD_BYTES as usize));
        assert!(writer.add(&[1.0; 4], &long, b"").is_err());
        assert!(writer.add(&[f32::NAN; 4], &item, b"").is_err());
        assert!(writer.add(&[1.0; 3], &item, b"").is_err());
        assert_eq!(writer.add(&[1.0; 4], &item, b"").unwrap(), 0);
        assert_eq!(finish(writer).count, 1);
        assert_eq!(locate(folder.path()).unwrap(), folder.path());
    }

    #[test]
    fn an_empty_collection_is_not_written() {
        let folder = tempfile::tempdir().unwrap();
        let writer = writer(folder.path());
        let forest = Forest::build(writer.vectors(), &ForestOptions::default()).unwrap();
        assert!(matches!(writer.finish(&forest, example().quality), Err(CollectionError::Empty)));
        assert!(!folder.path().join("manifest.json").exists());
    }

    #[test]
    fn one_flipped_bit_in_any_file_is_refused_with_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let mut writer = writer(folder.path());
        for item in 0..5 {
            writer.add(&[item as f32, 1.0, 3.0, 2.0], &Item::new("a.jpg", "a"), b"jpeg").unwrap();
        }
        writer.add_sample("a corner", "crop", b"jpeg").unwrap();
        let manifest = finish(writer);
        for (_, shard) in manifest.files() {
            let path = folder.path().join(&shard.file);
            let intact = std::fs::read(&path).unwrap();
            let mut flipped = intact.clone();
            flipped[intact.len() / 2] ^= 4;
            for (damaged, word) in [(flipped.as_slice(), "damaged"), (&intact[1..], "bytes")] {
                std::fs::write(&path, damaged).unwrap();
                let error = read(folder.path()).unwrap_err().to_string();
                assert!(error.contains(&shard.file) && error.contains(word), "{error}");
            }
            std::fs::remove_file(&path).unwrap();
            let error = read(folder.path()).unwrap_err().to_string();
            assert!(error.contains(&shard.file) && error.contains("missing"), "{error}");
            std::fs::write(&path, intact).unwrap();
        }
        assert_eq!(read(folder.path()).unwrap().len(), 5);
    }
}
