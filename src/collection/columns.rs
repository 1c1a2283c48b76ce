//! What the columns of the metadata hold, so that a page can offer them for choice, and what was chosen.
//!
//! A [`Filter`](super::Filter) is what a person types, and forgiving; choices are ticked, and mean just the values that
//! were offered, so that as many works remain as were counted.
//!
//! A record may say several things under one name, one on each line. A column whose every value is a whole number, and
//! that has many of them, is filtered by a range; any other by its values, where these repeat often enough to be worth a
//! choice.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Collection, Item};

/// These come first, in this order.
const FIRST: [&str; 3] = ["style", "maker", "year"];
/// These name one work each.
const NEVER: [&str; 3] = ["file", "title", "link"];
/// From so many different numbers on, a range is easier to choose than each of them.
const RANGE_FROM: usize = 13;
/// Nobody reads a longer list.
const MOST_VALUES: usize = 200;

/// A column that is worth filtering by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Column {
    pub name: String,
    #[serde(flatten)]
    pub holds: Holds,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Holds {
    /// Each value with the number of works that have it, in alphabetical order.
    Values(Vec<(String, usize)>),
    /// Whole numbers, the least and the greatest of them.
    Range { from: i64, to: i64 },
}

/// What is wanted of each column that is named; works that lack it are not wanted.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
pub struct Choices(BTreeMap<String, Wanted>);

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged)]
enum Wanted {
    /// Any of these values; of an empty list, nothing.
    OneOf(BTreeSet<String>),
    /// A number between these, both included.
    Between { from: Option<f64>, to: Option<f64> },
}

impl Choices {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a work has all that is wanted.
    pub fn accept(&self, item: &Item) -> bool {
        self.0.iter().all(|(column, wanted)| values(item, column).iter().any(|value| wanted.accepts(value)))
    }
}

impl Wanted {
    fn accepts(&self, value: &str) -> bool {
        match self {
            Wanted::OneOf(values) => values.contains(value),
            Wanted::Between { from, to } => value
                .parse::<f64>()
                .is_ok_and(|number| from.is_none_or(|from| number >= from) && to.is_none_or(|to| number <= to)),
        }
    }
}

impl Collection {
    /// The columns that are worth filtering by: style, maker and year where they are known, then the others as the
    /// manifest names them. A column that only repeats one of these says nothing new.
    pub fn columns(&self) -> Vec<Column> {
        columns(self.items(), &self.manifest().columns)
    }
}

fn columns(items: &[Item], names: &[String]) -> Vec<Column> {
    let mut taken: Vec<&str> = NEVER.to_vec();
    let mut found = Vec::new();
    for name in FIRST.into_iter().chain(names.iter().map(String::as_str)) {
        let repeats = |known: &&str| items.iter().all(|item| item.record().get(*known) == item.record().get(name));
        if taken.contains(&name) || taken.iter().any(repeats) {
            continue;
        }
        taken.push(name);
        found.extend(holds(items, name).map(|holds| Column { name: name.to_owned(), holds }));
    }
    found
}

fn holds(items: &[Item], name: &str) -> Option<Holds> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut with = 0;
    for item in items {
        let values: HashSet<String> = values(item, name).into_iter().collect();
        with += usize::from(!values.is_empty());
        for value in values {
            *counts.entry(value).or_default() += 1;
        }
    }
    if counts.len() >= RANGE_FROM
        && let Some(numbers) = counts.keys().map(|value| value.parse::<i64>().ok()).collect::<Option<BTreeSet<i64>>>()
    {
        return Some(Holds::Range { from: *numbers.first()?, to: *numbers.last()? });
    }
    let worth = counts.len() >= 2 && counts.len() <= MOST_VALUES && counts.len() * 2 <= with;
    worth.then(|| Holds::Values(counts.into_iter().collect()))
}

/// What a record says under a name, as text.
fn values(item: &Item, column: &str) -> Vec<String> {
    let text = match item.record().get(column) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::Bool(value)) => value.to_string(),
        _ => return Vec::new(),
    };
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items() -> Vec<Item> {
        let work = |number: usize| {
            let style = if number.is_multiple_of(3) { "Tile" } else { "Quilt" };
            Item::new(format!("{number}.jpg"), format!("No. {number}"))
                .with_style(style)
                .with_year((1880 + number).to_string())
                .with_column("Style", style)
                .with_column("Title", format!("No. {number}"))
                .with_column("Tags", if number < 10 { "sea\nsky" } else { "sea" })
                .with_column("Inventory", format!("A-{number}"))
        };
        (0..30).map(work).collect()
    }

    #[test]
    fn columns_that_repeat_each_other_or_name_single_works_are_left_out() {
        let names = ["Style", "Title", "Tags", "Inventory"].map(str::to_owned);
        let found = columns(&items(), &names);
        let values =
            |pairs: &[(&str, usize)]| Holds::Values(pairs.iter().map(|(v, n)| ((*v).to_owned(), *n)).collect());
        assert_eq!(
            found.iter().map(|column| (column.name.as_str(), column.holds.clone())).collect::<Vec<_>>(),
            [
                ("style", values(&[("Quilt", 20), ("Tile", 10)])),
                ("year", Holds::Range { from: 1880, to: 1909 }),
                ("Tags", values(&[("sea", 30), ("sky", 10)])),
            ]
        );
    }

    #[test]
    fn a_work_must_have_one_wanted_value_of_each_column() {
        let choices: Choices =
            serde_json::from_str(r#"{"style": ["Tile", "Carpet"], "year": {"from": 1885}, "Tags": ["sky"]}"#).unwrap();
        let accepted: Vec<String> =
            items().iter().filter(|item| choices.accept(item)).map(|item| item.file().to_owned()).collect();
        assert_eq!(accepted, ["6.jpg", "9.jpg"]);
        let lacking: Choices = serde_json::from_str(r#"{"maker": ["Ada"]}"#).unwrap();
        assert!(!items().iter().any(|item| lacking.accept(item)));
        assert!(items().iter().all(|item| Choices::default().accept(item)));
    }
}
