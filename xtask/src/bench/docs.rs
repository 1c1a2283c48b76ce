//! The measured parts of `docs/benchmarks.md`: each between two comments that name it, so that one measurement renews its
//! own figures and leaves all else alone.

use std::fs;

use anyhow::{Context, Result};

use crate::process::say;
use crate::workspace::Workspace;

const FILE: &str = "docs/benchmarks.md";

/// Puts `text` (Markdown) in the place of the section `name`.
pub fn replace(workspace: &Workspace, name: &str, text: &str) -> Result<()> {
    let file = workspace.root().join(FILE);
    let page = fs::read_to_string(&file).with_context(|| format!("{FILE} cannot be read"))?;
    let page = with_section(&page, name, text).with_context(|| {
        format!("{FILE} has no section `{name}`; it begins with `{}` and ends with `{}`", start(name), end(name))
    })?;
    fs::write(&file, page).with_context(|| format!("{FILE} cannot be written"))?;
    say(format!("wrote the section {name} of {FILE}"));
    Ok(())
}

fn start(name: &str) -> String {
    format!("<!-- measured: {name} -->")
}

fn end(name: &str) -> String {
    format!("<!-- end of {name} -->")
}

fn with_section(page: &str, name: &str, text: &str) -> Option<String> {
    let (before, rest) = page.split_once(&start(name))?;
    let (_, after) = rest.split_once(&end(name))?;
    Some(format!("{before}{}\n{}\n{}{after}", start(name), text.trim_end(), end(name)))
}

#[cfg(test)]
mod tests {
    use super::with_section;

    #[test]
    fn only_the_named_section_is_replaced() {
        let page =
            "# A\n<!-- measured: a -->\nold\n<!-- end of a -->\n# B\n<!-- measured: b -->\nold\n<!-- end of b -->\n";
        let expected = page.replacen("old\n<!-- end of b", "new\n<!-- end of b", 1);
        assert_eq!(with_section(page, "b", "new\n").unwrap(), expected);
        assert_eq!(with_section(page, "c", "new"), None);
    }
}
