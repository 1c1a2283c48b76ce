//! `cargo xtask bench web`: one page in headless Chromium runs this project and onnxruntime-web in turn, with the same
//! weights on the same picture. What the page does is told in `benches/web/measure.js`.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::plot::{self, Bar};
use super::samples::{median, ratio};
use super::{docs, onnx, page};
use crate::command_line::Profile;
use crate::process;
use crate::site;
use crate::toolchain::Toolchain;
use crate::workspace::Workspace;
use crate::{cargo_build, npm};

#[derive(clap::Args)]
pub struct Options {
    /// Print all figures as one JSON object, last
    #[arg(long)]
    json: bool,
    /// How often each network runs
    #[arg(long, default_value_t = 40)]
    samples: usize,
    /// Measure the demo site as it is, without building it first
    #[arg(long, value_name = "SITE")]
    site: Option<PathBuf>,
    /// Only build and fetch what is measured, so that a later run does nothing else than measure
    #[arg(long)]
    prepare: bool,
}

const PAGE: &str = "benches/web";
const PLOT: &str = "docs/pictures/network.svg";
/// What the tables call the engines of `measure.js`.
const LABELS: [(&str, &str); 6] = [
    ("ours", "Private Eye, int8"),
    ("ort_qdq", "onnxruntime-web, int8 (QDQ)"),
    ("ort_qoperator", "onnxruntime-web, int8 (QOperator)"),
    ("ort_qdq_2threads", "onnxruntime-web, int8, 2 threads"),
    ("ort_f32", "onnxruntime-web, f32"),
    ("bare_kernel", "bare i16 multiplications"),
];

pub fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let site = match &options.site {
        Some(folder) => folder.clone(),
        None => site::build(workspace, Profile::Release)?.folder,
    };
    let python = onnx::python(workspace)?;
    let models = onnx::models(workspace, &python, &site::pictures(workspace))?;
    let folders =
        [("site", site.clone()), ("models", models), ("ort", onnxruntime(workspace)?), ("bare", bare(workspace)?)];
    if options.prepare {
        return Ok(());
    }
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let found = page::measure(workspace, &python, &folders, &format!("?samples={}", options.samples))?;
    let sizes = sizes(workspace, &python, &site)?;
    let figures = Figures { found, sizes, load: load.split(' ').next().unwrap_or_default().to_owned() };
    fs::write(workspace.root().join(PLOT), figures.plot())?;
    let text = figures.markdown();
    println!("{text}");
    docs::replace(workspace, "web", &text)?;
    if options.json {
        println!("{}", figures.json());
    }
    Ok(())
}

/// onnxruntime-web's files, from npm.
fn onnxruntime(workspace: &Workspace) -> Result<PathBuf> {
    let page = workspace.root().join(PAGE);
    let folder = npm::install(workspace, &page, "bench/npm", "onnxruntime-web comes from npm")?;
    Ok(folder.join("node_modules/onnxruntime-web/dist"))
}

/// The folder with the bare kernel.
pub fn bare(workspace: &Workspace) -> Result<PathBuf> {
    let words = ["build", "--package", "bare-kernel", "--locked", "--profile", "wasm"];
    let built = cargo_build::run(&mut Toolchain::find_or_install(workspace)?.cargo(workspace, &words), &[])?;
    let module = built.library("bare_kernel", ".wasm")?;
    Ok(module.parent().context("the module lies in no folder")?.to_path_buf())
}

/// Bytes as they are and as a host sends them, by what they are called here.
fn sizes(workspace: &Workspace, python: &Path, site: &Path) -> Result<BTreeMap<&'static str, Value>> {
    let files = [
        ("wasm", site.join("www/pkg/private_eye_bg.wasm")),
        ("ort_wasm", onnxruntime(workspace)?.join("ort-wasm-simd-threaded.wasm")),
        ("weights", site::weights(site)?),
    ];
    let mut command = Command::new(python);
    command.arg(workspace.root().join(PAGE).join("compressed.py")).args(files.iter().map(|(_, file)| file));
    let measured: Value = serde_json::from_str(&process::output(&mut command)?)?;
    Ok(files.iter().map(|(name, file)| (*name, measured[&*file.to_string_lossy()].clone())).collect())
}

/// Everything that was measured.
struct Figures {
    found: Value,
    sizes: BTreeMap<&'static str, Value>,
    /// Of the machine, before the page began.
    load: String,
}

impl Figures {
    fn numbers(&self, path: &str) -> Vec<f64> {
        self.found.pointer(path).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_f64).collect()
    }

    fn number(&self, path: &str) -> f64 {
        self.found.pointer(path).and_then(Value::as_f64).unwrap_or(f64::NAN)
    }

    fn samples(&self, engine: &str) -> Vec<f64> {
        self.numbers(&format!("/network/samples/{engine}"))
    }

    fn ms(&self, engine: &str) -> f64 {
        median(&self.samples(engine))
    }

    /// How many times as long another engine takes as ours.
    fn times_ours(&self, engine: &str) -> f64 {
        ratio(&self.samples(engine), &self.samples("ours"))
    }

    fn size(&self, file: &str, form: &str) -> f64 {
        self.sizes.get(file).and_then(|sizes| sizes[form].as_f64()).unwrap_or(f64::NAN)
    }

    /// How many times as long file bytes to embedding takes as the browser's own way to pixels.
    fn photo_ratio(&self, photo: &str) -> f64 {
        ratio(&self.numbers(&format!("/{photo}/ours")), &self.numbers(&format!("/{photo}/browser")))
    }

    fn json(&self) -> Value {
        json!({
            "ours_ms": self.ms("ours"),
            "ort_f32_ms": self.ms("ort_f32"),
            "ort_int8_ms": self.ms("ort_qdq").min(self.ms("ort_qoperator")),
            "ort_int8_2threads_ms": self.ms("ort_qdq_2threads"),
            "bare_kernel_ms": self.ms("bare_kernel"),
            "cosine": self.number("/network/cosines/ort_f32"),
            "wasm_brotli": self.sizes["wasm"]["brotli"],
            "wasm_gzip": self.sizes["wasm"]["gzip"],
            "weights_bytes": self.sizes["weights"]["bytes"],
            "ready_cold_ms": self.number("/start_up/cold"),
            "ready_cached_ms": median(&self.numbers("/start_up/cached")),
            "memory_12mp": self.found["photo_12mp"]["memory"],
            "memory_2mp": self.found["photo_2mp"]["memory"],
        })
    }

    fn plot(&self) -> String {
        let bars: Vec<Bar<'_>> =
            LABELS.iter().map(|(name, label)| Bar { label, value: self.ms(name), ours: *name == "ours" }).collect();
        plot::bars("ResNet-18 at 224 × 224 in Chromium, one thread where nothing else is said", "ms", &bars)
    }

    fn markdown(&self) -> String {
        let mut text = format!(
            "Measured in {}, on a machine of {} cores whose load was {} before. Medians; ratios are medians over pairs of \
             samples.\n\n![Bars of the milliseconds in the table](pictures/network.svg)\n\n\
             | 224 × 224 pixels to 512 numbers | ms | time, ours = 1 | cosine to ours |\n|---|---:|---:|---:|\n",
            page::browser_name(&self.found),
            thread::available_parallelism().map_or(1, usize::from),
            self.load,
        );
        // Writing to a string cannot fail; here and below.
        for (name, label) in LABELS {
            let cosine = self.found["network"]["cosines"][name].as_f64();
            let cosine = cosine.map_or_else(String::new, |cosine| format!("{cosine:.4}"));
            let _ = writeln!(text, "| {label} | {:.1} | {:.2} | {cosine} |", self.ms(name), self.times_ours(name));
        }
        text += "\n| On the wire | bytes | gzip | brotli |\n|---|---:|---:|---:|\n";
        let files = [
            ("wasm", "Private Eye, WebAssembly"),
            ("ort_wasm", "onnxruntime-web, WebAssembly"),
            ("weights", "Weights, int8"),
        ];
        for (file, label) in files {
            let [bytes, gzip, brotli] = ["bytes", "gzip", "brotli"].map(|form| self.size(file, form));
            let _ = writeln!(text, "| {label} | {bytes} | {gzip} | {brotli} |");
        }
        text += "\n| From file bytes to embedding | ms | times `createImageBitmap` and reading its pixels | linear memory, MiB |\n|---|---:|---:|---:|\n";
        for (photo, label) in [("photo_12mp", "JPEG of 12 megapixels"), ("photo_2mp", "JPEG of 2 megapixels")] {
            let ms = median(&self.numbers(&format!("/{photo}/ours")));
            let memory = self.number(&format!("/{photo}/memory")) / f64::from(1 << 20);
            let _ = writeln!(text, "| {label} | {ms:.0} | {:.2} | {memory:.0} |", self.photo_ratio(photo));
        }
        let _ = writeln!(
            text,
            "\nFrom navigation to \"ready\", demo site, over loopback: {:.0} ms cold, {:.0} ms from the device.",
            self.number("/start_up/cold"),
            median(&self.numbers("/start_up/cached")),
        );
        text
    }
}
