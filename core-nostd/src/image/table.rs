//! The entry table: the functions an image brings, at the places the interface gives them.

use super::format::word;
use super::{ImageError, ImageHeader, Relocations};
use dynpatch_interface::firmware::TABLE_HEAD;

/// The entry table of an image, as `dynpatch_interface::firmware_items` lays it out: its length in bytes, the function
/// that connects the image with its host, and a word for each item, zero where the image does not bring it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EntryTable<'a> {
    words: &'a [[u8; 4]],
}

impl<'a> EntryTable<'a> {
    /// Takes a table whose every word is zero, or leads to code of the image and is relocated. The table is no code, and
    /// what lies at zero could not be told from what is not there.
    pub(super) fn read(
        header: &ImageHeader,
        contents: &'a [u8],
        relocations: &Relocations<'_>,
    ) -> Result<Self, ImageError> {
        let start = usize::try_from(header.table).map_err(|_| ImageError::Table)?;
        let length = word(contents, start).and_then(|length| usize::try_from(length).ok()).ok_or(ImageError::Table)?;
        let end = start.checked_add(length).ok_or(ImageError::Table)?;
        let bytes = contents.get(start..end).ok_or(ImageError::Table)?;
        let (words, rest) = bytes.as_chunks();
        if !start.is_multiple_of(4) || !rest.is_empty() || words.len() < TABLE_HEAD {
            return Err(ImageError::Table);
        }
        let table = Self { words };
        for (index, place) in (1..words.len()).zip((header.table + 4..).step_by(4)) {
            table.check(index, relocations.contains(place), header)?;
        }
        Ok(table)
    }

    fn check(&self, index: usize, is_relocated: bool, header: &ImageHeader) -> Result<(), ImageError> {
        let is_code = match self.word(index) {
            Some(address) if is_relocated => {
                let table = header.table..header.table + 4 * self.words.len() as u32;
                let is_inside = (1..header.contents).contains(&address) && !table.contains(&address);
                is_inside && header.machine.is_code_address(address)
            }
            // Every image has a function that connects it.
            found => found == Some(0) && index >= TABLE_HEAD,
        };
        if is_code { Ok(()) } else { Err(ImageError::Entry { index }) }
    }

    fn word(&self, index: usize) -> Option<u32> {
        self.words.get(index).map(|word| u32::from_le_bytes(*word))
    }

    /// Where the function lies that connects the image with its host, from the start of the image.
    pub fn connect(&self) -> u32 {
        self.word(TABLE_HEAD - 1).unwrap_or_default()
    }

    /// Where the function for an item lies, from the start of the image; `None` where the image does not bring it.
    pub fn entry(&self, item: usize) -> Option<u32> {
        self.word(TABLE_HEAD.checked_add(item)?).filter(|address| *address != 0)
    }

    /// The items the image brings, and where their functions lie.
    pub fn entries(&self) -> impl Iterator<Item = (usize, u32)> + use<'a> {
        let table = *self;
        (0..self.words.len() - TABLE_HEAD).filter_map(move |item| Some((item, table.entry(item)?)))
    }
}
