use core::fmt;

/// Why a manifest cannot be read.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ManifestError {
    /// A record's magic, length or checksum is wrong.
    Damaged {
        /// Bytes from the start of the manifest.
        offset: usize,
    },
    /// A record of another format.
    Format {
        /// The format this reader knows.
        reads: u8,
        /// The record's format.
        found: u8,
    },
    /// A kind of record this reader does not know.
    UnknownKind {
        /// The kind byte.
        kind: u8,
    },
    /// A field that must be understood and is not.
    UnknownField {
        /// The field's tag.
        tag: u8,
    },
    /// A field whose value is not of its type, or a payload that ends within a field.
    Field {
        /// The field's tag; zero where not even that could be read.
        tag: u8,
    },
    /// The description of a type does not read.
    Type,
    /// Something there must be exactly one of is not there.
    Missing {
        /// What.
        what: &'static str,
    },
    /// Something there must be exactly one of is there again.
    Second {
        /// What.
        what: &'static str,
    },
    /// More records than any program has.
    TooManyRecords,
}

impl fmt::Display for ManifestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Damaged { offset } => write!(f, "the record at byte {offset} of the manifest is damaged"),
            Self::Format { reads, found } => write!(f, "manifest format {found}, this build reads {reads}"),
            Self::UnknownKind { kind } => write!(f, "the manifest has a record of unknown kind {kind}"),
            Self::UnknownField { tag } => write!(f, "the manifest has an unknown field {tag} that must be understood"),
            Self::Field { tag } => write!(f, "field {tag} of the manifest does not hold a value of its type"),
            Self::Type => write!(f, "the manifest describes a type in a way that does not read"),
            Self::Missing { what } => write!(f, "the manifest has no {what}"),
            Self::Second { what } => write!(f, "the manifest has a second {what}"),
            Self::TooManyRecords => write!(f, "the manifest has more than {} records", super::MAX_RECORDS),
        }
    }
}

impl core::error::Error for ManifestError {}
