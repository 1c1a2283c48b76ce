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

/// Whatever a page may set or style of the element is told to those who read no source.
#[test]
fn every_attribute_event_property_and_part_of_the_element_is_documented() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |file: &str| std::fs::read_to_string(root.join(file)).unwrap();
    let (element, styles, guide) = (read("www/element.js"), read("www/element-styles.js"), read("docs/embedding.md"));
    let after = |text: &str, start: &str, end: &[char]| -> BTreeSet<String> {
        text.split(start).skip(1).filter_map(|rest| rest.split(end).next()).map(str::to_owned).collect()
    };
    let mut names = after(&element, "etAttribute(\"", &['"']);
    names.extend(after(&element, "this.#tell(\"", &['"']));
    names.extend(after(&element, "this.#part(\"", &['"']));
    names.extend(after(&element, "part: \"", &['"']));
    let made = element.split("part(\"").filter_map(|rest| rest.split_once("\", \""));
    let made = made.filter(|(tag, _)| tag.chars().all(char::is_alphanumeric));
    names.extend(made.filter_map(|(_, rest)| rest.split('"').next()).map(str::to_owned));
    names.extend(after(&styles, "var(--private-eye-", &[',']).into_iter().map(|name| format!("--private-eye-{name}")));
    assert!(names.len() > 20, "{names:?}");
    let missing: Vec<_> = names.iter().filter(|name| !guide.contains(&format!("`{name}`"))).collect();
    assert!(missing.is_empty(), "docs/embedding.md says nothing of {missing:?}");
    let documented = after(&guide, "| `--private-eye-", &['`']);
    assert!(documented.iter().all(|name| styles.contains(&format!("var(--private-eye-{name},"))), "{documented:?}");
}
