use super::pictures::{Pictures, SampleNote};
use super::{
    CollectionError, EmbeddingKind, FORMAT, Item, MAX_SHARD_BYTES, Manifest, ModelFile, Part, Quality, Shard, Shards,
    VERSION,
};
use crate::image::Look;
use crate::index::{Forest, MetricName, Rows, Vectors};
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
    /// In which ways each work is looked at: the whole first, at most [`MAX_LOOKS`](super::MAX_LOOKS).
    pub looks: Vec<Look>,
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

    /// Adds an item that is looked at once, and gives its number. `thumbnail` is a small JPEG, or empty where there is no
    /// picture.
    pub fn add(&mut self, embedding: &[f32], item: &Item, thumbnail: &[u8]) -> Result<u32, CollectionError> {
        self.add_looks(&[embedding], item, thumbnail)
    }

    /// The same with an embedding for each look, in the order of [`About::looks`].
    pub fn add_looks(
        &mut self,
        embeddings: &[impl AsRef<[f32]>],
        item: &Item,
        thumbnail: &[u8],
    ) -> Result<u32, CollectionError> {
        let (rows, before) = (self.rows(), self.vectors.len());
        if embeddings.len() != rows.looks() {
            return Err(CollectionError::Looks { got: embeddings.len(), expected: rows.looks() });
        }
        let record = serde_json::to_vec(item.record()).expect("a record is JSON");
        for (part, got) in [(Part::Items, record.len() + 2), (Part::Thumbnails, thumbnail.len() + 8)] {
            if got > ROOM {
                return Err(CollectionError::TooLarge { part, item: rows.items(before), got });
            }
        }
        for embedding in embeddings {
            if let Err(error) = self.vectors.push(embedding.as_ref()) {
                self.vectors.truncate(before);
                return Err(error.into());
            }
        }
        let number = rows.items(before) as u32;
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

    /// The embeddings added so far; [`rows`](CollectionWriter::rows) says which belong to which item.
    pub fn vectors(&self) -> &Vectors {
        &self.vectors
    }

    /// Which vectors belong to which item.
    pub fn rows(&self) -> Rows {
        Rows::new(self.about.looks.len())
    }

    /// Items added so far.
    pub fn len(&self) -> usize {
        self.rows().items(self.vectors.len())
    }

    pub fn is_empty(&self) -> bool {
        self.vectors.is_empty()
    }

    /// Refuses so many works if a tree over their vectors, with leaves of so many, would not fit into a file. Best asked before
    /// they are embedded.
    pub fn check_room(&self, works: usize, leaf: usize) -> Result<(), CollectionError> {
        let most = self.rows().items(Forest::most_items(ROOM, leaf));
        if works > most {
            return Err(CollectionError::TooManyItems { works, looks: self.rows().looks(), most });
        }
        Ok(())
    }

    /// Writes what is left and the manifest. `forest` must be built over [`vectors`](CollectionWriter::vectors).
    pub fn finish(mut self, forest: &Forest, quality: Quality) -> Result<Manifest, CollectionError> {
        let (count, rows) = (self.len(), self.rows());
        if count == 0 {
            return Err(CollectionError::Empty);
        }
        if forest.items() != self.vectors.len() {
            let (forest, vectors) = (forest.items(), self.vectors.len());
            return Err(crate::index::IndexError::OtherVectors { forest, vectors }.into());
        }
        self.check_room(count, forest.leaf())?;
        self.flush_items(count as u32)?;
        self.flush_thumbnails(count as u32)?;
        self.flush_samples()?;
        for items in pieces(count, ROOM / rows.count(self.vectors.dim() + 4)) {
            let bytes = self.vectors.to_safetensors(rows.count(items.start)..rows.count(items.end));
            self.files.put(Part::Vectors, items.start, items.len(), &bytes)?;
        }
        for trees in pieces(forest.len(), ROOM / forest.tree_bytes().max(1)) {
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
            looks: self.about.looks,
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
        let shard = Shard::new(part, bytes, first as u32, count as u32);
        fs_err::write(self.folder.join(&shard.file), bytes)?;
        self.shards.of_mut(part).push(shard);
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
        writer_of(folder, vec![Look::Whole])
    }

    fn writer_of(folder: &Path, looks: Vec<Look>) -> CollectionWriter {
        let example = example();
        let about = About {
            title: example.title,
            model: example.model,
            seed: 7,
            metric: example.metric,
            embedding: example.embedding,
            looks,
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
    fn every_look_at_a_work_is_read_back_in_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let looks = vec![Look::Whole, Look::Centre(50), Look::Mirrored];
        let mut writer = writer_of(folder.path(), looks.clone());
        let embedding = |row: u32| [row as f32, 1.0, 0.5, 2.0];
        let item = Item::new("a.jpg", "a");
        let all: [Vec<[f32; 4]>; 3] = [0, 3, 6].map(|first| (first..first + 3).map(embedding).collect());
        for (number, embeddings) in (0..).zip(&all) {
            assert_eq!(writer.add_looks(embeddings, &item, b"").unwrap(), number);
        }
        let mut bad = all[0].clone();
        bad[2][3] = f32::NAN;
        for wrong in [&bad[..], &all[0][..2], &[]] {
            assert!(writer.add_looks(wrong, &item, b"").is_err());
        }
        assert!(matches!(writer.add(&[1.0; 4], &item, b""), Err(CollectionError::Looks { got: 1, expected: 3 })));
        assert_eq!((writer.len(), writer.vectors().len()), (3, 9));
        let manifest = finish(writer);
        assert_eq!((manifest.count, manifest.shards.vectors[0].count, manifest.looks()), (3, 3, &looks[..]));

        let collection = read(folder.path()).unwrap();
        let expected = Vectors::quantize(4, all.concat().as_flattened()).unwrap();
        assert_eq!((collection.vectors(), collection.len()), (&expected, 3));
        assert_eq!(collection.query(2), expected.query(6));
    }

    #[test]
    fn a_collection_whose_vectors_are_not_those_of_its_looks_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let mut writer = writer_of(folder.path(), vec![Look::Whole, Look::Centre(50)]);
        for item in 0..5 {
            writer.add_looks(&[[item as f32, 1.0, 3.0, 2.0]; 2], &Item::new("a.jpg", "a"), b"").unwrap();
        }
        let manifest = finish(writer);
        let place = folder.path().join("manifest.json");
        for (looks, words) in [
            (vec![Look::Whole], "10 vectors for 5 works of 1"),
            (vec![Look::Whole, Look::Centre(50), Look::Centre(70)], "10 vectors for 5 works of 3"),
        ] {
            std::fs::write(&place, Manifest { looks, ..manifest.clone() }.to_json()).unwrap();
            let error = read(folder.path()).unwrap_err().to_string();
            assert!(error.contains(words), "{error}");
        }
        std::fs::write(&place, manifest.to_json()).unwrap();
        assert_eq!(read(folder.path()).unwrap().len(), 5);
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
    fn more_works_than_a_tree_in_one_file_can_hold_are_refused_before_they_come() {
        let folder = tempfile::tempdir().unwrap();
        let leaf = ForestOptions::default().leaf;
        let three = vec![Look::Whole, Look::Centre(70), Look::Centre(50)];
        for (looks, most) in [(vec![Look::Whole], 1_818_628), (three, 606_209)] {
            let writer = writer_of(folder.path(), looks);
            writer.check_room(most, leaf).unwrap();
            let error = writer.check_room(most + 1, leaf).unwrap_err().to_string();
            assert!(error.contains(&most.to_string()) && error.contains(&(most + 1).to_string()), "{error}");
        }
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
