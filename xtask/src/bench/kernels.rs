//! `cargo xtask bench kernels`: what each way to compute a convolution gives, natively and in Chromium.

use std::fmt::Write;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::samples::median;
use super::{docs, onnx, page, web};
use crate::cargo_build;
use crate::process;
use crate::toolchain::Toolchain;
use crate::workspace::Workspace;

#[derive(clap::Args)]
pub struct Options {
    /// Print all figures as one JSON object, last
    #[arg(long)]
    json: bool,
    /// How often each way runs
    #[arg(long, default_value_t = 30)]
    samples: usize,
    /// Only build and fetch what is measured, so that a later run does nothing else than measure
    #[arg(long)]
    prepare: bool,
}

/// What the table calls the instruction sets of `benches/kernels`.
const SETS: [(&str, &str); 3] =
    [("Avx2", "x86-64, AVX2"), ("Avx512", "x86-64, AVX-512 VNNI"), ("Neon", "64-bit Arm, NEON")];
/// The ways of `benches/kernels`.
const WAYS: [&str; 3] = ["direct", "patches of 2×2", "patches of 4×4"];

pub fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let mut build = workspace.cargo();
    build.args(["build", "--package", "kernels-bench", "--release"]);
    let program = cargo_build::run(&mut build, &[])?.program("kernels-bench")?;
    let folders = [("kernels", module(workspace)?), ("bare", web::bare(workspace)?)];
    let python = onnx::python(workspace)?;
    if options.prepare {
        return Ok(());
    }
    let native = process::output(Command::new(program).arg(options.samples.to_string()))?;
    let native: Value =
        serde_json::from_str(&native).context("kernels-bench printed something else than its result")?;
    let address = format!("kernels.html?samples={}", options.samples);
    let found = page::measure(workspace, &python, &folders, &address)?;
    let figures = Figures { native, found };
    let text = figures.markdown();
    println!("{text}");
    docs::replace(workspace, "kernels", &text)?;
    if options.json {
        println!("{}", figures.json());
    }
    Ok(())
}

/// The folder with the kernels for the page.
fn module(workspace: &Workspace) -> Result<PathBuf> {
    let words = ["build", "--package", "kernels-bench", "--lib", "--profile", "wasm"];
    let built = cargo_build::run(&mut Toolchain::find_or_install(workspace)?.cargo(workspace, &words), &[])?;
    let module = built.library("kernels_bench", ".wasm")?;
    Ok(module.parent().context("the module lies in no folder")?.to_path_buf())
}

struct Figures {
    /// `[[instructions, way, samples], …]`
    native: Value,
    /// `sides` is `[[way, samples], …]`
    found: Value,
}

impl Figures {
    fn native(&self, set: &str, way: &str) -> f64 {
        let rows = self.native.as_array().into_iter().flatten();
        rows.filter(|row| row[0] == set && row[1] == way).map(|row| milliseconds(&row[2])).next().unwrap_or(f64::NAN)
    }

    fn page(&self, way: &str) -> f64 {
        let rows = self.found["sides"].as_array().into_iter().flatten();
        rows.filter(|row| row[0] == way).map(|row| milliseconds(&row[1])).next().unwrap_or(f64::NAN)
    }

    fn json(&self) -> Value {
        let page = WAYS.map(|way| self.page(way));
        json!({ "simd128_ms": page, "bare_kernel_ms": self.page("bare"), "avx2_ms": WAYS.map(|way| self.native("Avx2", way)),
            "avx512_ms": self.native("Avx512", WAYS[0]) })
    }

    fn markdown(&self) -> String {
        let mut text = format!(
            "All convolutions of the network, medians in milliseconds; the page ran in {}.\n\n\
             | One thread | direct | patches of 2×2 | patches of 4×4 |\n|---|---:|---:|---:|\n",
            page::browser_name(&self.found)
        );
        // Writing to a string cannot fail.
        let mut row = |label: &str, ms: [f64; 3]| {
            let [direct, two, four] = ms.map(|ms| if ms.is_nan() { String::new() } else { format!("{ms:.2}") });
            let _ = writeln!(text, "| {label} | {direct} | {two} | {four} |");
        };
        row("WebAssembly, SIMD128", WAYS.map(|way| self.page(way)));
        row("WebAssembly, bare i16 multiplications", [self.page("bare"), f64::NAN, f64::NAN]);
        for (set, label) in SETS {
            let direct = self.native(set, WAYS[0]);
            match set {
                _ if direct.is_nan() => {}
                // It knows no other way.
                "Avx512" => row(label, [direct, f64::NAN, f64::NAN]),
                _ => row(label, WAYS.map(|way| self.native(set, way))),
            }
        }
        text
    }
}

fn milliseconds(samples: &Value) -> f64 {
    median(&samples.as_array().into_iter().flatten().filter_map(Value::as_f64).collect::<Vec<_>>())
}
