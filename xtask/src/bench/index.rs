//! `cargo xtask bench index`: our index beside Annoy, hnswlib and usearch on the same vectors, and in Chromium. The
//! programs that measure are in `benches/index`.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::plot::{self, Axis, Series};
use super::samples::median;
use super::{docs, onnx, page};
use crate::cargo_build;
use crate::process::{self, say};
use crate::python::Environment;
use crate::stamp::Stamp;
use crate::workspace::Workspace;

#[derive(clap::Args)]
pub struct Options {
    /// Print all figures as one JSON object, last
    #[arg(long)]
    json: bool,
    /// Folder or ZIP of pictures; parts of them, embedded by our network, are the vectors. The demo's pictures where
    /// nothing is given
    #[arg(long, value_name = "FOLDER|ZIP")]
    pictures: Option<PathBuf>,
    /// Vectors from a file of f32 rows instead, and --queries that are not among them
    #[arg(long, value_name = "FILE.npy", requires = "queries", conflicts_with = "pictures")]
    vectors: Option<PathBuf>,
    #[arg(long, value_name = "FILE.npy", requires = "vectors")]
    queries: Option<PathBuf>,
    /// Synthetic vectors around centres instead
    #[arg(long, conflicts_with_all = ["pictures", "vectors"])]
    clusters: bool,
    /// How many vectors are made
    #[arg(long, default_value_t = 100_000, conflicts_with = "vectors")]
    n: usize,
    /// How many queries are made
    #[arg(long, default_value_t = 1_000, conflicts_with = "vectors")]
    count: usize,
    /// Trees of our forest
    #[arg(long, default_value_t = 16)]
    trees: usize,
    /// How often each setting of each library is measured
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Measure in Chromium only, without the other libraries: for more vectors than those can be built over in a while
    #[arg(long)]
    alone: bool,
}

const FOLDER: &str = "benches/index";
const SPEED_PLOT: &str = "docs/pictures/index-speed.svg";
const BYTES_PLOT: &str = "docs/pictures/index-bytes.svg";
/// What the tables call the libraries of `compare.py`.
const LIBRARIES: [(&str, &str); 4] =
    [("ours", "Private Eye"), ("annoy", "Annoy 1.17.3"), ("hnswlib", "hnswlib"), ("usearch", "usearch, int8")];

/// A file of vectors and one of queries.
struct Data {
    folder: PathBuf,
    vectors: PathBuf,
    queries: PathBuf,
    /// What they are, in words.
    what: String,
}

pub fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let page = crate::page::build(workspace)?.folder;
    let program = program(workspace)?;
    let requirements = workspace.root().join(FOLDER).join("requirements.txt");
    let python = Environment::from_file("bench/index-python", &requirements)?.find_or_install(workspace)?;
    let data = data(workspace, &program, &python, options)?;
    let compared = match options.alone {
        true => None,
        false => Some(compare(workspace, &program, &python, &data, options)?),
    };
    let found = in_chromium(workspace, &program, &python, &page, &data, options)?;
    let figures = Figures { compared, found, what: data.what, trees: options.trees };
    if figures.compared.is_some() {
        fs::write(workspace.root().join(SPEED_PLOT), figures.speed_plot())?;
        fs::write(workspace.root().join(BYTES_PLOT), figures.bytes_plot())?;
    }
    let text = figures.markdown();
    println!("{text}");
    docs::replace(workspace, if options.alone { "index-page" } else { "index" }, &text)?;
    if options.json {
        println!("{}", figures.json());
    }
    Ok(())
}

/// Compiles the native side.
fn program(workspace: &Workspace) -> Result<PathBuf> {
    let mut command = workspace.cargo();
    command.args(["build", "--package", "index-bench", "--release"]);
    say("compiling the native side of the comparison");
    cargo_build::run(&mut command, &[])?.program("index-bench")
}

/// Finds the vectors that were asked for, or makes them where that was not done before.
fn data(workspace: &Workspace, program: &Path, python: &Path, options: &Options) -> Result<Data> {
    if let (Some(vectors), Some(queries)) = (&options.vectors, &options.queries) {
        let folder = workspace.target("bench/index/given");
        fs::create_dir_all(&folder)?;
        let what = vectors.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let [vectors, queries] = [vectors, queries].map(fs::canonicalize);
        return Ok(Data { what: format!("the vectors {what}"), folder, vectors: vectors?, queries: queries? });
    }
    let kind = if options.clusters { "clusters" } else { "crops" };
    let folder = workspace.target(&format!("bench/index/{kind}-{}-{}", options.n, options.count));
    fs::create_dir_all(&folder)?;
    let mut command = Command::new(program);
    command.arg(kind).args(["--vectors", &options.n.to_string(), "--queries", &options.count.to_string()]);
    command.arg("--out").arg(&folder);
    let mut inputs = vec![workspace.root().join(FOLDER).join(format!("src/{kind}.rs"))];
    if !options.clusters {
        let weights = workspace.root().join(onnx::WEIGHTS);
        let pictures = pictures(workspace, python, options.pictures.as_deref())?;
        command.arg("--pictures").arg(&pictures).arg("--model").arg(&weights);
        inputs.extend([pictures, weights]);
    }
    let stamp = Stamp::new(folder.join(".made-from"), &inputs)?;
    if !stamp.is_current() {
        say(format!("making {} vectors", options.n));
        stamp.forget()?;
        process::run(&mut command)?;
        stamp.keep()?;
    }
    let what = if options.clusters { "synthetic vectors around centres" } else { "embeddings of parts of pictures" };
    let [vectors, queries] = ["vectors.npy", "queries.npy"].map(|name| folder.join(name));
    Ok(Data { what: what.into(), folder, vectors, queries })
}

/// The folder of pictures; a ZIP is unpacked, once.
fn pictures(workspace: &Workspace, python: &Path, given: Option<&Path>) -> Result<PathBuf> {
    let Some(given) = given else {
        return Ok(crate::site::build(workspace, crate::command_line::Profile::Release)?.pictures);
    };
    if !given.is_file() {
        ensure!(given.is_dir(), "{} is neither a folder nor a ZIP of pictures", given.display());
        return Ok(given.to_path_buf());
    }
    let folder = workspace.target("bench/index/pictures");
    fs::create_dir_all(&folder)?;
    let stamp = Stamp::new(workspace.target("bench/index/pictures.made-from"), &[given.to_path_buf()])?;
    if !stamp.is_current() {
        stamp.forget()?;
        fs::remove_dir_all(&folder)?;
        process::run(Command::new(python).args(["-m", "zipfile", "-e"]).arg(given).arg(&folder))?;
        stamp.keep()?;
    }
    Ok(folder)
}

/// Everybody on the same vectors, in turn.
fn compare(workspace: &Workspace, program: &Path, python: &Path, data: &Data, options: &Options) -> Result<Value> {
    say("comparing; leave this machine alone meanwhile");
    let mut command = Command::new(python);
    command.arg(workspace.root().join(FOLDER).join("compare.py")).arg(&data.vectors).arg(&data.queries);
    command.arg(&data.folder).args([options.rounds.to_string(), options.trees.to_string()]).arg(program);
    let answer = process::output(&mut command)?;
    serde_json::from_str(&answer).context("compare.py printed something else than its result")
}

/// The page with a collection of these vectors.
fn in_chromium(
    workspace: &Workspace,
    program: &Path,
    python: &Path,
    page: &Path,
    data: &Data,
    options: &Options,
) -> Result<Value> {
    let site = data.folder.join("site");
    if site.is_dir() {
        fs::remove_dir_all(&site)?;
    }
    fs::create_dir_all(&site)?;
    say("building a collection of the vectors");
    let mut command = Command::new(program);
    command.arg("site").arg("--vectors").arg(&data.vectors).args(["--trees", &options.trees.to_string()]);
    process::run(command.arg("--model").arg(workspace.root().join(onnx::WEIGHTS)).arg("--out").arg(&site))?;
    let vectors = data.queries.parent().context("the queries lie in no folder")?.to_path_buf();
    let queries = data.queries.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let folders = [
        ("collection", site),
        ("site", page.to_path_buf()),
        ("vectors", vectors),
        ("index", workspace.root().join(FOLDER).join("page")),
    ];
    page::measure(workspace, python, &folders, &format!("index/?queries={queries}"))
}

/// Everything that was measured.
struct Figures {
    compared: Option<Value>,
    found: Value,
    what: String,
    trees: usize,
}

impl Figures {
    fn library(&self, name: &str) -> &Value {
        self.compared.as_ref().map_or(&Value::Null, |compared| &compared[name])
    }

    /// Recall and queries per second of each setting, ascending by recall.
    fn points(&self, name: &str) -> Vec<(f64, f64)> {
        let points = self.library(name)["points"].as_array().into_iter().flatten();
        let mut points: Vec<(f64, f64)> =
            points.filter_map(|point| Some((point["recall"].as_f64()?, point["qps"].as_f64()?))).collect();
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        points
    }

    fn page_ms(&self, what: &str) -> f64 {
        let samples: Vec<f64> = self.found[what].as_array().into_iter().flatten().filter_map(Value::as_f64).collect();
        median(&samples)
    }

    fn json(&self) -> Value {
        let of_each = |names: &[&str], of: &dyn Fn(&str) -> Value| -> Value {
            Value::Object(names.iter().map(|name| ((*name).to_owned(), of(name))).collect())
        };
        let all = LIBRARIES.map(|(name, _)| name);
        let default = |name: &str| {
            let default = &self.library(name)["default"];
            json!({ "recall": default["recall"], "candidates": default["candidates"] })
        };
        let at = |recall: f64| of_each(&all, &|name| json!(at_recall(&self.points(name), recall)));
        json!({
            "n": self.found["n"],
            "ours_bytes": self.library("ours")["bytes"],
            "annoy_bytes": self.library("annoy")["bytes"],
            "build_s": of_each(&["ours", "annoy"], &|name| self.library(name)["build_s"].clone()),
            "default": of_each(&["ours", "annoy"], &default),
            "qps_at_095": at(0.95),
            "qps_at_099": at(0.99),
            "page": {
                "open_ms": self.page_ms("open_ms"),
                "query_ms": self.page_ms("query_ms"),
                "exact_ms": self.page_ms("exact_ms"),
                "recall": self.found["recall"],
            },
        })
    }

    fn speed_plot(&self) -> String {
        let series = LIBRARIES.map(|(name, label)| Series { label, ours: name == "ours", points: self.points(name) });
        let recall = Axis { label: "recall@10", logarithmic: false };
        plot::curves(recall, Axis { label: "queries a second, one core", logarithmic: true }, &series)
    }

    fn bytes_plot(&self) -> String {
        let series = LIBRARIES.map(|(name, label)| {
            let library = self.library(name);
            let [bytes, recall] =
                [&library["bytes"], &library["default"]["recall"]].map(|value| value.as_f64().unwrap_or(0.0));
            Series { label, ours: name == "ours", points: vec![(bytes / 1e6, recall)] }
        });
        let bytes = Axis { label: "MB on disk", logarithmic: true };
        plot::curves(bytes, Axis { label: "recall@10 by default", logarithmic: false }, &series)
    }

    fn markdown(&self) -> String {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let mut text = format!("{} {}, {cores} cores, {} trees of ours.\n\n", self.found["n"], self.what, self.trees);
        // Writing to a string cannot fail; here and below.
        if let Some(compared) = &self.compared {
            let _ = writeln!(
                text,
                "![Recall against queries a second](pictures/index-speed.svg)\n\n\
                 ![Recall against bytes on disk](pictures/index-bytes.svg)\n\n\
                 {} queries, medians of {} rounds in turn.\n\n\
                 | | build, s | MB on disk | queries/s at recall .95 | at .99 | recall by default | candidates by default |\n\
                 |---|---:|---:|---:|---:|---:|---:|",
                compared["queries"], compared["rounds"]
            );
            for (name, label) in LIBRARIES {
                let library = self.library(name);
                let [at_95, at_99] = [0.95, 0.99].map(|recall| {
                    at_recall(&self.points(name), recall)
                        .map_or_else(|| "not reached".to_owned(), |qps| format!("{qps:.0}"))
                });
                let candidates = library["default"]["candidates"].as_f64();
                let candidates = candidates.map_or_else(String::new, |candidates| format!("{candidates:.0}"));
                let number = |value: &Value| value.as_f64().unwrap_or(f64::NAN);
                let _ = writeln!(
                    text,
                    "| {label} | {:.1} | {:.1} | {at_95} | {at_99} | {:.3} | {candidates} |",
                    number(&library["build_s"]),
                    number(&library["bytes"]) / 1e6,
                    number(&library["default"]["recall"]),
                );
            }
            text += "\n";
        }
        let mib = |what: &str| self.found[what].as_f64().unwrap_or(f64::NAN) / f64::from(1 << 20);
        let _ = writeln!(
            text,
            "| In {} | |\n|---|---:|\n| opening, weights included, after the download of {:.0} MiB | {:.0} ms |\n\
             | a query by default ({} candidates) | {:.2} ms |\n| recall@10 by default | {:.3} |\n\
             | a query that compares all | {:.2} ms |\n| linear memory | {:.0} MiB |",
            page::browser_name(&self.found),
            mib("bytes"),
            self.page_ms("open_ms"),
            self.found["looked_at"],
            self.page_ms("query_ms"),
            self.found["recall"].as_f64().unwrap_or(f64::NAN),
            self.page_ms("exact_ms"),
            mib("memory"),
        );
        text
    }
}

/// The most queries a second with at least this recall. Between two settings, the time of a query is taken to grow evenly
/// with the recall.
fn at_recall(ascending: &[(f64, f64)], recall: f64) -> Option<f64> {
    let measured = ascending.iter().filter(|(reached, _)| *reached >= recall).map(|(_, qps)| *qps);
    let between = ascending.windows(2).filter_map(|pair| {
        let [(low, low_qps), (high, high_qps)] = *pair else { return None };
        let part = (recall - low) / (high - low);
        (low < recall && recall < high).then(|| 1.0 / (1.0 / low_qps + (1.0 / high_qps - 1.0 / low_qps) * part))
    });
    measured.chain(between).max_by(f64::total_cmp)
}

#[cfg(test)]
mod tests {
    use super::at_recall;

    #[test]
    fn between_two_settings_the_time_of_a_query_grows_with_the_recall() {
        let curve = [(0.90, 1000.0), (1.0, 500.0)];
        assert!((at_recall(&curve, 0.95).unwrap() - 1.0 / 0.0015).abs() < 1e-6);
        assert_eq!(at_recall(&curve, 0.5), Some(1000.0));
        assert_eq!(at_recall(&curve, 1.0), Some(500.0));
        assert_eq!(at_recall(&curve[..1], 0.95), None);
    }
}
