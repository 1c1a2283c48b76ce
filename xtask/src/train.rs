//! `cargo xtask train`: from pictures to the weights that ship: training, conversion to integers, whitening.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::command_line::{self, Profile};
use crate::process::{self, say};
use crate::python::Environment;
use crate::workspace::Workspace;
use crate::{demo, page, site};

#[derive(clap::Args)]
pub struct Options {
    /// Folders of pictures to learn from and to calibrate with; at least one
    #[arg(required = true)]
    pictures: Vec<PathBuf>,
    /// Minutes of training, over all runs
    #[arg(long, default_value_t = 90.0)]
    minutes: f64,
    /// The weights file to write
    #[arg(long, default_value = "models/resnet18.safetensors")]
    out: PathBuf,
    /// Start from these weights, for instance from those that ship
    #[arg(long)]
    init: Option<PathBuf>,
    /// Anything else that models/train.py takes
    #[arg(last = true)]
    more: Vec<String>,
}

/// Another seed than the demo's, whose works are for testing.
const SEED: u64 = site::SEED + 1;
const WORKS: usize = 60;

/// Trains, or goes on with a training that was stopped, then converts the result to integers.
pub fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    for folder in &options.pictures {
        ensure!(folder.is_dir(), "{} is no folder of pictures; unpack an archive first", folder.display());
    }
    let requirements = workspace.root().join("models/requirements.txt");
    let python = Environment::from_file("training", &requirements)?.find_or_install(workspace)?;
    let target = workspace.target("training");
    let drawn = target.join("drawn");
    if !drawn.join("works.csv").is_file() {
        say("drawing pictures to train on");
        demo::draw(&drawn, SEED, WORKS)?;
    }

    // Weights for another place are another training.
    let stem = options.out.file_stem().context("--out names no file")?;
    let place = target.join(stem);
    std::fs::create_dir_all(&place)?;
    let export = place.join("export");
    let mut train = Command::new(&python);
    train.arg(workspace.root().join("models/train.py"));
    for folder in options.pictures.iter().chain([&drawn]) {
        train.arg("--pictures").arg(folder);
    }
    train.arg("--checkpoint").arg(place.join("checkpoint.pt")).arg("--out").arg(&export);
    train.args(["--minutes", &options.minutes.to_string()]);
    if let Some(init) = &options.init {
        train.arg("--init").arg(init);
    }
    say("training; stopped at any time, the same command goes on");
    process::run(train.args(&options.more))?;

    let page = page::build(workspace)?.folder;
    let program = command_line::build(workspace, Profile::Release, &page)?;
    let mut import = Command::new(&program);
    import.args(["model", "import"]).arg(export.join("resnet18.onnx")).args(["--name", "resnet18"]);
    import.arg("--calibrate").arg(first(&options.pictures)).arg("--out").arg(&options.out);
    process::run(&mut import)?;

    let mut whiten = Command::new(&python);
    whiten.arg(workspace.root().join("models/whiten.py")).arg("--command").arg(program);
    for folder in options.pictures.iter().chain([&drawn]) {
        whiten.arg("--pictures").arg(folder);
    }
    whiten.arg("--head").arg(export.join("head.safetensors"));
    process::run(whiten.arg("--weights").arg(&options.out))
}

fn first(folders: &[PathBuf]) -> &Path {
    // clap has made sure that there is one.
    folders.first().map_or(Path::new("."), PathBuf::as_path)
}
