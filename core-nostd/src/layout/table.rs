//! The definitions of an image, by key.

use super::{DefinitionView, pair};
use crate::manifest::ManifestError;

/// Where a definition lies.
#[derive(Debug, Clone, Copy, Default)]
pub struct TypeEntry<'a> {
    key: u64,
    payload: &'a [u8],
}

impl<'a> TypeEntry<'a> {
    /// Of the payload of a type record.
    ///
    /// # Errors
    /// When it is not exactly one definition.
    pub fn new(payload: &'a [u8]) -> Result<Self, ManifestError> {
        let key = pair::definition_key(payload).ok_or(ManifestError::Type)?;
        Ok(Self { key, payload })
    }
}

/// Finds definitions. Borrows its memory: an entry for each definition.
#[derive(Debug, Clone, Copy)]
pub struct TypeTable<'a, 'm> {
    entries: &'m [TypeEntry<'a>],
}

impl<'a, 'm> TypeTable<'a, 'm> {
    /// A table of these definitions, which it puts in order. The same definition may stand there more than once.
    ///
    /// # Errors
    /// When two definitions have one key.
    pub fn new(entries: &'m mut [TypeEntry<'a>]) -> Result<Self, ManifestError> {
        sort(entries);
        let differ = |pair: &[TypeEntry<'_>]| matches!(pair, [a, b] if a.key == b.key && a.payload != b.payload);
        if entries.windows(2).any(differ) {
            return Err(ManifestError::Second { what: "definition of one key" });
        }
        Ok(Self { entries })
    }

    /// A table of definitions that [`TypeTable::new`] put in order before; `None` if it did not.
    pub fn sorted(entries: &'m [TypeEntry<'a>]) -> Option<Self> {
        entries.is_sorted_by_key(|entry| entry.key).then_some(Self { entries })
    }

    /// How many definitions there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The place of a definition.
    pub(super) fn place(&self, key: u64) -> Option<usize> {
        self.entries.binary_search_by_key(&key, |entry| entry.key).ok()
    }

    /// The bytes of the definition at a place.
    pub(super) fn length(&self, place: usize) -> usize {
        self.entries.get(place).map_or(0, |entry| entry.payload.len())
    }

    /// The definition at a place, unread.
    pub(super) fn payload(&self, place: usize) -> &'a [u8] {
        self.entries.get(place).map_or(&[], |entry| entry.payload)
    }

    pub(super) fn at(&self, place: usize) -> Option<DefinitionView<'a>> {
        self.entries.get(place).and_then(|entry| DefinitionView::of_record(entry.payload))
    }

    /// The definition of a key.
    pub fn find(&self, key: u64) -> Option<DefinitionView<'a>> {
        self.place(key).and_then(|place| self.at(place))
    }

    /// All definitions, in no order that says anything.
    pub fn iter(&self) -> impl Iterator<Item = DefinitionView<'a>> + use<'a, 'm> {
        let entries = self.entries;
        entries.iter().filter_map(|entry| DefinitionView::of_record(entry.payload))
    }
}

/// A heapsort: in place, never slower than `n log n` whoever chose the keys, and a tenth of the flash of core's own sort.
fn sort(entries: &mut [TypeEntry<'_>]) {
    for root in (0..entries.len() / 2).rev() {
        sink(entries, root);
    }
    for end in (1..entries.len()).rev() {
        exchange(entries, 0, end);
        if let Some(heap) = entries.get_mut(..end) {
            sink(heap, 0);
        }
    }
}

/// Moves the entry at `root` down to where none below it has a greater key.
fn sink(heap: &mut [TypeEntry<'_>], mut root: usize) {
    while let Some(left) = heap.get(2 * root + 1) {
        let right = heap.get(2 * root + 2).filter(|right| right.key > left.key);
        let child = 2 * root + 1 + usize::from(right.is_some());
        if heap[root].key >= heap[child].key {
            return;
        }
        exchange(heap, root, child);
        root = child;
    }
}

/// `swap` for places in order, which core's own on chips does by a function as large as all of this.
fn exchange(entries: &mut [TypeEntry<'_>], lower: usize, upper: usize) {
    if let Some((front, back)) = entries.split_at_mut_checked(upper)
        && let (Some(lower), Some(upper)) = (front.get_mut(lower), back.first_mut())
    {
        core::mem::swap(lower, upper);
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::{TypeEntry, sort};
    use std::vec::Vec;

    #[test]
    fn entries_are_put_in_order() {
        let mut state = 0x2545_f491_u32;
        for length in (0..200).chain([5_000]) {
            let next = |_| {
                state ^= state << 13;
                state ^= state >> 17;
                state ^= state << 5;
                // Few keys in every third, so that some come again.
                TypeEntry { key: u64::from(if length % 3 == 0 { state % 5 } else { state }), payload: &[] }
            };
            let mut entries: Vec<_> = (0..length).map(next).collect();
            let mut keys: Vec<u64> = entries.iter().map(|entry| entry.key).collect();
            sort(&mut entries);
            keys.sort_unstable();
            assert!(entries.iter().map(|entry| entry.key).eq(keys));
        }
    }
}
