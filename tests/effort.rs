//! A build measures how hard a search must look, and a query does what was measured and says so.

mod support;

use npyz::WriterBuilder;
use private_eye::index::Random;
use serde_json::Value;
use std::path::Path;
use support::{draw_to, run, workplace};

/// What the embeddings of the small network have.
const DIM: usize = 48;

/// Vectors around centres, thirty for each.
fn write_vectors(path: &Path, count: usize) {
    let mut random = Random::new(3);
    let mut numbers =
        |spread: f32| -> Vec<f32> { (0..DIM).map(|_| spread * (random.below(2001) as f32 / 1000.0 - 1.0)).collect() };
    let centres: Vec<Vec<f32>> = (0..count.div_ceil(30)).map(|_| numbers(1.0)).collect();
    let file = fs_err::File::create(path).unwrap();
    let shape = [count as u64, DIM as u64];
    let mut writer = npyz::WriteOptions::new().default_dtype().shape(&shape).writer(file).begin_nd().unwrap();
    for item in 0..count {
        let row = centres[item % centres.len()].iter().zip(numbers(0.2)).map(|(centre, noise)| centre + noise);
        writer.extend(row).unwrap();
    }
    writer.finish().unwrap();
}

fn build(folder: &Path, count: usize) -> Value {
    write_vectors(&folder.join("vectors.npy"), count);
    let table: String = (0..count).map(|item| format!("No. {item}\n")).collect();
    fs_err::write(folder.join("works.csv"), "title\n".to_owned() + &table).unwrap();
    let arguments = ["build", "vectors.npy", "--metadata", "works.csv", "--out", "site", "--trees", "8"];
    run(folder, arguments.iter().chain(&["--model", "tiny.safetensors"])).done();
    serde_json::from_str(&run(folder, ["info", "site", "--json"]).done()).unwrap()
}

#[test]
fn in_a_large_collection_the_least_effort_that_finds_enough_is_the_default_and_the_answer_says_so() {
    let place = workplace();
    let folder = place.path();
    let quality = &build(folder, 9_000)["quality"];
    assert!(quality["exact_below"].as_u64().unwrap() <= 9_000);
    let curve = quality["effort"].as_array().unwrap();
    let enough = curve.iter().find(|point| point["recall_at_10"].as_f64().unwrap() >= 0.99).unwrap();
    assert_eq!(quality["default_effort"], enough["candidates"]);

    draw_to(&folder.join("query.png"), 1);
    let compared = |more: &[&str]| -> (usize, String) {
        let said = run(folder, ["query", "site", "query.png"].iter().chain(more)).done();
        let (number, which) = said.lines().last().unwrap().split_once(" compared: ").unwrap();
        (number.parse().unwrap(), which.to_owned())
    };
    let (number, which) = compared(&[]);
    let least = enough["candidates"].as_u64().unwrap() as usize;
    assert!((least..least + 200).contains(&number) && which == "the likeliest works", "{number} {which}");
    assert_eq!(compared(&["--exact"]), (9_000, "every work that may be an answer".to_owned()));
    assert!((2_000..2_300).contains(&compared(&["--effort", "2000"]).0));
}

#[test]
fn in_a_small_collection_every_work_is_compared_and_the_answer_says_so() {
    let place = workplace();
    let folder = place.path();
    assert!(build(folder, 300)["quality"]["exact_below"].as_u64().unwrap() > 300);
    draw_to(&folder.join("query.png"), 1);
    let said = run(folder, ["query", "site", "query.png"]).done();
    assert_eq!(said.lines().last(), Some("300 compared: every work that may be an answer"));
}
