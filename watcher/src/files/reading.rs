//! What files hold, as one set.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What a set of files held at one moment, in the order of the set. `B` is what stands for the bytes of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contents<B = Arc<[u8]>> {
    pub(crate) files: Vec<(PathBuf, Content<B>)>,
}

/// What one file held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content<B = Arc<[u8]>> {
    /// Its bytes, or what stands for them.
    Whole(B),
    /// There is no such file.
    Missing,
    /// It is there and cannot be read.
    Unreadable(Unreadable),
}

/// Why a file could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// What kind of error it was.
    pub kind: io::ErrorKind,
    /// What the system says.
    pub message: String,
}

impl<B> Default for Contents<B> {
    fn default() -> Self {
        Self { files: Vec::new() }
    }
}

impl<B> Contents<B> {
    /// Each file with what it held.
    pub fn iter(&self) -> impl Iterator<Item = (&Path, &Content<B>)> {
        self.files.iter().map(|(path, content)| (path.as_path(), content))
    }
}

impl Unreadable {
    pub(crate) fn new(kind: io::ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }
}

impl From<io::Error> for Unreadable {
    fn from(error: io::Error) -> Self {
        Self::new(error.kind(), error.to_string())
    }
}
