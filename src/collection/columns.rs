//! What the columns of the metadata hold, so that a page can offer them for choice.
//!
//! Values are counted as a [`Filter`](super::Filter) matches them, so that as many works remain as were counted.
//!
//! A record may say several things under one name, one on each line. A column whose every value is a whole number, and
//! that has many of them, is filtered by a range; any other by its values, where these repeat often enough to be worth a
//! choice.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::filter::{cells, lower, said};
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
    /// Each value with the number of works that have it, in alphabetical order. Values that differ in upper and lower case
    /// alone are one, spelled as where it comes first.
    Values(Vec<(String, usize)>),
    /// Whole numbers, the least and the greatest of them.
    Range { from: i64, to: i64 },
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
    // By the value in lower case: how many works match with it, and how it is written where it stands on a line.
    let mut works: BTreeMap<String, usize> = BTreeMap::new();
    let mut offered: BTreeMap<String, String> = BTreeMap::new();
    let mut with = 0;
    for item in items {
        let cells = cells(item, name);
        let mut lines =
            cells.iter().flat_map(|cell| cell.lines()).map(str::trim).filter(|line| !line.is_empty()).peekable();
        with += usize::from(lines.peek().is_some());
        for line in lines {
            offered.entry(lower(line)).or_insert_with(|| line.to_owned());
        }
        for value in cells.iter().flat_map(|cell| said(cell)).collect::<BTreeSet<String>>() {
            *works.entry(value).or_default() += 1;
        }
    }
    if offered.len() >= RANGE_FROM
        && let Some(numbers) = offered.keys().map(|value| value.parse::<i64>().ok()).collect::<Option<BTreeSet<i64>>>()
    {
        return Some(Holds::Range { from: *numbers.first()?, to: *numbers.last()? });
    }
    let worth = offered.len() >= 2 && offered.len() <= MOST_VALUES && offered.len() * 2 <= with;
    let mut counted: Vec<(String, usize)> =
        offered.into_iter().map(|(value, spelled)| (spelled, works.get(&value).copied().unwrap_or_default())).collect();
    counted.sort_unstable();
    worth.then_some(Holds::Values(counted))
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
    fn as_many_works_are_counted_as_a_filter_lets_through() {
        let cells = ["Sea", "sea, sky", "Sky\nsea", "sky", "rock", "Rock", "rock", "sky"];
        let work = |cell: &&str| Item::new("a.jpg", "A").with_column("Tags", *cell);
        let found = holds(&cells.iter().map(work).collect::<Vec<_>>(), "Tags");
        let expected = [("Sea", 3), ("Sky", 4), ("rock", 3), ("sea, sky", 1)];
        assert_eq!(found, Some(Holds::Values(expected.map(|(value, works)| (value.to_owned(), works)).into())));
    }
}
