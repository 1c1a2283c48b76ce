//! What the columns of a table mean.
//!
//! Two tables of paintings are known by all of their columns:
//!
//! * `Style, Artwork, Artist, Date, Link` (`wikiart_scraped.csv`). It names no file, so a picture is looked for under
//!   the last part of its link (`…/claude-monet/sunrise.jpg`, in a folder `claude-monet` first), then under its
//!   `Artwork`, then under `Artist` and `Artwork` together; upper and lower case, punctuation and the extension do not
//!   matter.
//! * `Author, Styles, Date, Id, URL, Title, …, images`, where `images` is a Python list of dictionaries; the `path` of
//!   the first names the file.
//!
//! Any other table needs a column with the picture's file name, found by a usual name or given by the user.

use super::{
    finder::Hint,
    table::{Row, Table},
    title,
};
use crate::cli::Failure;
use percent_encoding::percent_decode_str;
use private_eye::collection::Item;
use py_literal::Value as Literal;

/// Deeper nesting than this in a Python literal is no list of pictures.
const DEEPEST_LITERAL: usize = 16;

/// Where each piece of a work stands in a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schema {
    image: Image,
    title: Option<usize>,
    maker: Option<usize>,
    year: Option<usize>,
    style: Option<usize>,
    link: Option<usize>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Image {
    /// No column names the file.
    Link { link: usize, artwork: usize, artist: usize },
    /// A Python list of dictionaries with a `path`.
    PythonList(usize),
    /// A file name or path.
    Column(usize),
    /// Rows are matched by position, not by picture.
    None,
}

/// Columns that the user named.
#[derive(Debug, Clone, Default)]
pub struct Columns {
    pub image: Option<String>,
    pub title: Option<String>,
}

impl Schema {
    /// Recognizes the table by its columns. `picture_needed` is false where rows belong to embeddings by position.
    pub fn recognize(table: &Table, given: &Columns, picture_needed: bool) -> Result<Schema, Failure> {
        let first = |names: &[&str]| names.iter().find_map(|name| table.column(name));
        let given_column = |flag: &str, name: &str| {
            table.column(name).ok_or_else(|| {
                Failure::new(format!("{flag}: the table has no column `{name}`; it has {}", list(&table.columns)))
            })
        };
        let all = |names: &[&str]| names.iter().all(|name| table.columns.iter().any(|column| column == name));

        let mut schema = Schema {
            image: Image::None,
            title: first(&["title", "artwork", "name"]),
            maker: first(&["maker", "artist", "author", "creator"]),
            year: first(&["year", "date"]),
            style: first(&["style", "styles"]),
            link: first(&["link", "url"]),
        };
        if let Some(name) = &given.title {
            schema.title = Some(given_column("--title-column", name)?);
        }
        schema.image = if let Some(name) = &given.image {
            let column = given_column("--image-column", name)?;
            if name == "images" && all(&["image_urls"]) { Image::PythonList(column) } else { Image::Column(column) }
        } else if all(&["Author", "Title", "images"]) {
            first(&["images"]).map_or(Image::None, Image::PythonList)
        } else if let (true, Some(artwork), Some(artist), Some(link)) = (
            all(&["Style", "Artwork", "Artist", "Date", "Link"]),
            table.column("Artwork"),
            table.column("Artist"),
            table.column("Link"),
        ) {
            Image::Link { link, artwork, artist }
        } else {
            first(&["image", "file", "filename", "file_name", "path", "picture"]).map_or(Image::None, Image::Column)
        };
        if schema.image == Image::None && picture_needed {
            return Err(Failure::new(format!(
                "no column of the table is known to hold the picture's file name; name it with --image-column (columns: {})",
                list(&table.columns)
            )));
        }
        Ok(schema)
    }

    /// Where the picture of a row may be, most likely first; empty where the row names none.
    pub fn hints(&self, row: &Row) -> Vec<Hint> {
        let field = |column: usize| row.fields.get(column).map_or("", |field| field.trim());
        let mut hints = Vec::new();
        match self.image {
            Image::None => {}
            Image::Column(column) => hints.extend(file_hint(field(column))),
            Image::PythonList(column) => hints.extend(first_path(field(column)).as_deref().and_then(file_hint)),
            Image::Link { link, artwork, artist } => {
                hints.extend(link_path(field(link)).as_deref().and_then(file_hint));
                for words in [field(artwork).to_owned(), format!("{} {}", field(artist), field(artwork))] {
                    if !title::slug(&words).is_empty() && !field(artwork).is_empty() {
                        hints.push(Hint::Words(words));
                    }
                }
            }
        }
        hints
    }

    /// The file name that the row itself gives, with or without such a file being there.
    pub fn file_name(&self, row: &Row) -> Option<String> {
        self.hints(row).into_iter().find_map(|hint| match hint {
            Hint::File(path) => Some(title::last_segment(&path).to_owned()),
            Hint::Words(_) => None,
        })
    }

    /// The item of a row: every column as it stands, and `title`, `maker`, `year`, `style`, `link` where the table has
    /// them. Where the row gives no title, the file name does.
    pub fn item(&self, columns: &[String], row: &Row, file: &str) -> Item {
        let text = |column: Option<usize>| {
            let field = column.and_then(|column| row.fields.get(column)).map(|field| field.trim());
            field.filter(|field| !field.is_empty())
        };
        let title = text(self.title).map_or_else(|| title::from_file_name(file), str::to_owned);
        let mut item = Item::new(file, title);
        if let Some(maker) = text(self.maker) {
            item = item.with_maker(maker);
        }
        if let Some(year) = text(self.year) {
            item = item.with_year(year);
        }
        if let Some(style) = text(self.style) {
            item = item.with_style(style);
        }
        if let Some(link) = text(self.link) {
            item = item.with_link(link);
        }
        columns.iter().zip(&row.fields).fold(item, |item, (column, field)| item.with_column(column, field.as_str()))
    }
}

fn list(columns: &[String]) -> String {
    columns.iter().map(|column| format!("`{column}`")).collect::<Vec<_>>().join(", ")
}

fn file_hint(path: &str) -> Option<Hint> {
    (!title::last_segment(path).is_empty()).then(|| Hint::File(path.to_owned()))
}

/// The path part of a link, decoded: no host, query or fragment, and no `!Large.jpg` as WikiArt appends for sizes.
fn link_path(link: &str) -> Option<String> {
    let path = link.split(['?', '#']).next()?;
    let path = match path.split_once("://") {
        Some((_, rest)) => rest.split_once('/')?.1,
        None => path.trim_start_matches('/'),
    };
    let path = path.split('!').next()?;
    Some(percent_decode_str(path).decode_utf8_lossy().into_owned())
}

/// The `path` of the first dictionary in a Python list, as `[{'url': '…', 'path': 'full/0a5f.jpg', …}]`.
fn first_path(text: &str) -> Option<String> {
    if nesting(text) > DEEPEST_LITERAL {
        return None;
    }
    let Literal::List(list) = text.parse().ok()? else { return None };
    let Literal::Dict(pairs) = list.into_iter().next()? else { return None };
    pairs.into_iter().find_map(|(key, value)| match (key, value) {
        (Literal::String(key), Literal::String(path)) if key == "path" => Some(path),
        _ => None,
    })
}

/// An upper bound on how deeply the brackets of a text are nested; those inside quotes count, too.
fn nesting(text: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    for byte in text.bytes() {
        match byte {
            b'[' | b'{' | b'(' => depth += 1,
            b']' | b'}' | b')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(columns: &[&str], fields: &[&str]) -> Table {
        Table {
            columns: columns.iter().map(|column| (*column).to_owned()).collect(),
            rows: vec![Row { line: 2, fields: fields.iter().map(|field| (*field).to_owned()).collect() }],
            problems: Vec::new(),
        }
    }

    const WIKIART: [&str; 5] = ["Style", "Artwork", "Artist", "Date", "Link"];

    #[test]
    fn a_wikiart_row_is_looked_for_by_link_then_by_title() {
        let table = table(
            &WIKIART,
            &[
                "Impressionism",
                "Impression, Sunrise",
                "Claude Monet",
                "1872",
                "https://u.wikiart.org/00129/images/claude-monet/impression%2Dsunrise.jpg!Large.jpg?x=1",
            ],
        );
        let schema = Schema::recognize(&table, &Columns::default(), true).unwrap();
        let hints = schema.hints(&table.rows[0]);
        assert_eq!(hints[0], Hint::File("00129/images/claude-monet/impression-sunrise.jpg".into()));
        assert_eq!(hints[1], Hint::Words("Impression, Sunrise".into()));
        let item = schema.item(&table.columns, &table.rows[0], "sunrise.jpg");
        let record = item.record();
        assert_eq!(record["title"], "Impression, Sunrise");
        assert_eq!(record["maker"], "Claude Monet");
        assert_eq!(record["year"], "1872");
        assert_eq!(record["style"], "Impressionism");
        assert_eq!(record["Artist"], "Claude Monet");
        assert_eq!(record["file"], "sunrise.jpg");
    }

    #[test]
    fn the_first_path_of_a_python_list_names_the_file() {
        let images =
            r#"[{'url': 'https://x/y.jpg', 'path': 'full/it\'s.jpg', 'n': 3, 'seen': None}, {'path': 'b.jpg'}]"#;
        let table = table(&["Author", "Title", "image_urls", "images"], &["A", "T", "[]", images]);
        let schema = Schema::recognize(&table, &Columns::default(), true).unwrap();
        assert_eq!(schema.hints(&table.rows[0]), [Hint::File("full/it's.jpg".into())]);
        assert_eq!(schema.file_name(&table.rows[0]).as_deref(), Some("it's.jpg"));
    }

    #[test]
    fn an_empty_or_broken_python_list_names_no_file() {
        for images in ["", "[]", "[{'url': 'x'}]", "[{'path': ", "nan", &"[".repeat(100_000)] {
            assert_eq!(first_path(images), None);
        }
    }

    #[test]
    fn any_other_table_says_which_columns_it_has() {
        let table = table(&["painting", "label"], &["a.jpg", "A"]);
        let error = Schema::recognize(&table, &Columns::default(), true).unwrap_err().to_string();
        assert!(error.contains("--image-column") && error.contains("`painting`"), "{error}");
        let given = Columns { image: Some("painting".into()), title: Some("Label".into()) };
        let schema = Schema::recognize(&table, &given, true).unwrap();
        assert_eq!(schema.item(&table.columns, &table.rows[0], "a.jpg").title(), "A");
        let wrong = Columns { image: Some("scan".into()), title: None };
        assert!(Schema::recognize(&table, &wrong, true).unwrap_err().to_string().contains("`scan`"));
    }

    #[test]
    fn a_row_without_a_title_is_named_by_its_file() {
        let table = table(&["file", "title"], &["blue-boat.jpg", " "]);
        let schema = Schema::recognize(&table, &Columns::default(), true).unwrap();
        assert_eq!(schema.item(&table.columns, &table.rows[0], "blue-boat.jpg").title(), "Blue boat");
    }
}
