//! A CSV file as columns and rows of text.

use crate::cli::Failure;
use std::path::Path;

/// A table whose rows all have one field per column.
#[derive(Debug)]
pub struct Table {
    pub columns: Vec<String>,
    pub rows: Vec<Row>,
    /// Lines that could not become a row, and why.
    pub problems: Vec<(u64, String)>,
}

#[derive(Debug)]
pub struct Row {
    /// The line of the file on which the row begins, from 1.
    pub line: u64,
    pub fields: Vec<String>,
}

impl Table {
    /// Reads a CSV in UTF-8, with or without a byte order mark. Fields are separated by commas, or by semicolons or
    /// tabs where the first line has no comma; quoted fields may hold separators, quotes (doubled) and line breaks.
    pub fn read(path: &Path) -> Result<Table, Failure> {
        let bytes = fs_err::read(path).map_err(Failure::from)?;
        Table::parse(&bytes)
            .map_err(|reason| Failure::new(format!("cannot read the table {}: {reason}", path.display())))
    }

    fn parse(bytes: &[u8]) -> Result<Table, String> {
        if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
            return Err("it is in UTF-16; save it as CSV in UTF-8".to_owned());
        }
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let text = std::str::from_utf8(bytes).map_err(|error| {
            let line = 1 + bytes.iter().take(error.valid_up_to()).filter(|byte| **byte == b'\n').count();
            format!("line {line} is not in UTF-8; save the table as CSV in UTF-8")
        })?;
        let mut reader =
            csv::ReaderBuilder::new().flexible(true).delimiter(separator(text)).from_reader(text.as_bytes());
        let columns = name_columns(reader.headers().map_err(|error| error.to_string())?);
        if columns.is_empty() {
            return Err("it is empty; its first line should name the columns".to_owned());
        }
        let mut table = Table { columns, rows: Vec::new(), problems: Vec::new() };
        let mut lines = Lines { text: text.as_bytes(), counted: 0, line: 1 };
        for record in reader.records() {
            let record = record.map_err(|error| error.to_string())?;
            let line = lines.of(record.position().map_or(0, csv::Position::byte));
            if record.len() == table.columns.len() {
                table.rows.push(Row { line, fields: record.iter().map(str::to_owned).collect() });
            } else {
                let reason = format!("{} fields where the first line names {}", record.len(), table.columns.len());
                table.problems.push((line, reason));
            }
        }
        Ok(table)
    }

    /// The position of a column, by its exact name, or else without regard to case.
    pub fn column(&self, name: &str) -> Option<usize> {
        let exact = self.columns.iter().position(|column| column == name);
        exact.or_else(|| self.columns.iter().position(|column| column.to_lowercase() == name.to_lowercase()))
    }
}

/// Tells lines by positions that only grow. The reader's own count lags behind where lines end in CR and LF.
struct Lines<'a> {
    text: &'a [u8],
    counted: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line of the record that begins at this byte, line breaks before it skipped.
    fn of(&mut self, byte: u64) -> u64 {
        let byte = usize::try_from(byte).unwrap_or(usize::MAX).clamp(self.counted, self.text.len());
        let breaks = self.text[byte..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let passed = &self.text[self.counted..byte + breaks];
        self.line += passed.iter().filter(|byte| **byte == b'\n').count() as u64;
        self.counted = byte + breaks;
        self.line
    }
}

fn separator(text: &str) -> u8 {
    let first = text.lines().next().unwrap_or_default();
    let comma_missing = !first.contains(',');
    [b';', b'\t'].into_iter().find(|separator| comma_missing && first.contains(char::from(*separator))).unwrap_or(b',')
}

/// Column names without surrounding space; one without a name, or with a name that was there before, gets its number.
fn name_columns(headers: &csv::StringRecord) -> Vec<String> {
    let mut columns: Vec<String> = Vec::with_capacity(headers.len());
    for (number, header) in (1..).zip(headers) {
        let name = header.trim();
        let name = match name {
            "" => format!("column {number}"),
            _ if columns.iter().any(|column| column == name) => format!("{name} (column {number})"),
            _ => name.to_owned(),
        };
        columns.push(name);
    }
    columns
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_hold_line_breaks_quotes_and_any_script() {
        let text = "\u{feff}Title,Note\r\n\"睡莲\",\"She said \"\"look\"\",\nthen left\"\r\nليلة,plain\n";
        let table = Table::parse(text.as_bytes()).unwrap();
        assert_eq!(table.columns, ["Title", "Note"]);
        assert_eq!(table.rows[0].fields, ["睡莲", "She said \"look\",\nthen left"]);
        assert_eq!(table.rows[1].fields, ["ليلة", "plain"]);
        assert_eq!((table.rows[0].line, table.rows[1].line), (2, 4));
    }

    #[test]
    fn semicolons_and_tabs_separate_where_there_is_no_comma() {
        assert_eq!(Table::parse(b"a;b\n1,5;2\n").unwrap().rows[0].fields, ["1,5", "2"]);
        assert_eq!(Table::parse(b"a\tb\n1\t2\n").unwrap().rows[0].fields, ["1", "2"]);
    }

    #[test]
    fn a_row_of_another_length_is_set_aside_with_its_line() {
        let table = Table::parse(b"a,b\n1,2\n3\n4,5\n").unwrap();
        assert_eq!(table.rows.len(), 2);
        assert_eq!(table.problems, [(3, "1 fields where the first line names 2".to_owned())]);
    }

    #[test]
    fn another_encoding_is_refused_with_the_line() {
        let error = Table::parse(b"a,b\n1,2\n\xe9t\xe9,3\n").unwrap_err();
        assert!(error.contains("line 3"), "{error}");
        assert!(Table::parse(b"\xff\xfea\0").unwrap_err().contains("UTF-16"));
    }

    #[test]
    fn columns_without_a_name_of_their_own_get_one() {
        assert_eq!(Table::parse(b",a,a\n1,2,3\n").unwrap().columns, ["column 1", "a", "a (column 3)"]);
    }
}
