//! Short names between the module and its JavaScript, and JavaScript without what nobody calls: as wasm-bindgen writes it,
//! it is the largest text that a visit fetches.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use anyhow::{Context, Result, ensure};

/// Digits of the hash that makes the name of an import its own, which no compression can shorten.
const DIGITS: usize = 16;
/// What the names of all imports begin with.
const START: &[u8; 4] = b"__wb";

/// Puts a counter of the same length in place of each hash, so that nothing in `module` moves.
pub fn shorten(script: &str, module: &mut [u8]) -> Result<String> {
    let mut short = BTreeMap::new();
    let mut counts = BTreeMap::new();
    let mut shortened = String::with_capacity(script.len());
    let mut copied = 0;
    for Range { start, end } in identifiers(script) {
        let name = &script[start..end];
        let Some(stem) = hashed(name) else { continue };
        let new = short.entry(name).or_insert_with(|| {
            let count: &mut usize = counts.entry(stem).or_default();
            *count += 1;
            format!("{stem}{count:0width$}", width = DIGITS)
        });
        shortened.push_str(&script[copied..start]);
        shortened.push_str(new);
        copied = end;
    }
    shortened.push_str(&script[copied..]);

    // Every place is looked for before any is written to: some names are counted already.
    let begins = module.windows(START.len()).enumerate().filter(|(_, bytes)| **bytes == *START).map(|(at, _)| at);
    let begins: Vec<usize> = begins.collect();
    let places = short.keys().map(|name| place(name, module, &begins)).collect::<Result<Vec<_>>>()?;
    let distinct: BTreeSet<_> = short.values().collect();
    ensure!(distinct.len() == short.len(), "two imports would have one name");
    for (place, new) in places.into_iter().zip(short.values()) {
        module[place].copy_from_slice(new.as_bytes());
    }
    Ok(shortened)
}

/// Leaves out the synchronous start and warnings to programmers, which nobody here meets.
pub fn prune(script: &str) -> Result<String> {
    let start = script.find("function initSync(").context("wasm-bindgen wrote no initSync")?;
    let end = script[start..].find("\n}\n").context("initSync does not end")? + start + "\n}\n".len();
    let kept = [&script[..start], &script[end..]].concat();
    let export = "export { initSync, ";
    ensure!(kept.matches("initSync").count() == 1 && kept.contains(export), "initSync is not only exported");
    let kept = kept.replace(export, "export { ");
    let is_warning =
        |line: &&str| line.trim_start().starts_with("console.warn(") && line.trim_end().ends_with([')', ';']);
    Ok(kept.split_inclusive('\n').filter(|line| !is_warning(line)).collect())
}

/// Where the words of a script are.
fn identifiers(script: &str) -> impl Iterator<Item = Range<usize>> {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == '$';
    let mut rest = 0;
    std::iter::from_fn(move || {
        let start = rest + script[rest..].find(is_part)?;
        let end = script[start..].find(|letter: char| !is_part(letter)).map_or(script.len(), |length| start + length);
        rest = end;
        Some(start..end)
    })
}

/// The name of an import up to its hash.
fn hashed(name: &str) -> Option<&str> {
    let (stem, hash) = name.split_at_checked(name.len().checked_sub(DIGITS)?)?;
    let is_hash = hash.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'));
    let is_import = stem.starts_with("__wbg_") || stem.starts_with("__wbindgen_");
    (is_hash && is_import && stem.ends_with('_')).then_some(stem)
}

/// Where the module imports this function: its name comes after its length and before the kind of an import, 0.
fn place(name: &str, module: &[u8], begins: &[usize]) -> Result<Range<usize>> {
    let entry = [name.as_bytes(), b"\0"].concat();
    let follows_its_length = |at: usize| at > 0 && usize::from(module[at - 1]) == name.len() && name.len() < 128;
    let mut found = begins.iter().filter(|&&at| follows_its_length(at) && module[at..].starts_with(&entry));
    let start = *found.next().with_context(|| format!("the module does not import {name}"))?;
    ensure!(found.next().is_none(), "the module holds {name} more than once");
    Ok(start..start + name.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The imports of a module, and something that only looks like one.
    fn module(names: &[&str]) -> Vec<u8> {
        let entries = names.iter().flat_map(|name| [&[name.len() as u8][..], name.as_bytes(), &[0, 7]].concat());
        entries.chain(*b"__wbg_new_").collect()
    }

    #[test]
    fn hashes_become_counters_in_both_files_and_nothing_else_changes() {
        let script = "__wbg_new_00ff00ff00ff00ff: f,\n__wbg_new_0000000000000001: g,\n__wbg_get_0123456789abcdef: h,\n\
            'é', __wbg_eye_free, x__wbg_get_0123456789abcdef, __wbg_new_00ff00ff00ff00ff";
        let names = ["__wbg_get_0123456789abcdef", "__wbg_new_0000000000000001", "__wbg_new_00ff00ff00ff00ff"];
        let mut bytes = module(&names);
        let shortened = shorten(script, &mut bytes).unwrap();
        assert_eq!(
            shortened,
            "__wbg_new_0000000000000001: f,\n__wbg_new_0000000000000002: g,\n__wbg_get_0000000000000001: h,\n\
            'é', __wbg_eye_free, x__wbg_get_0123456789abcdef, __wbg_new_0000000000000001"
        );
        let expected = ["__wbg_get_0000000000000001", "__wbg_new_0000000000000002", "__wbg_new_0000000000000001"];
        assert_eq!(bytes, module(&expected));
    }

    #[test]
    fn a_name_that_the_module_lacks_is_an_error_and_the_module_stays_as_it_was() {
        let mut bytes = module(&["__wbg_new_00ff00ff00ff00ff"]);
        let before = bytes.clone();
        assert!(shorten("__wbg_new_00ff00ff00ff00ff, __wbg_new_00ff00ff00ff00fe", &mut bytes).is_err());
        assert_eq!(bytes, before);
        let mut twice = module(&["__wbg_new_00ff00ff00ff00ff"; 2]);
        assert!(shorten("__wbg_new_00ff00ff00ff00ff", &mut twice).is_err());
    }

    #[test]
    fn the_synchronous_start_and_warnings_are_left_out() {
        let script = "let a;\nfunction initSync(module) {\n    if (module) {\n    }\n}\n\nif (a) {\n    \
            console.warn('old; new')\n}\nexport { initSync, __wbg_init as default };\n";
        assert_eq!(prune(script).unwrap(), "let a;\n\nif (a) {\n}\nexport { __wbg_init as default };\n");
        assert!(prune("export { __wbg_init as default };").is_err());
    }
}
