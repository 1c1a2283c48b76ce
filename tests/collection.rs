//! A collection on the disk: another program reads it, and killing a build does no harm.

mod support;

use private_eye::collection::{
    About, CalibrationOptions, ChangedCopy, Collection, CollectionWriter, EmbeddingKind, Item, ModelFile, SiteFolder,
    calibrate, read, sha256,
};
use private_eye::image::Look;
use private_eye::index::{Forest, ForestOptions, MetricName, Neighbour, Query, Random, exact};
use private_eye::model::ModelId;
use serde_json::json;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use support::python;

const DIM: usize = 48;

fn embedding(seed: u64) -> Vec<f32> {
    let mut random = Random::new(seed);
    (0..DIM).map(|_| random.below(1000) as f32 / 250.0 - 1.0).collect()
}

/// Writes `count` items with thumbnails of `bytes` bytes each into a folder.
fn write(folder: &Path, title: &str, count: u32, bytes: usize) {
    let id = ModelId { name: "test".into(), sha256: sha256(b"weights"), preprocessing: "none".into(), dim: DIM };
    let columns = ["Style", "Tags"].map(String::from).to_vec();
    let about = About {
        title: title.into(),
        model: ModelFile::pack(id, b"weights").unwrap().0,
        seed: 3,
        metric: MetricName::Cosine,
        embedding: EmbeddingKind::Normalized,
        looks: vec![Look::Whole, Look::Centre(50)],
        columns,
    };
    let mut writer = CollectionWriter::new(folder, about).unwrap();
    for number in 0..count {
        let item = Item::new(format!("room {number}/picture.jpg"), format!("№ {number} “Þór”"))
            .with_maker("Ōtagaki Rengetsu\n蓮月")
            .with_year((1800 + number).to_string())
            .with_column("Style", "ink, \"dry\"")
            .with_column("Tags", number);
        let thumbnail = vec![number as u8; bytes * (number % 3) as usize / 2];
        let looks = [number.into(), u64::from(number) + 3_000_000].map(embedding);
        writer.add_looks(&looks, &item, &thumbnail).unwrap();
    }
    writer.add_sample("A corner of a picture", "crop", b"a corner").unwrap();
    writer.add_sample("Seen from the side", "skewed", b"skewed").unwrap();
    let forest = Forest::build(writer.vectors(), &ForestOptions { trees: 5, seed: 3, ..Default::default() }).unwrap();
    let options = CalibrationOptions { rows: writer.rows(), ..CalibrationOptions::default() };
    let copies = |item: u32| {
        let copy = |whole, closer| ChangedCopy { whole, closer };
        vec![
            copy(embedding(item.into()), Vec::new()),
            copy(embedding(u64::from(item) + 1_000_000), vec![embedding(u64::from(item) + 2_000_000)]),
        ]
    };
    let quality = calibrate(writer.vectors(), &forest, &options, copies).unwrap();
    writer.finish(&forest, quality).unwrap();
}

/// What Private Eye itself reads and finds, for the other program to compare.
fn expected(collection: &Collection, queries: &[Vec<f32>]) -> serde_json::Value {
    let pairs = |found: &[Neighbour]| found.iter().map(|found| json!([found.item, found.score])).collect::<Vec<_>>();
    let vectors = collection.vectors();
    let queries = queries.iter().map(|embedding| {
        let query = Query::quantize(embedding).unwrap();
        let candidates = vectors.len() / 5;
        let (found, looked_at) = collection.forest().search(vectors, &query, 7, candidates).unwrap();
        let works = collection.rows().exact(vectors, &query, 7).unwrap();
        json!({
            "embedding": embedding,
            "candidates": candidates,
            "works": works.iter().map(|found| json!([found.item, found.look, found.score])).collect::<Vec<_>>(),
            "exact": pairs(&exact(vectors, &query, 7).unwrap()),
            "forest": pairs(&found),
            "looked_at": looked_at,
        })
    });
    json!({
        "title": collection.manifest().title,
        "looks": collection.manifest().looks().iter().map(|look| look.name()).collect::<Vec<_>>(),
        "scales": (0..vectors.len()).map(|item| vectors.scale(item)).collect::<Vec<_>>(),
        "items": collection.items().iter().map(Item::record).collect::<Vec<_>>(),
        "thumbnails": (0..collection.len()).map(|item| sha256(collection.thumbnail(item))).collect::<Vec<_>>(),
        "samples": collection.samples().map(|sample| json!([sample.label, sample.change, sha256(sample.jpeg)])).collect::<Vec<_>>(),
        "queries": queries.collect::<Vec<_>>(),
    })
}

fn read_in_python(collection: &Path, expected: &Path) -> Result<String, String> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/read_collection.py");
    let output = Command::new(python("numpy, safetensors")).arg(script).arg(collection).arg(expected).output().unwrap();
    let text = String::from_utf8_lossy(if output.status.success() { &output.stdout } else { &output.stderr });
    if output.status.success() { Ok(text.into_owned()) } else { Err(text.into_owned()) }
}

#[test]
fn a_python_program_reads_a_collection_and_finds_the_same_neighbours() {
    let folder = tempfile::tempdir().unwrap();
    let (collection, file) = (folder.path().join("collection"), folder.path().join("expected.json"));
    write(&collection, "Drawings ✎", 777, 40_000);
    let mut queries: Vec<Vec<f32>> = (0..20).map(|number| embedding(5_000 + number)).collect();
    queries.extend([embedding(5), vec![0.0; DIM], vec![1e-40; DIM]]);
    let expected = expected(&read(&collection).unwrap(), &queries);
    std::fs::write(&file, expected.to_string()).unwrap();
    let said = read_in_python(&collection, &file).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(said.trim(), "777 works, 1554 vectors, 5 trees, 23 queries: as expected");

    // And it does notice a difference.
    let mut wrong = expected;
    wrong["queries"][0]["forest"][0][0] = json!(4_000_000);
    std::fs::write(&file, wrong.to_string()).unwrap();
    let error = read_in_python(&collection, &file).unwrap_err();
    assert!(error.contains("the forest's answer to query 0"), "{error}");
}

/// Names the site that [`builds_until_it_is_killed`] builds over and over.
const SITE: &str = "PRIVATE_EYE_TEST_SITE";

#[test]
#[ignore = "a part of whenever_a_build_is_killed_there_is_a_whole_site_or_none, which starts and kills it"]
fn builds_until_it_is_killed() {
    let Some(site) = std::env::var_os(SITE) else { return };
    for round in 0.. {
        let folder = SiteFolder::begin(Path::new(&site)).unwrap();
        write(&folder.path().join("collection"), &format!("round {round}"), 60, 30_000);
        folder.finish().unwrap();
    }
}

#[test]
fn whenever_a_build_is_killed_there_is_a_whole_site_or_none() {
    let folder = tempfile::tempdir().unwrap();
    let site = folder.path().join("site");
    let mut random = Random::new(1);
    let (mut whole, started) = (0, Instant::now());
    for round in 0..40 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "builds_until_it_is_killed", "--ignored"])
            .env(SITE, &site)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // However slow the machine, the first child gets as far as a first site.
        while round == 0 && !site.exists() && started.elapsed() < Duration::from_secs(60) {
            std::thread::sleep(Duration::from_millis(1));
        }
        std::thread::sleep(Duration::from_micros(random.below(60_000) as u64));
        child.kill().unwrap();
        child.wait().unwrap();
        if site.exists() {
            assert_eq!(read(&site).unwrap().len(), 60);
            whole += 1;
        }
        // The next build finds the site that was there, and leaves nothing else lying about.
        drop(SiteFolder::begin(&site).unwrap());
        assert_eq!(read(&site).unwrap().len(), 60);
        let beside: Vec<_> =
            std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(beside, ["site"]);
    }
    assert!(whole > 0);
}
