//! Which items a search may answer with, said by their metadata: what a person types (`Style=Cubism`) and what a page
//! offers for choice ([`Column`](super::Column)) are the same conditions.

use super::{Collection, Item};
use crate::index::Allowed;
use serde::Deserialize;
use serde_json::Value;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

/// A search for some of the items only. The default lets all through.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Filter {
    /// All of these must hold for an item.
    pub conditions: Vec<Condition>,
    /// Numbers of items that are left out; those that don't exist are out anyway.
    pub without: Vec<u32>,
}

/// What one column of an item must hold.
///
/// As text, `Style=Cubism` or `Year=1900..1950`, `..1950` or `1900..`. Columns and values match without regard to upper
/// and lower case. A cell that lists several values, separated by `,` `;` `|` or line ends, matches with each of them. In a
/// range, a cell that is no number matches with each whole number in it: `about 1890-92` is 1890 and 92.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    column: String,
    test: Test,
}

#[derive(Debug, Clone, PartialEq)]
enum Test {
    /// In lower case; of an empty list, nothing.
    OneOf(BTreeSet<String>),
    /// Both ends belong to the range.
    Between(f64, f64),
}

/// Conditions as a page writes them in JSON: `{"Style": ["Cubism", "Fauvism"], "Year": {"from": 1900, "to": 1950}}`, where
/// either end of a range may be left out. A range must not be empty.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(try_from = "BTreeMap<String, Wanted>")]
pub struct Conditions(pub Vec<Condition>);

#[derive(Deserialize)]
#[serde(
    untagged,
    deny_unknown_fields,
    expecting = "a column wants a list of values, for instance [\"Cubism\"], or a range of numbers, for instance \
                 {\"from\": 1900, \"to\": 1950}"
)]
enum Wanted {
    OneOf(Vec<String>),
    Between { from: Option<f64>, to: Option<f64> },
}

impl TryFrom<BTreeMap<String, Wanted>> for Conditions {
    type Error = FilterError;

    fn try_from(wanted: BTreeMap<String, Wanted>) -> Result<Conditions, FilterError> {
        let condition = |(column, wanted)| match wanted {
            Wanted::OneOf(values) => {
                Ok(Condition { column, test: Test::OneOf(values.iter().map(|value| lower(value)).collect()) })
            }
            Wanted::Between { from, to } => {
                Condition::between(column, from.unwrap_or(f64::NEG_INFINITY), to.unwrap_or(f64::INFINITY))
            }
        };
        wanted.into_iter().map(condition).collect::<Result<_, _>>().map(Conditions)
    }
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
    /// The items that it lets through; nothing where it was not asked to hold any back.
    ///
    /// # Errors
    /// [`FilterError::NoColumn`] if no item has a column of a condition. While the collection is on its way, one that has may
    /// still come: until then, no item is let through.
    pub fn allowed(&self, collection: &Collection) -> Result<Option<Allowed>, FilterError> {
        let conditions = match self.among(collection.items(), &collection.manifest().columns) {
            Err(FilterError::NoColumn { .. }) if collection.arrived().is_some() => {
                Some(Allowed::none(collection.len()))
            }
            conditions => conditions?,
        };
        if self.without.is_empty() {
            return Ok(conditions);
        }
        let mut allowed = conditions.unwrap_or_else(|| Allowed::all(collection.len()));
        self.without.iter().for_each(|&item| allowed.remove(item));
        Ok(Some(allowed))
    }

    /// Those of the items for which all conditions hold; nothing where there are no conditions.
    pub(crate) fn among(&self, items: &[Item], columns: &[String]) -> Result<Option<Allowed>, FilterError> {
        if self.conditions.is_empty() {
            return Ok(None);
        }
        let mut allowed = Allowed::all(items.len());
        for condition in &self.conditions {
            let column = column(&condition.column, items, columns)?;
            allowed.retain(|item| condition.test.holds(&items[item as usize], &column));
        }
        Ok(Some(allowed))
    }
}

impl Condition {
    /// The column holds this value, alone or among others.
    pub fn is(column: impl Into<String>, value: &str) -> Condition {
        Condition { column: column.into(), test: Test::OneOf(BTreeSet::from([lower(value)])) }
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
fn column(asked: &str, items: &[Item], columns: &[String]) -> Result<String, FilterError> {
    let named = || {
        let given = columns.iter().map(String::as_str);
        given.chain(items.iter().flat_map(|item| item.record().keys().map(String::as_str)))
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
        cells(item, column).iter().any(|cell| match self {
            Test::OneOf(values) => said(cell).any(|said| values.contains(&said)),
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
        })
    }
}

/// What an item has in a column, as text: one cell, or several where the record has a list.
pub(super) fn cells<'a>(item: &'a Item, column: &str) -> Vec<Cow<'a, str>> {
    fn text(value: &Value) -> Cow<'_, str> {
        match value {
            Value::String(text) => text.into(),
            other => other.to_string().into(),
        }
    }
    match item.record().get(column) {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(values)) => values.iter().map(text).collect(),
        Some(value) => vec![text(value)],
    }
}

/// Every value that a cell matches with: the whole of it, each line, each part of a list; in lower case.
pub(super) fn said(cell: &str) -> impl Iterator<Item = String> {
    [lower(cell)].into_iter().chain(cell.lines().map(lower)).chain(cell.split([',', ';', '|', '\n']).map(lower))
}

pub(super) fn lower(text: &str) -> String {
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
    fn a_page_chooses_several_values_of_a_column_or_a_range() {
        let json = r#"{"Style": ["Cubism", "Fauvism"], "Year": {"from": 1900, "to": null}, "Room": []}"#;
        let Conditions(conditions) = serde_json::from_str(json).unwrap();
        let [room, style, year] = &conditions[..] else { panic!("{conditions:?}") };
        let holds = |condition: &Condition, cell: &str| {
            condition.test.holds(&Item::new("a.jpg", "A").with_column(&condition.column, cell), &condition.column)
        };
        assert!(holds(style, "cubism") && holds(style, "Realism\nFauvism") && !holds(style, "Realism"));
        assert!(holds(year, "1900") && holds(year, "2024") && !holds(year, "1899") && !holds(room, "7"));
        assert_eq!(*year, "Year=1900..".parse().unwrap());
    }

    #[test]
    fn what_a_page_cannot_choose_is_refused_with_what_it_can() {
        for wrong in [
            r#"{"Style": "Cubism"}"#,
            r#"{"Year": 1900}"#,
            r#"{"Year": [1900, 1950]}"#,
            r#"{"Year": {"from": "1900"}}"#,
            r#"{"Year": {"form": 1900}}"#,
        ] {
            let refused = serde_json::from_str::<Conditions>(wrong).unwrap_err().to_string();
            assert!(
                refused.contains(r#"["Cubism"]"#) && refused.contains(r#"{"from": 1900, "to": 1950}"#),
                "{refused}"
            );
        }
        let refused = serde_json::from_str::<Conditions>(r#"{"Year": {"from": 1950, "to": 1900}}"#).unwrap_err();
        let typed = "Year=1950..1900".parse::<Condition>().unwrap_err().to_string();
        assert!(refused.to_string().contains(&typed), "{refused}");
    }

    #[test]
    fn a_line_of_a_cell_is_a_value_even_with_a_comma_in_it() {
        assert!(holds("Maker=arp, hans", "Klee, Paul\nArp, Hans"));
    }
}
