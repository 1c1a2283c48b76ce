//! A built collection in small files, so that it comes in many.

use std::fs;
use std::path::Path;

use private_eye::collection::{Collection, Manifest, Part, Shard, read, sha256};

/// Copies the collection of a site into a folder, with its vectors and its records in files of so many works each. What is
/// in the manifest besides may be changed.
pub fn reshard(
    site: &Path,
    into: &Path,
    vectors: usize,
    items: usize,
    change: impl FnOnce(&mut Manifest),
) -> Collection {
    let whole = read(site).unwrap();
    let folder = private_eye::collection::locate(site).unwrap();
    fs::create_dir_all(into).unwrap();
    let mut manifest = whole.manifest().clone();
    let write = |part: Part, size: usize, bytes: &dyn Fn(std::ops::Range<usize>) -> Vec<u8>| -> Vec<Shard> {
        let pieces = (0..whole.len()).step_by(size).map(|first| first..whole.len().min(first + size));
        pieces
            .map(|works| {
                let bytes = bytes(works.clone());
                let (sha256, ending) = (sha256(&bytes), if part == Part::Items { "json" } else { "safetensors" });
                let file = format!("{part}-{}.{ending}", &sha256[..16]);
                fs::write(into.join(&file), &bytes).unwrap();
                let (first, count) = (works.start as u32, works.len() as u32);
                Shard { file, sha256, bytes: bytes.len() as u64, first, count }
            })
            .collect()
    };
    let rows = whole.rows();
    manifest.shards.vectors = write(Part::Vectors, vectors, &|works| {
        whole.vectors().to_safetensors(rows.count(works.start)..rows.count(works.end))
    });
    manifest.shards.items = write(Part::Items, items, &|works| {
        let records: Vec<_> = whole.items()[works].iter().map(|item| item.record()).collect();
        serde_json::to_vec(&records).unwrap()
    });
    for part in [Part::Forest, Part::Thumbnails, Part::Samples] {
        for Shard { file, .. } in manifest.shards.of(part) {
            fs::copy(folder.join(file), into.join(file)).unwrap();
        }
    }
    change(&mut manifest);
    fs::write(into.join("manifest.json"), manifest.to_json()).unwrap();
    read(into).unwrap()
}
