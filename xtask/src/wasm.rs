//! The WebAssembly module that the page loads, with the JavaScript that binds it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use wasm_bindgen_cli_support::Bindgen;

use crate::cargo_build;
use crate::linker;
use crate::names;
use crate::process::say;
use crate::stamp::Stamp;
use crate::toolchain::Toolchain;
use crate::workspace::Workspace;

pub struct Wasm {
    /// Holds `private_eye.js`, `private_eye_bg.wasm` and their TypeScript declarations.
    pub folder: PathBuf,
    /// Compiler warnings in the library as compiled for the browser.
    pub warnings: usize,
}

/// Compiles the library for the browser and binds it. wasm-bindgen runs as a library here, so its version cannot
/// differ from the one that the module was compiled with.
pub fn build(workspace: &Workspace) -> Result<Wasm> {
    let toolchain = Toolchain::find_or_install(workspace)?;
    say("compiling the library to WebAssembly");
    let words = ["rustc", "--lib", "--crate-type", "cdylib", "--locked", "--profile", "wasm"];
    let mut cargo = toolchain.cargo(workspace, &words);
    let flag = linker::replace_for(&mut cargo)?;
    let built = cargo_build::run(&mut cargo, &[flag])?;
    let module = built.library("private_eye", ".wasm")?;

    let folder = workspace.target("wasm");
    fs::create_dir_all(&folder)?;
    let stamp = Stamp::new(folder.join(".shortened-from"), std::slice::from_ref(&module))?;
    if !stamp.is_current() {
        stamp.forget()?;
        let mut bindgen = Bindgen::new();
        bindgen.input_path(&module).out_name("private_eye").web(true)?;
        bindgen.typescript(true).remove_name_section(true).remove_producers_section(true);
        bindgen.generate(&folder).context("wasm-bindgen cannot bind the module")?;
        shorten(&folder).context("what wasm-bindgen wrote cannot be shortened")?;
        stamp.keep()?;
        let bytes = fs::metadata(folder.join("private_eye_bg.wasm"))?.len();
        say(format!("the module has {:.2} MB before compression", bytes as f64 / 1e6));
    }
    Ok(Wasm { folder, warnings: built.warnings })
}

fn shorten(folder: &Path) -> Result<()> {
    let (script, module) = (folder.join("private_eye.js"), folder.join("private_eye_bg.wasm"));
    let mut bytes = fs::read(&module)?;
    let text = names::shorten(&names::prune(&fs::read_to_string(&script)?)?, &mut bytes)?;
    fs::write(module, bytes)?;
    Ok(fs::write(script, text)?)
}
