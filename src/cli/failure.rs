//! Why a command failed, in one line.

use std::fmt;

/// One line for the person at the terminal: what went wrong, where, and what to do.
#[derive(Debug)]
pub struct Failure(String);

impl Failure {
    pub fn new(line: impl Into<String>) -> Failure {
        Failure(line.into())
    }

    /// A failure with the place where it happened put before it.
    pub fn at(place: impl fmt::Display, cause: impl fmt::Display) -> Failure {
        Failure(format!("{place}: {cause}"))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Messages of libraries may span lines; the promise is one.
        for (number, word) in self.0.split_whitespace().enumerate() {
            if number > 0 {
                f.write_str(" ")?;
            }
            f.write_str(word)?;
        }
        Ok(())
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Failure {
        Failure::new(error.to_string())
    }
}
