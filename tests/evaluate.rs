//! Measuring a site against queries whose right answers are known.

mod support;

use serde_json::{Value, json};
use std::path::Path;
use support::{draw_folder, draw_to, query, run, workplace};

/// A site of ten works in `site`, and beside it a folder `queries` with a table of what is asked.
fn prepare(folder: &Path, table: &str) {
    draw_folder(&folder.join("pictures"), 10);
    run(folder, ["build", "pictures", "--out", "site", "--model", "tiny.safetensors"]).done();
    fs_err::create_dir_all(folder.join("queries")).unwrap();
    for work in ["picture-00", "picture-04"] {
        let file = fs_err::read_dir(folder.join("pictures")).unwrap().map(|entry| entry.unwrap().file_name());
        let file = file.map(|name| name.into_string().unwrap()).find(|name| name.starts_with(work)).unwrap();
        fs_err::copy(folder.join("pictures").join(&file), folder.join("queries").join(format!("{work}.copy"))).unwrap();
    }
    draw_to(&folder.join("queries/stranger.png"), 4_000);
    fs_err::write(folder.join("queries/broken.jpg"), "no picture").unwrap();
    fs_err::write(folder.join("queries/labels.csv"), table).unwrap();
}

/// The file of the work whose picture starts with `name`.
fn file(folder: &Path, name: &str) -> String {
    let mut names = fs_err::read_dir(folder.join("pictures")).unwrap().map(|e| e.unwrap().file_name());
    names.find_map(|n| n.into_string().ok().filter(|n| n.starts_with(name))).unwrap()
}

#[test]
fn evaluate_counts_right_answers_and_strangers_and_draws_the_curve() {
    let place = workplace();
    let folder = place.path();
    prepare(folder, "");
    let table = format!(
        "image,match\npicture-00.copy,0\npicture-04.copy,{}|7\nstranger.png,\nbroken.jpg,1\n",
        file(folder, "picture-04")
    );
    fs_err::write(folder.join("queries/labels.csv"), table).unwrap();
    let arguments = ["evaluate", "site", "--queries", "queries/labels.csv", "--chart", "curve.svg", "--json"];
    let measured = run(folder, arguments);
    assert!(measured.err.contains("broken.jpg"), "{}", measured.err);
    let report: Value = serde_json::from_str(&measured.done()).unwrap();
    let number = |key: &str| report[key].as_f64().unwrap();
    assert_eq!((number("given"), number("queries"), number("present"), number("absent")), (4.0, 3.0, 2.0, 1.0));
    assert_eq!((number("recall_at_1"), number("recall_at_10")), (1.0, 1.0));
    // Copies score 1, more than any stranger: a threshold parts them.
    assert_eq!(report["best"]["f1"], 1.0);
    assert_eq!(report["at_precision_95"]["recall"], 1.0);
    let curve = report["curve"].as_array().unwrap();
    assert!(curve.len() >= 2 && curve.windows(2).all(|w| w[0]["threshold"].as_f64() > w[1]["threshold"].as_f64()));
    let chart = fs_err::read_to_string(folder.join("curve.svg")).unwrap();
    assert!(chart.starts_with("<svg") && chart.trim_end().ends_with("</svg>"), "{chart}");

    let words = run(folder, ["evaluate", "site", "--queries", "queries/labels.csv"]).done();
    assert!(words.contains("3 of 4 queries: 2 in the collection, 1 not"), "{words}");
    assert!(words.contains("recall@1 1.000"), "{words}");
}

#[test]
fn what_counts_at_the_sites_own_thresholds_is_what_a_visitor_is_answered() {
    let place = workplace();
    let folder = place.path();
    prepare(folder, "");
    let picture = image::load_from_memory(&fs_err::read(folder.join("queries/picture-00.copy")).unwrap()).unwrap();
    picture.brighten(25).save(folder.join("queries/brighter.png")).unwrap();
    fs_err::write(folder.join("queries/labels.csv"), "image,match\nbrighter.png,0\nstranger.png,\n").unwrap();
    // One look is sure of everything here, several are of nothing, and of the two the first has the last word.
    let place = folder.join("site/collection/manifest.json");
    let mut manifest: Value = serde_json::from_slice(&fs_err::read(&place).unwrap()).unwrap();
    manifest["quality"]["thresholds"] = json!({ "same": 1.0, "similar": -1.0 });
    manifest["quality"]["closer"] = json!({ "same": 1.0, "similar": 1.0 });
    fs_err::write(&place, manifest.to_string()).unwrap();
    for (options, similar) in [(&[][..], true), (&["--once"], true), (&["--closer"], false)] {
        let answered = query(folder, "site", "queries/brighter.png", options);
        assert_eq!(answered[0]["verdict"], if similar { "similar" } else { "none" }, "{options:?}");
        let arguments = ["evaluate", "site", "--queries", "queries/labels.csv", "--json"];
        let report: Value = serde_json::from_str(&run(folder, arguments.iter().chain(options)).done()).unwrap();
        let expected = if similar { [0.5, 1.0] } else { [1.0, 0.0] };
        let own = &report["own"];
        assert_eq!([own["precision"].as_f64().unwrap(), own["recall"].as_f64().unwrap()], expected, "{options:?}");
    }
}

#[test]
fn a_wrong_answer_is_counted_as_wrong() {
    let place = workplace();
    let folder = place.path();
    prepare(folder, "image,match\npicture-00.copy,4\n");
    let report = run(folder, ["evaluate", "site", "--queries", "queries/labels.csv", "--json"]).done();
    let report: Value = serde_json::from_str(&report).unwrap();
    assert_eq!(report["recall_at_1"], 0.0);
    assert_eq!(report["recall_at_10"], 1.0, "all ten works are among the first ten");
    assert_eq!(report["at_precision_95"], Value::Null);
}

#[test]
fn a_label_that_names_no_work_is_refused_with_its_line() {
    let place = workplace();
    let folder = place.path();
    prepare(folder, "image,match\nstranger.png,\npicture-00.copy,no-such-work.jpg\n");
    let error = run(folder, ["evaluate", "site", "--queries", "queries/labels.csv"]).failed();
    assert!(error.contains("line 3") && error.contains("no-such-work.jpg"), "{error}");
    fs_err::write(folder.join("queries/labels.csv"), "picture,answer\na,b\n").unwrap();
    let error = run(folder, ["evaluate", "site", "--queries", "queries/labels.csv"]).failed();
    assert!(error.contains("\"image\"") && error.contains("picture, answer"), "{error}");
}
