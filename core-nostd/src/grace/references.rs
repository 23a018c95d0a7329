//! Owned references to a generation or to an image.

use super::sync::{AtomicU64, Ordering, const_unless_modelled};

/// One owner more, one acquisition more.
const ACQUISITION: u64 = (1 << 32) + 1;
const OWNERS: u64 = u32::MAX as u64;

/// How many own something, and how often it was acquired.
///
/// The low half counts owners, the high half acquisitions, so that a survey which reads it twice sees whether it was
/// acquired in between (ordering note, 4).
#[derive(Debug)]
pub struct References(AtomicU64);

impl References {
    const_unless_modelled! {
        /// Nobody owns it.
        pub fn new() -> Self {
            Self(AtomicU64::new(0))
        }
    }

    /// One owner more. The caller is inside of what it acquires, or owns a reference already, or nothing has been
    /// retired yet: something else keeps it meanwhile.
    pub fn acquire(&self) {
        // Relaxed: what keeps it meanwhile is given up by a release of its own, which comes after this (note, 4).
        self.0.fetch_add(ACQUISITION, Ordering::Relaxed);
    }

    /// One owner less.
    pub fn release(&self) {
        // Release: whatever the owner did comes before (note, 3).
        self.0.fetch_sub(1, Ordering::Release);
    }

    /// Owners at this moment.
    pub fn owners(&self) -> u64 {
        owners(self.stamp())
    }

    /// Owners and acquisitions, to be compared.
    pub(super) fn stamp(&self) -> u64 {
        self.0.load(Ordering::Acquire)
    }
}

impl Default for References {
    fn default() -> Self {
        Self::new()
    }
}

/// The owners of a stamp.
pub(super) fn owners(stamp: u64) -> u64 {
    stamp & OWNERS
}
