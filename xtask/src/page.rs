//! The page as visitors get it, without a collection: what `private-eye build` puts around one.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::process::say;
use crate::slim::slim;
use crate::stamp::files_below;
use crate::wasm;
use crate::workspace::Workspace;

pub struct Page {
    pub folder: PathBuf,
    /// Compiler warnings in the library as compiled for the browser.
    pub warnings: usize,
}

/// A service worker governs the folder that it is served from, so it and the manifest lie at the site's root.
const AT_THE_ROOT: [&str; 2] = ["sw.js", "manifest.webmanifest"];
const LICENCES: [&str; 2] = ["LICENSE-APACHE", "LICENSE-MIT"];
/// What the browser loads of the bound module.
const MODULE: [&str; 2] = ["private_eye.js", "private_eye_bg.wasm"];

/// What is one style sheet for visitors, in the order of the cascade.
const STYLES: [&str; 5] = ["page.css", "ask.css", "answer.css", "own.css", "dialogs.css"];

/// The parts that each file of the page is made of, by its path in the page.
type Sources = BTreeMap<PathBuf, Vec<PathBuf>>;

/// Assembles `target/page`.
pub fn build(workspace: &Workspace) -> Result<Page> {
    let wasm = wasm::build(workspace)?;
    let mut sources = Sources::from([(PathBuf::from("index.html"), vec![workspace.root().join("index.html")])]);
    let www = workspace.root().join("www");
    let styles = www.join("styles");
    sources.insert(PathBuf::from("www/styles.css"), STYLES.map(|name| styles.join(name)).into());
    for file in files_below(&www)?.into_iter().filter(|file| !file.starts_with(&styles)) {
        let below = file.strip_prefix(&www)?.to_path_buf();
        let at_the_root = AT_THE_ROOT.iter().any(|name| below == Path::new(name));
        sources.insert(if at_the_root { below } else { Path::new("www").join(below) }, vec![file]);
    }
    // For those who make a package of it.
    for name in LICENCES {
        sources.insert(Path::new("www").join(name), vec![workspace.root().join(name)]);
    }
    for name in MODULE {
        sources.insert(Path::new("www/pkg").join(name), vec![wasm.folder.join(name)]);
    }
    let folder = folder(workspace);
    if mirror(&sources, &folder)? {
        say(format!("the page is in {}", folder.display()));
    }
    Ok(Page { folder, warnings: wasm.warnings })
}

/// Where the page lies once it is built.
pub fn folder(workspace: &Workspace) -> PathBuf {
    workspace.target("page")
}

/// Makes `folder` hold just these files, slimmed; tells whether anything changed. Equal files are left alone, because cargo
/// compiles the command anew when one of them is younger.
fn mirror(sources: &Sources, folder: &Path) -> Result<bool> {
    let mut changed = false;
    for file in files_below(folder)? {
        if !sources.contains_key(file.strip_prefix(folder)?) {
            fs::remove_file(&file).with_context(|| format!("{} cannot be removed", file.display()))?;
            changed = true;
        }
    }
    for (below, parts) in sources {
        let mut bytes = Vec::new();
        for part in parts {
            bytes.extend(fs::read(part).with_context(|| format!("{} cannot be read", part.display()))?);
        }
        let bytes = slim(below, bytes);
        let file = folder.join(below);
        if fs::read(&file).is_ok_and(|there| there == bytes) {
            continue;
        }
        fs::create_dir_all(file.parent().unwrap_or(folder))?;
        fs::write(&file, bytes).with_context(|| format!("{} cannot be written", file.display()))?;
        changed = true;
    }
    Ok(changed)
}
