//! The scripts of the page, as far as their text tells.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Modules that a script imports when it is loaded, by their paths from the root.
fn imports(root: &Path, script: &Path) -> Vec<PathBuf> {
    let text = std::fs::read_to_string(root.join(script)).unwrap();
    let folder = script.parent().unwrap();
    let names = text.lines().filter(|line| line.starts_with("import ") || line.starts_with("export "));
    let names = names.filter_map(|line| line.split_once("from \"./")?.1.split('"').next());
    names.map(|name| folder.join(name)).collect()
}

#[test]
fn modules_that_only_other_modules_name_are_announced_by_the_page() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let first = imports(root, Path::new("www/app.js"));
    assert!(first.len() > 10, "{first:?}");
    let mut reached: BTreeSet<PathBuf> = first.iter().cloned().collect();
    let mut waiting = first.clone();
    while let Some(script) = waiting.pop() {
        waiting.extend(imports(root, &script).into_iter().filter(|found| reached.insert(found.clone())));
    }
    let deeper: BTreeSet<PathBuf> = reached.into_iter().filter(|script| !first.contains(script)).collect();

    let page = std::fs::read_to_string(root.join("index.html")).unwrap();
    let announced = page.lines().filter_map(|line| line.strip_prefix("<link rel=\"modulepreload\" href=\""));
    let announced: BTreeSet<PathBuf> = announced.filter_map(|rest| Some(rest.split('"').next()?.into())).collect();
    let missing: Vec<_> = deeper.difference(&announced).collect();
    assert!(missing.is_empty(), "each of these costs a round trip: {missing:?}");
    let needless: Vec<_> =
        announced.iter().filter(|script| !deeper.contains(*script) && !first.contains(script)).collect();
    assert!(needless.is_empty(), "nobody imports {needless:?}");
}
