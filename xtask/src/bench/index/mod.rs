//! `cargo xtask bench index`: our index beside Annoy, hnswlib and usearch on the same vectors, and in Chromium. The
//! programs that measure are in `benches/index`.

mod figures;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::{Map, Value};

use self::figures::{Figures, LIBRARIES};
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
    /// Trees of our forest [default: as many as `private-eye build` would give it]
    #[arg(long)]
    trees: Option<usize>,
    /// How often each setting of each library is measured
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Measure in Chromium only, without the other libraries: for more vectors than those can be built over in a while
    #[arg(long)]
    alone: bool,
    /// Take one step only, after those before it were taken
    #[arg(long, value_enum)]
    only: Option<Step>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
enum Step {
    /// Compile the programs and make the vectors
    Make,
    /// Build the index of each library, where it was not built over these vectors yet
    Build,
    /// Search
    Search,
}

const FOLDER: &str = "benches/index";
const SPEED_PLOT: &str = "docs/pictures/index-speed.svg";
const BYTES_PLOT: &str = "docs/pictures/index-bytes.svg";
/// More than this the page opens only once.
const MANY: usize = 500_000;

/// A file of vectors and one of queries.
struct Data {
    folder: PathBuf,
    vectors: PathBuf,
    queries: PathBuf,
    /// What they are, in words.
    what: String,
}

pub fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let is_due = |step| options.only.is_none_or(|only| only == step);
    let (page, program) = match is_due(Step::Make) {
        true => (crate::page::build(workspace)?.folder, program(workspace)?),
        false => (crate::page::folder(workspace), workspace.target("release/index-bench")),
    };
    let requirements = workspace.root().join(FOLDER).join("requirements.txt");
    let python = Environment::from_file("bench/index-python", &requirements)?.find_or_install(workspace)?;
    let bench = Bench { workspace, options, page, program, python };
    let data = bench.data(is_due(Step::Make))?;
    let indexes = if is_due(Step::Make) && options.only.is_some() { return Ok(()) } else { bench.build(&data)? };
    if options.only == Some(Step::Build) {
        return Ok(());
    }
    let compared = if options.alone { Value::Null } else { bench.compare(&data)? };
    let crossover = if options.alone { Value::Null } else { bench.crossover(&data)? };
    let trees = if options.alone { Value::Null } else { bench.trees(&data)? };
    let found = bench.in_chromium(&data)?;
    let figures = Figures { indexes, compared, crossover, trees, found, what: data.what };
    if !options.alone {
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

/// Something that is measured, with all that it takes.
struct Bench<'a> {
    workspace: &'a Workspace,
    options: &'a Options,
    page: PathBuf,
    program: PathBuf,
    python: PathBuf,
}

impl Bench<'_> {
    fn compare_py(&self, task: &str) -> Command {
        let mut command = Command::new(&self.python);
        command.arg(self.workspace.root().join(FOLDER).join("compare.py")).arg(task);
        command
    }

    /// Finds the vectors that were asked for, or makes them where that was not done before.
    fn data(&self, make: bool) -> Result<Data> {
        let Bench { workspace, options, .. } = *self;
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
        if make {
            self.make(kind, &folder)?;
        }
        let what =
            if options.clusters { "synthetic vectors around centres" } else { "embeddings of parts of pictures" };
        let [vectors, queries] = ["vectors.npy", "queries.npy"].map(|name| folder.join(name));
        ensure!(vectors.is_file() && queries.is_file(), "the vectors are not made yet: run --only make first");
        Ok(Data { what: what.into(), folder, vectors, queries })
    }

    fn make(&self, kind: &str, folder: &Path) -> Result<()> {
        let Bench { workspace, options, .. } = *self;
        let mut command = Command::new(&self.program);
        command.arg(kind).args(["--vectors", &options.n.to_string(), "--queries", &options.count.to_string()]);
        command.arg("--out").arg(folder);
        let mut inputs = vec![workspace.root().join(FOLDER).join(format!("src/{kind}.rs"))];
        if !options.clusters {
            let weights = workspace.root().join(onnx::WEIGHTS);
            let pictures = pictures(workspace, &self.python, options.pictures.as_deref())?;
            command.arg("--pictures").arg(&pictures).arg("--model").arg(&weights);
            inputs.extend([pictures, weights]);
        }
        let stamp = Stamp::new(folder.join(".made-from"), &inputs)?;
        if stamp.is_current() {
            return Ok(());
        }
        say(format!("making {} vectors", options.n));
        stamp.forget()?;
        // What a run left that ended before its time is of use only if it was made from the same.
        let begun = Stamp::new(folder.join(".begun-from"), &inputs)?;
        if !begun.is_current() {
            fs::remove_dir_all(folder)?;
            fs::create_dir_all(folder)?;
            begun.keep()?;
        }
        process::run(&mut command)?;
        stamp.keep()
    }

    /// Builds every index that is not there yet and tells what each took.
    fn build(&self, data: &Data) -> Result<Map<String, Value>> {
        let trees: Vec<String> =
            self.options.trees.into_iter().flat_map(|trees| ["--trees".to_owned(), trees.to_string()]).collect();
        let mut indexes = Map::new();
        for (name, _) in LIBRARIES.into_iter().filter(|_| !self.options.alone) {
            let built = self.once(data, name, &trees, || match name {
                "ours" => {
                    let mut command = Command::new(&self.program);
                    command.arg("build").arg("--vectors").arg(&data.vectors).args(&trees);
                    process::output(command.arg("--folder").arg(&data.folder))
                }
                other => process::output(self.compare_py("build").arg(other).arg(&data.vectors).arg(&data.folder)),
            })?;
            indexes.insert(name.to_owned(), serde_json::from_str(&built).context("a build printed something else")?);
        }
        let weights = self.workspace.root().join(onnx::WEIGHTS);
        // All vectors; the weights with the first one; hardly any weights.
        for (name, arguments, model) in
            [("site", &[][..], true), ("first", &["--count", "1"], true), ("hardly", &["--count", "1"], false)]
        {
            let said = self.once(data, name, &trees, || {
                let site = data.folder.join(name);
                if site.is_dir() {
                    fs::remove_dir_all(&site)?;
                }
                fs::create_dir_all(&site)?;
                let mut command = Command::new(&self.program);
                command.arg("site").arg("--vectors").arg(&data.vectors).args(&trees).args(arguments);
                if model {
                    command.arg("--model").arg(&weights);
                }
                process::output(command.arg("--out").arg(&site))
            })?;
            indexes.insert(name.to_owned(), serde_json::from_str(&said).context("a build printed something else")?);
        }
        Ok(indexes)
    }

    /// What `build` said when it built the index called `name` over these vectors, for the first time or now.
    fn once(
        &self,
        data: &Data,
        name: &str,
        trees: &[String],
        build: impl FnOnce() -> Result<String>,
    ) -> Result<String> {
        let said = data.folder.join(format!("{name}.json"));
        let by = if ["ours", "site", "first", "hardly"].contains(&name) {
            self.program.clone()
        } else {
            self.workspace.root().join(FOLDER).join("compare.py")
        };
        let stamp =
            Stamp::new(data.folder.join(format!(".{name}{}-from", trees.concat())), &[data.vectors.clone(), by])?;
        if !stamp.is_current() {
            say(format!("building: {name}"));
            stamp.forget()?;
            fs::write(&said, build()?)?;
            stamp.keep()?;
        }
        Ok(fs::read_to_string(said)?)
    }

    /// Everybody on the same vectors, in turn.
    fn compare(&self, data: &Data) -> Result<Value> {
        say("comparing; leave this machine alone meanwhile");
        let mut command = self.compare_py("search");
        command.arg(&data.vectors).arg(&data.queries).arg(&data.folder).arg(self.options.rounds.to_string());
        let answer = process::output(command.arg(&self.program))?;
        serde_json::from_str(&answer).context("compare.py printed something else than its result")
    }

    /// Ours on the first few of the vectors, and on more and more.
    fn crossover(&self, data: &Data) -> Result<Value> {
        let mut command = Command::new(&self.program);
        command.arg("crossover").arg("--vectors").arg(&data.vectors).arg("--queries").arg(&data.queries);
        let answer = process::output(&mut command)?;
        serde_json::from_str(&answer).context("index-bench printed something else than its result")
    }

    /// Forests of few and of many trees over the vectors.
    fn trees(&self, data: &Data) -> Result<Value> {
        let mut command = Command::new(&self.program);
        command.arg("trees").arg("--vectors").arg(&data.vectors).arg("--queries").arg(&data.queries);
        let answer = process::output(&mut command)?;
        serde_json::from_str(&answer).context("index-bench printed something else than its result")
    }

    /// The page with a collection of these vectors.
    fn in_chromium(&self, data: &Data) -> Result<Value> {
        let vectors = data.queries.parent().context("the queries lie in no folder")?.to_path_buf();
        let queries = data.queries.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let folders = [
            ("collection", data.folder.join("site")),
            ("first", data.folder.join("first")),
            ("hardly", data.folder.join("hardly")),
            ("site", self.page.clone()),
            ("vectors", vectors),
            ("index", self.workspace.root().join(FOLDER).join("page")),
        ];
        let openings = if self.options.n > MANY { 1 } else { 5 };
        let address = format!("index/?queries={queries}&openings={openings}");
        page::measure(self.workspace, &self.python, &folders, &address)
    }
}
