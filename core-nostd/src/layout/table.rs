//! The definitions of an image, by key.

use super::DefinitionView;
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
        let definition = DefinitionView::of_record(payload).ok_or(ManifestError::Type)?;
        Ok(Self { key: definition.key, payload })
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
        entries.sort_unstable_by_key(|entry| entry.key);
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
