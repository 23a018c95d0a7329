//! Why a watch could not begin.

use std::error::Error;
use std::fmt;
use std::io;
use std::path::PathBuf;

/// Why a watch could not begin. Once it has begun, nothing ends it but its owner.
#[derive(Debug)]
pub struct WatchError(Kind);

#[derive(Debug)]
enum Kind {
    Empty,
    Path(PathBuf, io::Error),
    Thread(io::Error),
}

impl WatchError {
    pub(crate) fn empty() -> Self {
        Self(Kind::Empty)
    }

    pub(crate) fn path(path: PathBuf, cause: io::Error) -> Self {
        Self(Kind::Path(path, cause))
    }

    pub(crate) fn thread(cause: io::Error) -> Self {
        Self(Kind::Thread(cause))
    }

    /// What went wrong, in a word that stays the same: `watch-empty` (the set has no file), `watch-path` (a path cannot be made
    /// absolute), `watch-thread` (the system gives no thread).
    pub fn code(&self) -> &'static str {
        match self.0 {
            Kind::Empty => "watch-empty",
            Kind::Path(..) => "watch-path",
            Kind::Thread(_) => "watch-thread",
        }
    }
}

impl fmt::Display for WatchError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Empty => formatter.write_str("watch an empty set of files"),
            Kind::Path(path, _) => write!(formatter, "watch {path:?}: it cannot be made an absolute path"),
            Kind::Thread(_) => formatter.write_str("start the thread that watches"),
        }
    }
}

impl Error for WatchError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.0 {
            Kind::Empty => None,
            Kind::Path(_, cause) | Kind::Thread(cause) => Some(cause),
        }
    }
}
