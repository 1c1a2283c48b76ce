//! A readable title out of a file name that may have come from the web.

use percent_encoding::percent_decode_str;
use private_eye::collection::title;

pub use title::{last_segment, stem};

/// Makes `the-starry_night%20(1889).jpg` into `The starry night (1889)`: as the library does, once what stands in it as in an
/// address is decoded.
pub fn from_file_name(file: &str) -> String {
    let name = last_segment(file);
    title::from_stem(name, &percent_decode_str(stem(name)).decode_utf8_lossy())
}

/// The words of a text in lower case, joined by `-`: two spellings of one title have the same slug.
pub fn slug(text: &str) -> String {
    let lower = text.to_lowercase();
    lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_from_an_address_becomes_a_readable_title() {
        assert_eq!(from_file_name("paris/the-starry_night%20(1889).jpg"), "The starry night (1889)");
        assert_eq!(from_file_name("a%2Fb.jpg"), "A/b");
        assert_eq!(from_file_name("Sketch no. 7"), "Sketch no. 7");
    }

    #[test]
    fn two_spellings_of_one_title_have_the_same_slug() {
        assert_eq!(slug("Impression, Sunrise"), slug("impression-sunrise"));
        assert_eq!(slug("L'Éternité"), "l-éternité");
    }
}
