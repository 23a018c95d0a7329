//! What a panic looks like when it has crossed from one image to another.

use std::fmt;

/// The payload of a panic that crossed between host and patch and was not text. Text stays text: a `String`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PatchPanic {
    /// What is known of it.
    pub message: String,
    /// `file:line:column`, empty where unknown.
    pub location: String,
}

impl fmt::Display for PatchPanic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        if self.location.is_empty() { Ok(()) } else { write!(f, " at {}", self.location) }
    }
}
