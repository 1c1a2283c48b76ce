//! What visitors need not fetch: comments and indentation of scripts and styles. A comment that shares its line stays.

use std::path::Path;

/// The file as it is served. Only scripts and styles change, and of these not the examples, which are there to be read.
pub fn slim(below: &Path, bytes: Vec<u8>) -> Vec<u8> {
    let served = matches!(below.extension().and_then(|end| end.to_str()), Some("js" | "css"));
    if !served || below.components().any(|part| part.as_os_str() == "examples") {
        return bytes;
    }
    match String::from_utf8(bytes) {
        Ok(text) => slim_text(&text).into_bytes(),
        Err(error) => error.into_bytes(),
    }
}

fn slim_text(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let (mut in_comment, mut in_template) = (false, false);
    for line in text.split_inclusive('\n') {
        let (start, end) = (line.trim_start(), line.trim_end());
        if in_comment {
            in_comment = !end.ends_with("*/");
        } else if !in_template && start.starts_with("//") {
            // left out
        } else if !in_template && start.starts_with("/*") && (end.ends_with("*/") || !start.contains("*/")) {
            in_comment = !end.ends_with("*/");
        } else {
            kept.push_str(if in_template { line } else { start });
            in_template ^= line.matches('`').count() % 2 == 1;
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn served(path: &str, text: &str) -> String {
        String::from_utf8(slim(Path::new(path), text.as_bytes().to_vec())).unwrap()
    }

    #[test]
    fn lines_of_comment_and_indentation_are_left_out() {
        let text =
            "// First.\nlet a = 1; // one\n/**\n * Two, `not` three.\n */\n  /* short */\n  let b = /* inline */ [];\n";
        assert_eq!(served("www/a.js", text), "let a = 1; // one\nlet b = /* inline */ [];\n");
        assert_eq!(served("www/a.css", "/* Room */\na {\n  b: c;\n}\n"), "a {\nb: c;\n}\n");
    }

    #[test]
    fn what_only_looks_like_a_comment_stays() {
        let text = "const address = `\n// no comment\n  /* nor this */\n`;\n/* short */ let c = 1;\n";
        assert_eq!(served("www/a.js", text), text);
        assert_eq!(served("www/examples/a.js", "// Read me.\n"), "// Read me.\n");
        assert_eq!(served("www/private-eye.d.ts", "/** A picture. */\n"), "/** A picture. */\n");
    }
}
