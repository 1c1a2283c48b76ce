//! An index that Annoy itself wrote becomes a site that gives the same neighbours, and the site's numbers go back to NumPy.

mod support;

use private_eye::{
    collection,
    index::{Effort, MetricName, Query},
};
use serde_json::Value;
use std::{path::Path, process::Command};
use support::{python, run, workplace};

/// Writes an index of whole numbers, which lose nothing in signed bytes, and prints what Annoy finds in it.
const SCRIPT: &str = r#"
import annoy, json, random, sys
path, metric, items = sys.argv[1], sys.argv[2], int(sys.argv[3])
draw = random.Random(metric)
def vector():
    numbers = [draw.randint(-126, 126) for _ in range(48)]
    numbers[draw.randrange(48)] = draw.choice([-127, 127])
    return numbers
index = annoy.AnnoyIndex(48, metric)
index.set_seed(1)
rows = [vector() for _ in range(items)]
for item, row in enumerate(rows):
    index.add_item(item, row)
index.build(7)
index.save(path)
answers = []
for query in rows[:5] + [vector() for _ in range(15)]:
    found, distances = index.get_nns_by_vector(query, 10, search_k=10**9, include_distances=True)
    answers.append({"query": query, "items": found, "distances": distances})
json.dump({"rows": rows, "answers": answers}, sys.stdout)
"#;

fn annoy(folder: &Path, metric: &str, items: usize) -> Value {
    let output = Command::new(python("annoy"))
        .args(["-c", SCRIPT])
        .arg(folder.join("old.ann"))
        .args([metric, &items.to_string()])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn numbers(value: &Value) -> Vec<f32> {
    value.as_array().unwrap().iter().map(|number| number.as_f64().unwrap() as f32).collect()
}

/// Builds a site from an index of so many items and compares what both find.
fn migrate(metric: &str, items: usize) {
    let place = workplace();
    let folder = place.path();
    let told = annoy(folder, metric, items);
    let table: String = (0..items).map(|item| format!("No. {item},painter {}\n", item % 9)).collect();
    fs_err::write(folder.join("works.csv"), "title,maker\n".to_owned() + &table).unwrap();
    let arguments = ["build", "--annoy", "old.ann", "--dim", "48", "--metric", metric, "--metadata", "works.csv"];
    run(folder, arguments.iter().chain(&["--out", "site", "--model", "tiny.safetensors", "--trees", "5"])).done();

    let collection = collection::read(&folder.join("site")).unwrap();
    let name = if metric == "angular" { "cosine" } else { metric };
    assert_eq!(collection.manifest().metric.name(), name);
    assert_eq!((collection.len(), collection.item(11).title()), (items, "No. 11"));
    for answer in told["answers"].as_array().unwrap() {
        let query = Query::quantize(&numbers(&answer["query"])).unwrap();
        let (found, _) = collection.index().search(&query, 10, Effort::Exact, None).unwrap();
        let distances = numbers(&answer["distances"]);
        let theirs: Vec<u64> = answer["items"].as_array().unwrap().iter().map(|item| item.as_u64().unwrap()).collect();
        assert_eq!(found.len(), theirs.len());
        for (rank, neighbour) in found.iter().enumerate() {
            let distance = collection.manifest().metric.distance(neighbour.score);
            // Annoy adds in 32 bits, so that an angular distance of 0 comes out as up to a thousandth.
            let near = |other: f32| (distance - other).abs() <= 1e-3 + 1e-5 * other.abs();
            assert!(near(distances[rank]), "{metric} rank {rank}: {distance}, {distances:?}");
            let alone = distances.iter().filter(|&&other| near(other)).count() == 1;
            assert!(!alone || rank == 9 || u64::from(neighbour.item) == theirs[rank], "{metric} {found:?} {theirs:?}");
        }
    }

    run(folder, ["export", "site", "--npy", "back.npy"]).done();
    let back = npyz::NpyFile::new(fs_err::File::open(folder.join("back.npy")).unwrap()).unwrap();
    assert_eq!(back.shape(), [items as u64, 48]);
    let rows: Vec<f32> = told["rows"].as_array().unwrap().iter().flat_map(numbers).collect();
    assert_eq!(back.into_vec::<f32>().unwrap(), rows);
}

#[test]
fn an_angular_index_gives_the_same_neighbours() {
    migrate("angular", 900);
}

#[test]
fn a_dot_index_gives_the_same_neighbours() {
    migrate("dot", 900);
}

#[test]
fn a_euclidean_index_gives_the_same_neighbours() {
    migrate("euclidean", 900);
}

#[test]
fn a_manhattan_index_gives_the_same_neighbours() {
    migrate("manhattan", 900);
}

#[test]
fn an_index_of_few_items_has_no_splits_and_is_read_all_the_same() {
    for metric in MetricName::ALL {
        migrate(if metric == MetricName::Cosine { "angular" } else { metric.name() }, 12);
    }
}

#[test]
fn an_index_read_with_the_wrong_length_or_metric_is_refused() {
    let place = workplace();
    let folder = place.path();
    annoy(folder, "angular", 300);
    for (dim, metric) in [("47", "angular"), ("48", "dot"), ("48", "euclidean"), ("96", "angular"), ("47", "euclidean")]
    {
        let arguments = ["build", "--annoy", "old.ann", "--dim", dim, "--metric", metric, "--out", "site"];
        let line = run(folder, arguments.iter().chain(&["--model", "tiny.safetensors"])).failed();
        assert!(line.contains("old.ann") && line.contains("--metric"), "{line}");
    }
    assert!(!folder.join("site").exists());
}
