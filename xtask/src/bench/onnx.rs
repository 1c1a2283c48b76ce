//! The network for onnxruntime, made of our weights by `benches/web/models.py`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use crate::process::{self, say};
use crate::python::Environment;
use crate::stamp::Stamp;
use crate::workspace::Workspace;

pub const WEIGHTS: &str = "models/resnet18.safetensors";
const PROGRAM: &str = "benches/web/models.py";
const REQUIREMENTS: &str = "benches/requirements.txt";

/// A Python with onnxruntime.
pub fn python(workspace: &Workspace) -> Result<PathBuf> {
    Environment::from_file("bench/python", &workspace.root().join(REQUIREMENTS))?.find_or_install(workspace)
}

/// The folder with the network in floats and quantized, and the pictures that the page measures with. `pictures` are for
/// calibration.
pub fn models(workspace: &Workspace, python: &Path, pictures: &Path) -> Result<PathBuf> {
    let folder = workspace.target("bench/models");
    let [program, weights] = [PROGRAM, WEIGHTS].map(|name| workspace.root().join(name));
    fs::create_dir_all(&folder)?;
    let stamp = Stamp::new(folder.join(".made-from"), &[program.clone(), weights.clone()])?;
    if !stamp.is_current() {
        say("making the float network and its quantizations by onnxruntime");
        stamp.forget()?;
        process::run(Command::new(python).arg(program).arg(weights).arg(pictures).arg(&folder))?;
        stamp.keep()?;
    }
    Ok(folder)
}
