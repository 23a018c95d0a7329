//! A range of bytes in the file or of addresses in memory, without overflow.

use super::refusal::{Checked, ensure, malformed};
use core::fmt;
use core::ops::Range;
use object::pod::{self, Pod};

/// `start .. start + size`, where the sum may be too large for an address: then it is inside nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Region {
    pub(super) start: u64,
    pub(super) size: u64,
}

impl Region {
    pub(super) const fn new(start: u64, size: u64) -> Self {
        Self { start, size }
    }

    /// From `start` to `end`, empty when they are the wrong way round.
    pub(super) const fn between(start: u64, end: u64) -> Self {
        Self { start, size: end.saturating_sub(start) }
    }

    /// One past the last, saturating.
    pub(super) const fn end(self) -> u64 {
        self.start.saturating_add(self.size)
    }

    /// Whether all of `other` lies in here. A region that overflows lies nowhere.
    pub(super) const fn contains(self, other: Self) -> bool {
        match other.start.checked_add(other.size) {
            Some(end) => self.start <= other.start && end <= self.end(),
            None => false,
        }
    }

    /// Whether `address` lies in here.
    pub(super) const fn holds(self, address: u64) -> bool {
        self.start <= address && address < self.end()
    }

    /// Whether the two share a byte.
    pub(super) const fn overlaps(self, other: Self) -> bool {
        self.start < other.end() && other.start < self.end()
    }

    /// This region, if it lies in the file.
    pub(super) fn inside(self, bytes: &[u8], what: impl fmt::Display) -> Checked<Self> {
        ensure(Self::new(0, bytes.len() as u64).contains(self), || {
            malformed(what, format!("{self} of a file of {:#x} bytes", bytes.len())).with_help("the file looks cut off")
        })?;
        Ok(self)
    }

    /// The bytes of a region that lies in the file; none of one that does not.
    pub(super) fn of(self, bytes: &[u8]) -> &[u8] {
        self.range().and_then(|range| bytes.get(range)).unwrap_or_default()
    }

    /// The same as a table; a partial entry at its end is left out.
    pub(super) fn table<T: Pod>(self, bytes: &[u8]) -> &[T] {
        let bytes = self.of(bytes);
        pod::slice_from_bytes(bytes, bytes.len() / size_of::<T>()).map_or(&[], |(table, _)| table)
    }

    /// As indices, where they fit.
    pub(super) fn range(self) -> Option<Range<usize>> {
        let start = usize::try_from(self.start).ok()?;
        let end = usize::try_from(self.start.checked_add(self.size)?).ok()?;
        Some(start..end)
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#x}..{:#x}", self.start, self.end())
    }
}
