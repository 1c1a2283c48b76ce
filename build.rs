//! Puts the search page and the default weights inside the command, so that one file builds a whole site.
//!
//! * `PRIVATE_EYE_PAGE`, where set, names the folder of the assembled page (`cargo xtask page` makes it).
//! * `models/resnet18.safetensors` goes in where it is there.
//!
//! Without either the command still builds; it then says what it lacks when that is needed.

use std::{
    env,
    fmt::Write,
    fs, io,
    path::{Path, PathBuf},
};

const WEIGHTS: &str = "models/resnet18.safetensors";

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());

    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=PRIVATE_EYE_PAGE");
    let mut page = Vec::new();
    if let Some(folder) = env::var_os("PRIVATE_EYE_PAGE").filter(|folder| !folder.is_empty()) {
        let folder = root.join(folder);
        println!("cargo::rerun-if-changed={}", folder.display());
        collect(&folder, &folder, &mut page)?;
        page.sort();
    }

    let weights = root.join(WEIGHTS);
    let has_weights = weights.is_file();
    // A missing file would make Cargo run this again each time; its folder tells when it appears.
    println!("cargo::rerun-if-changed={}", if has_weights { WEIGHTS } else { "models" });

    let mut code = String::from("pub static PAGE: &[(&str, &[u8])] = &[\n");
    for (name, path) in &page {
        writeln!(code, "    ({name:?}, include_bytes!({path:?})),").map_err(io::Error::other)?;
    }
    code.push_str("];\npub static WEIGHTS: Option<&[u8]> = ");
    if has_weights {
        writeln!(code, "Some(include_bytes!({weights:?}));").map_err(io::Error::other)?;
    } else {
        code.push_str("None;\n");
    }
    fs::write(out.join("embedded.rs"), code)
}

/// All files below `folder` by their path from `root` with `/` between its parts.
fn collect(root: &Path, folder: &Path, files: &mut Vec<(String, PathBuf)>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(root, &path, files)?;
        } else {
            let below = path.strip_prefix(root).map_err(io::Error::other)?;
            let parts: Vec<_> = below.iter().map(|part| part.to_string_lossy()).collect();
            files.push((parts.join("/"), path));
        }
    }
    Ok(())
}
