//! A readable title out of a file name.

/// Makes `rooms/the-starry_night.jpg` into `The starry night`.
///
/// Underscores become spaces. Hyphens do so only where the name has no spaces of its own, so that `Self-portrait in
/// oil.jpg` keeps its hyphen. A name that starts in lower case gets a capital.
pub fn from_file_name(file: &str) -> String {
    let name = last_segment(file);
    from_stem(name, stem(name))
}

/// As [`from_file_name`], of a file `name` whose [`stem`] reads like this once it is decoded.
pub fn from_stem(name: &str, stem: &str) -> String {
    let hyphens_separate = !name.contains(char::is_whitespace);
    let spaced: String = stem
        .chars()
        .map(|c| if c == '_' || c.is_control() || (c == '-' && hyphens_separate) { ' ' } else { c })
        .collect();
    let words = spaced.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut chars = words.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => name.to_owned(),
    }
}

/// What follows the last `/` or `\`.
pub fn last_segment(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// A file name without its extension. A dot only starts an extension when letters or digits (at most five) follow, so
/// that `No. 5` stays whole.
pub fn stem(name: &str) -> &str {
    match name.rsplit_once('.') {
        Some((stem, extension))
            if !stem.is_empty()
                && (1..=5).contains(&extension.len())
                && extension.bytes().all(|b| b.is_ascii_alphanumeric()) =>
        {
            stem
        }
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_becomes_a_readable_title() {
        assert_eq!(from_file_name("paris/the-starry_night.jpg"), "The starry night");
        assert_eq!(from_file_name("Self-portrait in oil.jpeg"), "Self-portrait in oil");
        assert_eq!(from_file_name("睡莲.png"), "睡莲");
        assert_eq!(from_file_name("trip\\IMG_2034.JPG"), "IMG 2034");
    }

    #[test]
    fn a_name_without_letters_is_its_own_title() {
        assert_eq!(from_file_name("__.jpg"), "__.jpg");
    }

    #[test]
    fn a_dot_inside_a_name_does_not_cut_it() {
        assert_eq!(from_file_name("No. 5 (untitled)"), "No. 5 (untitled)");
        assert_eq!(from_file_name("Sketch no. 7"), "Sketch no. 7");
    }
}
