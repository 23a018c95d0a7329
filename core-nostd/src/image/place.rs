//! An image put where it will run.

use super::format::word;
use super::{AdmittedImage, Image, LoadError};

impl Image<'_> {
    /// Whether memory at an address will hold the image.
    pub(super) fn check_region(&self, address: u32, length: usize) -> Result<(), LoadError> {
        let header = self.header();
        let needs = header.memory;
        if usize::try_from(needs).map_or(true, |needs| needs > length) {
            return Err(LoadError::TooLarge { needs, has: length });
        }
        if !address.is_multiple_of(header.alignment) {
            return Err(LoadError::Misaligned { needs: header.alignment, address });
        }
        Ok(())
    }
}

impl AdmittedImage<'_> {
    /// Copies the image into `memory`, as it must read at `address`, and clears what is left. No code runs.
    ///
    /// # Errors
    /// When the memory is too small, or the address is not aligned for the image; nothing is written then.
    pub fn place(&self, memory: &mut [u8], address: u32) -> Result<(), LoadError> {
        let image = self.image();
        image.check_region(address, memory.len())?;
        let (contents, rest) = memory.split_at_mut(image.contents().len());
        contents.copy_from_slice(image.contents());
        rest.fill(0);
        for place in image.relocations().iter() {
            relocate(contents, place as usize, address);
        }
        Ok(())
    }
}

/// Adds `address` to the word at a place. The list was checked, so there is one at each of its places.
fn relocate(contents: &mut [u8], place: usize, address: u32) {
    let Some(target) = word(contents, place) else { return };
    if let Some(bytes) = contents.get_mut(place..).and_then(|bytes| bytes.first_chunk_mut()) {
        *bytes = target.wrapping_add(address).to_le_bytes();
    }
}
