//! A readable title out of a file name.

use percent_encoding::percent_decode_str;

/// Makes `the-starry_night%20(1889).jpg` into `The starry night (1889)`.
///
/// Underscores become spaces. Hyphens do so only where the name has no spaces of its own, so that `Self-portrait in
/// oil.jpg` keeps its hyphen. A name that starts in lower case gets a capital.
pub fn from_file_name(file: &str) -> String {
    let name = last_segment(file);
    let hyphens_separate = !name.contains(char::is_whitespace);
    let decoded = percent_decode_str(stem(name)).decode_utf8_lossy();
    let spaced: String = decoded
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

/// The words of a text in lower case, joined by `-`: two spellings of one title have the same slug.
pub fn slug(text: &str) -> String {
    let lower = text.to_lowercase();
    lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect::<Vec<_>>().join("-")
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
        assert_eq!(from_file_name("paris/the-starry_night%20(1889).jpg"), "The starry night (1889)");
        assert_eq!(from_file_name("Self-portrait in oil.jpeg"), "Self-portrait in oil");
        assert_eq!(from_file_name("睡莲.png"), "睡莲");
        assert_eq!(from_file_name("IMG_2034.JPG"), "IMG 2034");
    }

    #[test]
    fn a_name_without_letters_is_its_own_title() {
        assert_eq!(from_file_name("__.jpg"), "__.jpg");
    }

    #[test]
    fn a_dot_inside_a_name_does_not_cut_it() {
        assert_eq!(from_file_name("No. 5 (untitled)"), "No. 5 (untitled)");
    }

    #[test]
    fn two_spellings_of_one_title_have_the_same_slug() {
        assert_eq!(slug("Impression, Sunrise"), slug("impression-sunrise"));
        assert_eq!(slug("L'Éternité"), "l-éternité");
    }
}
