//! Why an image is refused, each reason with a stable code.

use super::Machine;
use crate::compatibility::{HeaderMismatch, ItemMismatch};
use crate::layout::Difference;
use crate::manifest::ManifestError;

/// Why bytes are no image for this machine.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImageError {
    /// The file does not begin as an image does.
    NotAnImage,
    /// The file ends too early.
    Truncated {
        /// Bytes that there should be.
        needs: u32,
        /// Bytes that there are.
        has: usize,
    },
    /// Something stands behind the image.
    Trailing {
        /// Bytes of it.
        surplus: usize,
    },
    /// The checksum is not that of the bytes.
    Damaged,
    /// A file of another format.
    Format {
        /// The format this reader knows.
        reads: u16,
        /// The file's format.
        found: u16,
    },
    /// An image for another processor family.
    Machine {
        /// This firmware's.
        host: Machine,
        /// The image's.
        image: Machine,
    },
    /// The sizes in the header contradict each other, or the alignment is none.
    Sizes,
    /// A word to relocate lies outside the image, is not aligned, or stands in the list out of order or twice.
    Relocation {
        /// Bytes from the start of the image.
        place: u32,
    },
    /// A relocated word leads out of the image.
    RelocationTarget {
        /// Bytes from the start of the image.
        place: u32,
        /// Where it leads, from the start of the image.
        target: u32,
    },
    /// The entry table does not lie in the image.
    Table,
    /// An entry that is no code of the image.
    Entry {
        /// The word of the table, counted from zero.
        index: usize,
    },
}

impl ImageError {
    /// The stable spelling, for logs and scripts.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotAnImage => "not-an-image",
            Self::Truncated { .. } => "truncated",
            Self::Trailing { .. } => "trailing-bytes",
            Self::Damaged => "damaged",
            Self::Format { .. } => "image-format",
            Self::Machine { .. } => "wrong-architecture",
            Self::Sizes => "malformed-sizes",
            Self::Relocation { .. } => "relocation-place",
            Self::RelocationTarget { .. } => "relocation-target",
            Self::Table => "entry-table",
            Self::Entry { .. } => "entry",
        }
    }
}

/// Why an image does not fit this firmware.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImageRefusal<'a> {
    /// The manifest does not read.
    Manifest(ManifestError),
    /// Built to unwind on a panic. There is nobody to unwind to.
    Unwinds,
    /// Built for something else.
    Header(HeaderMismatch<'a>),
    /// The definitions of types are more than there is memory for, or two have one key.
    Types(ManifestError),
    /// The firmware has no such item.
    UnknownItem {
        /// Its path.
        item: &'a str,
    },
    /// The image brings an item twice.
    DuplicateItem {
        /// Its path.
        item: &'a str,
    },
    /// Another kind of item, another signature, or another place in the table.
    Item {
        /// Its path.
        item: &'a str,
        /// The difference.
        mismatch: ItemMismatch<'a>,
    },
    /// The types of an item differ.
    Layout {
        /// Its path.
        item: &'a str,
        /// Where.
        difference: Difference<'a>,
    },
    /// The manifest names an item for which the entry table has no function.
    NoEntry {
        /// Its path.
        item: &'a str,
    },
    /// The entry table has a function that the manifest does not name.
    UnnamedEntry,
}

impl<'a> ImageRefusal<'a> {
    /// The stable spelling, for logs and scripts; where a patch of an operating system can be refused for the same
    /// reason, that of its `ErrorCode`.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Manifest(ManifestError::Format { .. }) => "manifest-format",
            Self::Manifest(_) | Self::Types(ManifestError::Second { .. }) => "manifest-corrupt",
            Self::Types(_) => "too-many-types",
            Self::Unwinds => "panic-unwind",
            Self::Header(mismatch) => header_code(mismatch),
            Self::UnknownItem { .. } => "unknown-item",
            Self::DuplicateItem { .. } => "duplicate-item",
            Self::Item { .. } => "signature-mismatch",
            Self::Layout { .. } => "layout",
            Self::NoEntry { .. } => "no-entry",
            Self::UnnamedEntry => "unnamed-entry",
        }
    }

    /// The item it is about, if it is about one.
    pub const fn item(&self) -> Option<&'a str> {
        match *self {
            Self::UnknownItem { item }
            | Self::DuplicateItem { item }
            | Self::Item { item, .. }
            | Self::Layout { item, .. }
            | Self::NoEntry { item } => Some(item),
            _ => None,
        }
    }
}

const fn header_code(mismatch: &HeaderMismatch<'_>) -> &'static str {
    match mismatch {
        HeaderMismatch::Target { .. } => "target-mismatch",
        HeaderMismatch::Abi { .. } => "abi-mismatch",
        HeaderMismatch::PointerWidth { .. } => "pointer-width",
        HeaderMismatch::Endianness { .. } => "endianness",
        HeaderMismatch::Compiler { .. } => "compiler-mismatch",
        HeaderMismatch::LayoutProbe { .. } => "layout-probe",
        HeaderMismatch::Framework { .. } => "framework-mismatch",
        HeaderMismatch::PanicAbort => "panic-abort",
        HeaderMismatch::Allocator { .. } => "allocator-mismatch",
        HeaderMismatch::CpuFeature { .. } => "cpu-feature",
        HeaderMismatch::InterfaceVersion { .. } => "interface-version",
        HeaderMismatch::TypeHash { .. } => "type-hash",
    }
}

/// Why an admitted image was not loaded.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoadError {
    /// The region is too small.
    TooLarge {
        /// Bytes the image takes.
        needs: u32,
        /// Bytes of the region.
        has: usize,
    },
    /// The region does not begin where the image can.
    Misaligned {
        /// What the address must be a multiple of.
        needs: u32,
        /// The address.
        address: u32,
    },
    /// The region lies beyond what 32 bits reach, where no image runs.
    Unreachable,
    /// The image brings an item at a place that the host has not.
    Place {
        /// The place.
        item: usize,
    },
    /// The image's own preparation failed.
    Connect {
        /// What it said; never zero.
        status: u32,
    },
}

impl LoadError {
    /// The stable spelling, for logs and scripts.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "too-large",
            Self::Misaligned { .. } => "misaligned",
            Self::Unreachable => "unsupported",
            Self::Place { .. } => "table-place",
            Self::Connect { .. } => "entry-failed",
        }
    }
}
