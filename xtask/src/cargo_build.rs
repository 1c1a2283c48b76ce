//! Runs a cargo build and reads from its messages what came out: file names from cargo itself, and warnings that
//! are counted without changing a flag, which would compile everything anew.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::process;

#[derive(Default)]
pub struct Built {
    /// Warnings in this workspace's own packages.
    pub warnings: usize,
    artifacts: Vec<Value>,
}

/// Runs `command`, a cargo build without `--message-format`; diagnostics are shown as usual. `flags` are passed on to the
/// compiler of the last step, where `command` is a `cargo rustc`.
pub fn run(command: &mut Command, flags: &[String]) -> Result<Built> {
    command.args(["--message-format", "json"]).stdin(Stdio::null()).stdout(Stdio::piped());
    if !flags.is_empty() {
        command.arg("--").args(flags);
    }
    let mut child = command.spawn().with_context(|| process::could_not_start(command))?;
    let messages = child.stdout.take().context("cargo's output was not connected")?;
    let mut built = Built::default();
    for line in BufReader::new(messages).lines() {
        // Lines that are no JSON come from build scripts and the like.
        if let Ok(message) = serde_json::from_str::<Value>(&line?) {
            built.read(message);
        }
    }
    let status = child.wait()?;
    if !status.success() {
        bail!("`{}` failed ({status})", process::shown(command));
    }
    Ok(built)
}

impl Built {
    fn read(&mut self, message: Value) {
        match message["reason"].as_str() {
            Some("compiler-artifact") => self.artifacts.push(message),
            Some("compiler-message") => {
                let diagnostic = &message["message"];
                if let Some(text) = diagnostic["rendered"].as_str() {
                    eprint!("{text}");
                }
                // The closing "3 warnings emitted" is a warning, too, but points at no code.
                let points = diagnostic["spans"].as_array().is_some_and(|spans| !spans.is_empty());
                self.warnings += usize::from(points && diagnostic["level"] == "warning");
            }
            _ => {}
        }
    }

    /// The program that a `[[bin]]` became.
    pub fn program(&self, name: &str) -> Result<PathBuf> {
        let made = |artifact: &&Value| artifact["target"]["name"] == name && is(&artifact["target"]["kind"], "bin");
        let mut paths = self.artifacts.iter().filter(made).filter_map(|artifact| artifact["executable"].as_str());
        paths.next_back().map(PathBuf::from).with_context(|| format!("cargo built no program called {name}"))
    }

    /// The file with this ending that a library became.
    pub fn library(&self, name: &str, ending: &str) -> Result<PathBuf> {
        let made = |artifact: &&Value| artifact["target"]["name"] == name && is(&artifact["target"]["kind"], "cdylib");
        let files =
            self.artifacts.iter().filter(made).filter_map(|artifact| artifact["filenames"].as_array()).flatten();
        let mut paths = files.filter_map(Value::as_str).filter(|path| path.ends_with(ending));
        paths.next().map(PathBuf::from).with_context(|| format!("cargo built no library {name} ending in {ending}"))
    }
}

fn is(kinds: &Value, kind: &str) -> bool {
    kinds.as_array().is_some_and(|kinds| kinds.iter().any(|other| other == kind))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_program_and_the_library_are_found_among_the_artifacts() {
        let mut built = Built::default();
        let dependency = json!({"reason": "compiler-artifact", "target": {"name": "walrus", "kind": ["lib"]}});
        let program = json!({"reason": "compiler-artifact", "executable": "/t/debug/private-eye",
            "target": {"name": "private-eye", "kind": ["bin"]}});
        let library = json!({"reason": "compiler-artifact", "filenames": ["/t/libprivate_eye.rlib", "/t/private_eye.wasm"],
            "target": {"name": "private_eye", "kind": ["cdylib", "rlib"]}});
        [dependency, library, program].into_iter().for_each(|message| built.read(message));
        assert_eq!(built.program("private-eye").unwrap(), PathBuf::from("/t/debug/private-eye"));
        assert_eq!(built.library("private_eye", ".wasm").unwrap(), PathBuf::from("/t/private_eye.wasm"));
        assert!(built.program("walrus").is_err());
    }

    #[test]
    fn a_warning_counts_once_although_its_sum_is_announced() {
        let mut built = Built::default();
        let message = |spans: Value| json!({"reason": "compiler-message", "message": {"level": "warning", "spans": spans, "rendered": ""}});
        built.read(message(json!([{"file_name": "src/lib.rs"}])));
        built.read(message(json!([])));
        assert_eq!(built.warnings, 1);
    }
}
