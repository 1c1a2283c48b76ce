//! `cargo xtask bench embed`: `private-eye embed` beside a Python script with Pillow and onnxruntime, on the same pictures.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use serde_json::json;

use super::samples::{median, ratio};
use super::{docs, onnx};
use crate::command_line::Profile;
use crate::process::{self, say};
use crate::site;
use crate::stamp;
use crate::workspace::Workspace;

#[derive(clap::Args)]
pub struct Options {
    /// Print all figures as one JSON object, last
    #[arg(long)]
    json: bool,
    /// A folder of photographs; the demo pictures where none is given
    #[arg(long, value_name = "FOLDER")]
    pictures: Option<PathBuf>,
    /// Most pictures used of it
    #[arg(long, default_value_t = 1000)]
    count: usize,
    /// How often each side runs
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// The private-eye command to measure, instead of building it
    #[arg(long, value_name = "FILE")]
    command: Option<PathBuf>,
    /// Only build and fetch what is measured, so that a later run does nothing else than measure
    #[arg(long)]
    prepare: bool,
}

const SCRIPT: &str = "benches/embed/embed.py";

/// Who embeds, with how many threads: what the table calls it, the model of the Python script or ours.
const SIDES: [(&str, Option<&str>, usize); 6] = [
    ("private-eye embed, 1 core", None, 1),
    ("Python, onnxruntime int8, 1 core", Some("resnet18.qdq.onnx"), 1),
    ("Python, onnxruntime f32, 1 core", Some("resnet18.f32.onnx"), 1),
    ("private-eye embed, 2 cores", None, 2),
    ("Python, onnxruntime int8, 2 cores", Some("resnet18.qdq.onnx"), 2),
    ("Python, onnxruntime f32, 2 cores", Some("resnet18.f32.onnx"), 2),
];

pub fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let (program, demo) = match &options.command {
        Some(program) => (program.clone(), site::pictures(workspace)),
        None => {
            let site = site::build(workspace, Profile::Release)?;
            (site.program, site.pictures)
        }
    };
    let python = onnx::python(workspace)?;
    let models = onnx::models(workspace, &python, &demo)?;
    let pictures = pictures(options.pictures.as_deref().unwrap_or(&demo), options.count)?;
    if options.prepare {
        return Ok(());
    }
    say(format!("embedding {} pictures, {} times on each side", pictures.len(), options.rounds));

    let mut rates = vec![Vec::new(); SIDES.len()];
    for _ in 0..options.rounds {
        for ((_, model, threads), rates) in SIDES.iter().zip(&mut rates) {
            rates.push(match model {
                None => ours(workspace, &program, *threads, &pictures)?,
                Some(model) => {
                    let mut script = pinned(&python, *threads);
                    script.arg(workspace.root().join(SCRIPT)).arg(models.join(model)).arg(models.join("mean.json"));
                    process::output(script.arg(threads.to_string()).args(&pictures))?.trim().parse()?
                }
            });
        }
    }
    let text = table(&rates, pictures.len());
    println!("{text}");
    docs::replace(workspace, "embed", &text)?;
    if options.json {
        let figures = json!({
            "ours_per_s": median(&rates[0]),
            "python_int8_per_s": median(&rates[1]),
            "python_f32_per_s": median(&rates[2]),
            "scaling_2_cores": ratio(&rates[3], &rates[0]),
        });
        println!("{figures}");
    }
    Ok(())
}

fn pictures(folder: &Path, count: usize) -> Result<Vec<PathBuf>> {
    let mut pictures = stamp::files_below(folder)?;
    pictures.retain(|file| {
        file.extension().is_some_and(|ending| ["jpg", "jpeg", "png"].iter().any(|known| ending == *known))
    });
    pictures.truncate(count);
    ensure!(!pictures.is_empty(), "there are no JPEG or PNG files in {}", folder.display());
    Ok(pictures)
}

/// Pictures a second, the start of the program included.
fn ours(workspace: &Workspace, program: &Path, threads: usize, pictures: &[PathBuf]) -> Result<f64> {
    let out = workspace.target("bench/embeddings.npy");
    let mut command = pinned(program, threads);
    command.arg("embed").args(pictures).arg("--out").arg(out).args(["--jobs", &threads.to_string()]);
    let start = Instant::now();
    process::output(&mut command).context("the command that is measured failed")?;
    Ok(pictures.len() as f64 / start.elapsed().as_secs_f64())
}

/// A command that is held on as many cores as it may use, where the system has `taskset`: libraries start helpers of their
/// own.
fn pinned(program: &Path, threads: usize) -> Command {
    match process::find_program(&["taskset"]) {
        Some(taskset) => {
            let mut command = Command::new(taskset);
            command.args(["--cpu-list", &format!("0-{}", threads - 1)]).arg(program);
            command
        }
        None => Command::new(program),
    }
}

fn table(rates: &[Vec<f64>], count: usize) -> String {
    let mut text = format!(
        "Measured with {count} pictures on a machine of {} cores. Medians; ratios are medians over pairs of runs.\n\n\
         | File bytes to embeddings | pictures a second | speed, ours on one core = 1 |\n|---|---:|---:|\n",
        std::thread::available_parallelism().map_or(1, usize::from)
    );
    for ((label, ..), rate) in SIDES.iter().zip(rates) {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "| {label} | {:.1} | {:.2} |", median(rate), ratio(rate, &rates[0]));
    }
    text
}
