//! Which items a search may answer with, said by their metadata.

use super::{Collection, Item};
use crate::index::Allowed;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::str::FromStr;

/// A search for some of the items only. The default lets all through.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Filter {
    /// All of these must hold for an item.
    #[serde(rename = "where")]
    pub conditions: Vec<Condition>,
    /// Numbers of items that are left out; those that don't exist are out anyway.
    pub without: Vec<u32>,
}

/// What one column of an item must hold.
///
/// As text, and so in JSON, `Style=Cubism` or `Year=1900..1950`, `..1950` or `1900..`. Columns and values match without
/// regard to upper and lower case. A cell that lists several values, separated by `,` `;` `|` or line ends, matches with
/// each of them. In a range, a cell that is no number matches with each whole number in it: `about 1890-92` is 1890 and 92.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Cow<str>", into = "String")]
pub struct Condition {
    column: String,
    test: Test,
}

#[derive(Debug, Clone, PartialEq)]
enum Test {
    /// In lower case.
    Is(String),
    /// Both ends belong to the range.
    Between(f64, f64),
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FilterError {
    #[error(
        "{got:?} is no condition; write COLUMN=VALUE or COLUMN=FROM..TO, for instance Style=Cubism or Year=1900..1950"
    )]
    Condition { got: String },
    #[error("the range {got:?} is empty; write the lower number first")]
    EmptyRange { got: String },
    #[error("there is no column {got:?}; the columns are {}", .columns.join(", "))]
    NoColumn { got: String, columns: Vec<String> },
}

impl Filter {
    /// Whether it lets every item through.
    pub fn is_empty(&self) -> bool {
        self.conditions.is_empty() && self.without.is_empty()
    }

    /// The items that it lets through.
    ///
    /// # Errors
    /// [`FilterError::NoColumn`] if no item has a column of a condition.
    pub fn allowed(&self, collection: &Collection) -> Result<Allowed, FilterError> {
        let mut allowed = Allowed::all(collection.len());
        for condition in &self.conditions {
            let column = column(&condition.column, collection)?;
            allowed.retain(|item| condition.test.holds(collection.item(item as usize), &column));
        }
        self.without.iter().for_each(|&item| allowed.remove(item));
        Ok(allowed)
    }
}

impl Condition {
    /// The column holds this value, alone or among others.
    pub fn is(column: impl Into<String>, value: &str) -> Condition {
        Condition { column: column.into(), test: Test::Is(lower(value)) }
    }

    /// The column holds a number from the first to the last, both included; infinities leave an end open.
    pub fn between(column: impl Into<String>, first: f64, last: f64) -> Result<Condition, FilterError> {
        if first <= last {
            Ok(Condition { column: column.into(), test: Test::Between(first, last) })
        } else {
            Err(FilterError::EmptyRange { got: format!("{first}..{last}") })
        }
    }
}

impl FromStr for Condition {
    type Err = FilterError;

    fn from_str(text: &str) -> Result<Condition, FilterError> {
        let halves = text.split_once('=').map(|(column, value)| (column.trim(), value.trim()));
        match halves {
            Some((column, value)) if !column.is_empty() && !value.is_empty() => match range(value) {
                Some((first, last)) => Condition::between(column, first, last),
                None => Ok(Condition::is(column, value)),
            },
            _ => Err(FilterError::Condition { got: text.to_owned() }),
        }
    }
}

impl TryFrom<Cow<'_, str>> for Condition {
    type Error = FilterError;

    fn try_from(text: Cow<str>) -> Result<Condition, FilterError> {
        text.parse()
    }
}

impl From<Condition> for String {
    fn from(Condition { column, test }: Condition) -> String {
        let end = |number: f64| if number.is_finite() { number.to_string() } else { String::new() };
        match test {
            Test::Is(value) => format!("{column}={value}"),
            Test::Between(first, last) => format!("{column}={}..{}", end(first), end(last)),
        }
    }
}

/// `1900..1950`, `1900..` or `..1950`; anything else is a word.
fn range(text: &str) -> Option<(f64, f64)> {
    let (first, last) = text.split_once("..")?;
    let end = |text: &str, open: f64| match text.trim() {
        "" => Some(open),
        number => number.parse::<f64>().ok().filter(|number| number.is_finite()),
    };
    let ends = (end(first, f64::NEG_INFINITY)?, end(last, f64::INFINITY)?);
    (ends.0.is_finite() || ends.1.is_finite()).then_some(ends)
}

/// The name under which the items have a column: the same letters first, then without regard to upper and lower case.
fn column(asked: &str, collection: &Collection) -> Result<String, FilterError> {
    let named = || {
        let given = collection.manifest().columns.iter().map(String::as_str);
        given.chain(collection.items().iter().flat_map(|item| item.record().keys().map(String::as_str)))
    };
    let same = |name: &&str| *name == asked;
    let alike = |name: &&str| lower(name) == lower(asked);
    match named().find(same).or_else(|| named().find(alike)) {
        Some(name) => Ok(name.to_owned()),
        None => {
            let columns: BTreeSet<&str> = named().collect();
            let columns = columns.into_iter().map(str::to_owned).collect();
            Err(FilterError::NoColumn { got: asked.to_owned(), columns })
        }
    }
}

impl Test {
    fn holds(&self, item: &Item, column: &str) -> bool {
        match item.record().get(column) {
            None | Some(Value::Null) => false,
            Some(Value::String(text)) => self.holds_for(text),
            Some(Value::Array(values)) => values.iter().any(|value| match value {
                Value::String(text) => self.holds_for(text),
                other => self.holds_for(&other.to_string()),
            }),
            Some(other) => self.holds_for(&other.to_string()),
        }
    }

    fn holds_for(&self, cell: &str) -> bool {
        match self {
            Test::Is(value) => {
                let cell = lower(cell);
                cell == *value || cell.split([',', ';', '|', '\n']).any(|part| part.trim() == value)
            }
            Test::Between(first, last) => {
                let within = |number: f64| (*first..=*last).contains(&number);
                match cell.trim().parse::<f64>() {
                    Ok(number) => within(number),
                    Err(_) => {
                        let runs = cell.split(|letter: char| !letter.is_ascii_digit());
                        runs.filter_map(|run| run.parse().ok()).any(within)
                    }
                }
            }
        }
    }
}

fn lower(text: &str) -> String {
    text.trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(condition: &str, cell: impl Into<Value>) -> bool {
        let condition: Condition = condition.parse().unwrap();
        let item = Item::new("a.jpg", "A").with_column(&condition.column, cell);
        condition.test.holds(&item, &condition.column)
    }

    #[test]
    fn a_value_matches_in_any_case_and_among_others() {
        for cell in ["Cubism", " cubism ", "Fauvism, CUBISM", "Realism;Cubism", "Cubism|Realism"] {
            assert!(holds("Style=Cubism", cell), "{cell}");
        }
        for cell in ["Analytical Cubism", "", "Cubisms"] {
            assert!(!holds("Style=Cubism", cell), "{cell}");
        }
        assert!(holds("Style=山水画", "山水画") && holds("Maker=ÉDOUARD manet", "Édouard Manet"));
        assert!(holds("Title=Wait..", "wait..") && holds("Room=7", 7) && holds("Tags=sea", vec!["sky", "sea"]));
        assert!(holds("Maker=Arp, Hans", "Arp, Hans") && holds("Sum=1=1", "1=1"));
    }

    #[test]
    fn a_range_matches_numbers_and_the_years_in_words() {
        for cell in ["1900", "1950", "c. 1925", "1899-1901", "12 May 1907", "1925.5"] {
            assert!(holds("Year=1900..1950", cell), "{cell}");
        }
        for cell in ["1899", "1951", "", "unknown", "19", "-1925", "1950.5"] {
            assert!(!holds("Year=1900..1950", cell), "{cell}");
        }
        assert!(holds("Year=..1850", "-500") && holds("Year=1850..", 1850) && !holds("Year=..-600", "-500"));
        assert!(holds("Year=-600..-400", "-500"));
    }

    #[test]
    fn what_is_no_condition_is_refused_with_an_example() {
        for text in ["Cubism", "", "=Cubism", "Style=", " = "] {
            assert!(text.parse::<Condition>().unwrap_err().to_string().contains("Style=Cubism"), "{text}");
        }
        assert!(matches!("Year=1950..1900".parse::<Condition>(), Err(FilterError::EmptyRange { .. })));
        assert!(Condition::between("Year", f64::NAN, 1.0).is_err());
    }

    #[test]
    fn a_filter_is_the_same_words_in_json() {
        let json = r#"{"where":["Style=cubism","Year=1900..","Depth=0.5..2"],"without":[3,5]}"#;
        let filter: Filter = serde_json::from_str(json).unwrap();
        assert_eq!(serde_json::to_string(&filter).unwrap(), json);
        assert_eq!(serde_json::from_str::<Filter>("{}").unwrap(), Filter::default());
        assert!(Filter::default().is_empty() && !filter.is_empty());
        assert!(serde_json::from_str::<Filter>(r#"{"where":["Cubism"]}"#).unwrap_err().to_string().contains("Cubism"));
    }
}
