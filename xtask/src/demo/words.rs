//! Titles and file names.

use super::random::Rng;

/// A title as a file name: small ASCII letters, digits and dashes.
pub fn slug(title: &str) -> String {
    let mut slug = String::with_capacity(title.len());
    for c in title.chars().flat_map(char::to_lowercase) {
        let plain = match c {
            'à'..='å' => 'a',
            'è'..='ë' => 'e',
            'ì'..='ï' => 'i',
            'ò'..='ö' | 'ø' => 'o',
            'ù'..='ü' => 'u',
            'ç' => 'c',
            'ñ' => 'n',
            '’' => continue,
            other => other,
        };
        if plain.is_ascii_alphanumeric() {
            slug.push(plain);
        } else if !slug.ends_with('-') && !slug.is_empty() {
            slug.push('-');
        }
    }
    slug.trim_end_matches('-').to_string()
}

/// A number in Roman numerals.
pub fn roman(mut number: usize) -> String {
    let mut numeral = String::new();
    for (value, letters) in
        [(100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")]
    {
        while number >= value {
            numeral.push_str(letters);
            number -= value;
        }
    }
    numeral
}

/// The first letter as a capital.
pub fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|c| c.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// Puts one word of each list into the `_`s of a pattern, in turn.
pub fn compose(rng: &Rng, pattern: &str, lists: &[&[&str]]) -> String {
    let mut title = String::new();
    let mut lists = lists.iter();
    for c in pattern.chars() {
        match (c, lists.as_slice().first()) {
            ('_', Some(list)) => {
                title.push_str(rng.pick(list));
                lists.next();
            }
            _ => title.push(c),
        }
    }
    capital(&title)
}

/// Where the imaginary museum's landscapes lie.
pub const PLACES: &[&str] = &[
    "Arlen",
    "Bellmere",
    "Cavo Sant’Elm",
    "Dunmarrow",
    "Estrel",
    "Farrow Hill",
    "Garrick Sound",
    "Hollin",
    "Isola Verre",
    "Jorvel",
    "Kestrel Bay",
    "Lindö",
    "Marrowby",
    "Nevelin",
    "Orsa",
    "Port Amarel",
    "Quillon",
    "Rosmar",
    "Saltholm",
    "Tarn Keld",
    "Ulvik Ness",
    "Valdora",
    "Westerley",
    "Ystrad",
    "Zennor Cross",
    "Montferrin",
    "Cala Brava",
    "Osterfjord",
    "Lake Mirel",
    "Penhallow",
    "Sant Orell",
    "Thornwick",
    "Brescal",
    "Aldersund",
    "Campo Lirio",
    "Veldham",
];

pub const HOURS: &[&str] = &[
    "dawn",
    "early morning",
    "noon",
    "late afternoon",
    "dusk",
    "evening",
    "midnight",
    "first light",
    "low tide",
    "the blue hour",
    "summer’s end",
    "first frost",
    "harvest",
    "the thaw",
    "a windless day",
    "sundown",
];
