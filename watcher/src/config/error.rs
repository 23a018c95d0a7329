//! What was wrong with a configuration.

use super::excerpt::{Place, printable};
use std::fmt;
use std::path::Path;

/// How long a message may grow: what stands in a file is quoted in it.
const LONGEST_MESSAGE: usize = 600;

/// Why a configuration did not come into force.
///
/// [`Display`](fmt::Display) prints one line that begins with the file, the line and the column where there are any, and
/// below it the offending line with a caret. [`summary`](Self::summary) is the first line alone, [`help`](Self::help) says
/// what to do. All of it is bounded in length and free of control characters, whatever the file holds.
#[derive(Clone, PartialEq, Eq)]
pub struct ConfigError(Box<Facts>);

#[derive(Clone, PartialEq, Eq)]
struct Facts {
    fault: Fault,
    message: String,
    place: Option<Place>,
    key: Option<String>,
}

/// What kinds of faults there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    Syntax,
    Type,
    MissingField,
    UnknownField,
    Invalid,
    Panicked,
    Unreadable,
    Encoding,
    MissingFile,
    Empty,
    RestartOnly,
    Format,
    Feature,
    Watch,
}

impl Fault {
    const fn code(self) -> &'static str {
        match self {
            Self::Syntax => "config-syntax",
            Self::Type => "config-type",
            Self::MissingField => "config-missing-field",
            Self::UnknownField => "config-unknown-field",
            Self::Invalid => "config-invalid",
            Self::Panicked => "config-panicked",
            Self::Unreadable => "config-unreadable",
            Self::Encoding => "config-encoding",
            Self::MissingFile => "config-missing-file",
            Self::Empty => "config-empty",
            Self::RestartOnly => "config-restart-only",
            Self::Format => "config-format",
            Self::Feature => "config-feature",
            Self::Watch => "config-watch",
        }
    }

    const fn help(self) -> &'static str {
        match self {
            Self::Syntax => "mend the file at this place",
            Self::Type => "write a value of the expected kind; text is quoted, numbers are not",
            Self::MissingField => {
                "add the key to one of the files, or give the field a default with `#[serde(default)]`"
            }
            Self::UnknownField => "correct the spelling of the key, or remove it",
            Self::Invalid => "choose values that `HotConfig::validate` accepts",
            Self::Panicked => "let `HotConfig::validate` or `Deserialize` return an error instead of panicking",
            Self::Unreadable => "let the process read the file: permissions, a regular file, its size",
            Self::Encoding => "save the file as UTF-8",
            Self::MissingFile => "create the file, or name it with `optional_file`",
            Self::Empty => "write the configuration; a file for defaults alone holds a comment, or `{}`",
            Self::RestartOnly => "undo the change of these keys, or restart the process",
            Self::Format => "name the file .toml, .json, .yaml or .yml, or choose with `ConfigBuilder::format`",
            Self::Feature => "turn the feature on in Cargo.toml, or use another format",
            Self::Watch => "see the cause; `ConfigBuilder::polling` needs no events from the system",
        }
    }
}

impl ConfigError {
    pub(super) fn new(fault: Fault, message: impl fmt::Display) -> Self {
        let message = printable(&message.to_string(), LONGEST_MESSAGE);
        Self(Box::new(Facts { fault, message, place: None, key: None }))
    }

    pub(super) fn at(mut self, place: Option<Place>) -> Self {
        self.0.place = place;
        self
    }

    pub(super) fn of_key(mut self, key: String) -> Self {
        self.0.key = Some(printable(&key, LONGEST_MESSAGE));
        self
    }

    /// What kind of error it is. The same word in all later versions: `config-syntax`, `config-type`,
    /// `config-missing-field`, `config-unknown-field`, `config-invalid`, `config-panicked`, `config-unreadable`,
    /// `config-encoding`, `config-missing-file`, `config-empty`, `config-restart-only`, `config-format`, `config-feature`,
    /// `config-watch`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.0.fault.code()
    }

    /// What to do about it, in one line.
    #[must_use]
    pub fn help(&self) -> &'static str {
        self.0.fault.help()
    }

    /// The first line of what is displayed: where, and what.
    #[must_use]
    pub fn summary(&self) -> String {
        match &self.0.place {
            Some(place) => format!("{place}: {}", self.0.message),
            None => self.0.message.clone(),
        }
    }

    /// The file that the error points into.
    #[must_use]
    pub fn file(&self) -> Option<&Path> {
        self.0.place.as_ref().map(|place| place.file.as_path())
    }

    /// The line in it, from 1.
    #[must_use]
    pub fn line(&self) -> Option<usize> {
        self.0.place.as_ref().map(|place| place.line)
    }

    /// The character in that line, from 1.
    #[must_use]
    pub fn column(&self) -> Option<usize> {
        self.0.place.as_ref().map(|place| place.column)
    }

    /// The key, dotted, if the error is about one.
    #[must_use]
    pub fn key(&self) -> Option<&str> {
        self.0.key.as_deref()
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.summary())?;
        self.0.place.as_ref().map_or(Ok(()), |place| write!(f, "\n{}", place.excerpt))
    }
}

/// As it is displayed, with its code and help: what `unwrap` shows is what a person reads.
impl fmt::Debug for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error[{}]: {self}\nhelp: {}", self.code(), self.help())
    }
}

impl std::error::Error for ConfigError {}
