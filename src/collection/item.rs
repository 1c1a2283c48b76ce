use serde_json::{Map, Value};

/// One work of a collection: its whole metadata record.
///
/// `file` and `title` are always there; `maker`, `year`, `style` and `link` where they are known; every other column as it
/// was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    record: Map<String, Value>,
}

/// Keys with a meaning of their own.
const RESERVED: [&str; 6] = ["file", "title", "maker", "year", "style", "link"];

impl Item {
    /// `file` is the picture's path below the folder it was built from, with `/` between its parts.
    pub fn new(file: impl Into<String>, title: impl Into<String>) -> Item {
        let mut record = Map::new();
        record.insert("file".into(), Value::String(file.into()));
        record.insert("title".into(), Value::String(title.into()));
        Item { record }
    }

    pub fn with_maker(self, maker: impl Into<String>) -> Item {
        self.with("maker", maker.into())
    }

    pub fn with_year(self, year: impl Into<String>) -> Item {
        self.with("year", year.into())
    }

    pub fn with_style(self, style: impl Into<String>) -> Item {
        self.with("style", style.into())
    }

    pub fn with_link(self, link: impl Into<String>) -> Item {
        self.with("link", link.into())
    }

    fn with(mut self, key: &str, value: String) -> Item {
        self.record.insert(key.into(), Value::String(value));
        self
    }

    /// Adds a column as it was given. One that is called like a key with a meaning of its own, but says something else, is
    /// kept with `_` behind its name. Call this after the `with_…` functions.
    pub fn with_column(mut self, name: &str, value: impl Into<Value>) -> Item {
        let value = value.into();
        let mut name = name.to_owned();
        while RESERVED.contains(&name.as_str()) || self.record.contains_key(&name) {
            if self.record.get(&name) == Some(&value) {
                return self;
            }
            name.push('_');
        }
        self.record.insert(name, value);
        self
    }

    /// Holds the place of one whose record is still on its way.
    pub(crate) fn to_come() -> Item {
        Item { record: Map::new() }
    }

    /// Takes a record as it stands in a file.
    pub(crate) fn from_record(record: Map<String, Value>) -> Result<Item, String> {
        for key in ["file", "title"] {
            if !matches!(record.get(key), Some(Value::String(_))) {
                return Err(format!("it has no {key:?} in words"));
            }
        }
        Ok(Item { record })
    }

    fn word(&self, key: &str) -> Option<&str> {
        self.record.get(key).and_then(Value::as_str)
    }

    /// The picture's path below the folder it was built from.
    pub fn file(&self) -> &str {
        self.word("file").unwrap_or_default()
    }

    pub fn title(&self) -> &str {
        self.word("title").unwrap_or_default()
    }

    /// Who made it, where that is known.
    pub fn maker(&self) -> Option<&str> {
        self.word("maker")
    }

    /// The whole record.
    pub fn record(&self) -> &Map<String, Value> {
        &self.record
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_called_like_one_of_our_keys_is_kept_whole() {
        let item = Item::new("a.jpg", "Dawn")
            .with_maker("Ada")
            .with_column("title", "Dawn")
            .with_column("file", "scan 12")
            .with_column("year", "1890")
            .with_column("Tags", "sea\nsky");
        assert_eq!((item.file(), item.title(), item.maker()), ("a.jpg", "Dawn", Some("Ada")));
        assert_eq!(item.record()["file_"], "scan 12");
        assert_eq!(item.record()["year_"], "1890");
        assert_eq!(item.record()["Tags"], "sea\nsky");
        assert_eq!(item.record().len(), 6);
    }

    #[test]
    fn a_record_without_a_title_is_refused() {
        let record = serde_json::from_str(r#"{"file": "a.jpg", "title": 7}"#).unwrap();
        assert!(Item::from_record(record).unwrap_err().contains("title"));
    }
}
