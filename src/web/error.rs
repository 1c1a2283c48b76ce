//! Errors as a page sees them: a JavaScript `Error` with a stable `code` and a message in words.

use js_sys::Reflect;
use wasm_bindgen::JsValue;

use crate::collection::CollectionError;
use crate::engine::EngineError;
use crate::image::ImageError;
use crate::index::IndexError;
use crate::model::ModelError;
use crate::own::OwnError;

#[derive(Debug, thiserror::Error)]
pub enum WebError {
    #[error("{file} could not be fetched: {reason}. Check the connection and try again")]
    Network { file: String, reason: String },
    #[error(
        "{file} could not be fetched: the server did not answer within {seconds} seconds. Check the connection and try \
         again"
    )]
    Timeout { file: String, seconds: f64 },
    #[error("{file} could not be fetched: the server answered {status}. The site may be incomplete; build it again")]
    Status { file: String, status: u16 },
    #[error(
        "you are offline, and {file} is not on this device yet. Connect once; afterwards it works without a network"
    )]
    Offline { file: String },
    #[error(
        "{file} arrived damaged: more than the {expected} bytes that were announced. Reload the page to fetch it again"
    )]
    TooLong { file: String, expected: u64 },
    #[error("stopped, because something newer was asked")]
    Aborted,
    #[error("the option {option} is not understood: {reason}")]
    Option { option: &'static str, reason: String },
    #[error("{what} {number} does not exist: the collection has {count}, counted from 0")]
    NotFound { what: &'static str, number: u32, count: usize },
    #[error("work {number} is still on its way; ask again when more of the collection has come")]
    NotYet { number: u32 },
    #[error("none of your own pictures has the number {id}; it may have been removed")]
    NoSuchPicture { id: u32 },
    #[error(transparent)]
    Own(#[from] OwnError),
    #[error(transparent)]
    Collection(#[from] CollectionError),
    #[error(transparent)]
    Engine(#[from] EngineError),
    #[error(transparent)]
    Model(#[from] ModelError),
    #[error(transparent)]
    Image(#[from] ImageError),
    /// A value could not cross the boundary, or the browser refused something that it documents as allowed.
    #[error("the browser refused: {0}")]
    Browser(String),
}

impl WebError {
    /// For programs; the message is for people.
    pub fn code(&self) -> &'static str {
        match self {
            WebError::Network { .. } | WebError::Status { .. } => "Network",
            WebError::Timeout { .. } => "Timeout",
            WebError::Offline { .. } => "Offline",
            WebError::TooLong { .. } => "CorruptedDownload",
            WebError::Aborted => "Aborted",
            WebError::Option { .. } => "BadOption",
            WebError::NotFound { .. } | WebError::NotYet { .. } | WebError::NoSuchPicture { .. } => "NotFound",
            WebError::Own(error) => own(error),
            WebError::Collection(error) => collection(error),
            WebError::Engine(error) => engine(error),
            WebError::Model(_) => "BadModel",
            WebError::Image(error) => image(error),
            WebError::Browser(_) => "Browser",
        }
    }

    /// Whether fetching the file once more may help.
    pub fn is_damage(&self) -> bool {
        self.code() == "CorruptedDownload"
    }
}

fn collection(error: &CollectionError) -> &'static str {
    match error {
        CollectionError::Length { .. } | CollectionError::Hash { .. } => "CorruptedDownload",
        CollectionError::TooLarge { .. } | CollectionError::Index(IndexError::NoRoom { .. }) => "TooLarge",
        _ => "BadCollection",
    }
}

fn engine(error: &EngineError) -> &'static str {
    match error {
        EngineError::Image(error) => image(error),
        EngineError::Model(_) => "BadModel",
        EngineError::OtherModel { .. } => "ModelMismatch",
        EngineError::Region(_) | EngineError::Threshold(_) | EngineError::Filter(_) => "BadOption",
        EngineError::Index(error) => index(error),
    }
}

/// Vectors of a collection were compared with its manifest when they came: one that does not fit now came with the call.
fn index(error: &IndexError) -> &'static str {
    match error {
        IndexError::Dimension { .. } | IndexError::UnusableDimension { .. } | IndexError::NotFinite { .. } => {
            "BadOption"
        }
        IndexError::NoRoom { .. } | IndexError::TooMany => "TooLarge",
        _ => "BadCollection",
    }
}

fn own(error: &OwnError) -> &'static str {
    match error {
        OwnError::OtherModel { .. } | OwnError::OtherWay { .. } => "ModelMismatch",
        OwnError::TooLong { .. } | OwnError::TooMany => "TooLarge",
        OwnError::Vectors { .. } => "BadOption",
        OwnError::Collection(error) => collection(error),
        OwnError::Index(error) => index(error),
    }
}

fn image(error: &ImageError) -> &'static str {
    match error {
        ImageError::TooManyBytes { .. } | ImageError::TooManyPixels { .. } | ImageError::OutOfMemory { .. } => {
            "TooLarge"
        }
        ImageError::OtherFormat { .. } | ImageError::Unsupported { .. } => "OtherFormat",
        ImageError::Damaged { .. } | ImageError::ZeroSized { .. } => "DamagedPicture",
        _ => "NotAPicture",
    }
}

impl From<WebError> for JsValue {
    fn from(error: WebError) -> JsValue {
        let thrown = js_sys::Error::new(&sentence(&error.to_string()));
        let name = if matches!(error, WebError::Aborted) { "AbortError" } else { error.code() };
        thrown.set_name(name);
        // Setting a property of a plain object that was just made cannot fail.
        let _ = Reflect::set(&thrown, &"code".into(), &error.code().into());
        thrown.into()
    }
}

/// Messages are written to stand inside a sentence; a page shows them alone. A file's name at the beginning keeps its
/// letters.
fn sentence(message: &str) -> String {
    let first_word = message.split(' ').next().unwrap_or_default();
    let mut letters = message.chars();
    let first: String = match letters.next() {
        Some(letter) if first_word.chars().all(char::is_alphabetic) => letter.to_uppercase().collect(),
        letter => letter.into_iter().collect(),
    };
    let end = if message.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{first}{}{end}", letters.as_str())
}
