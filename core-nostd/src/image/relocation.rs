//! The words of an image that depend on where it lies.

use super::ImageError;
use super::format::word;

/// The places of the words to which the image's address is added, in rising order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Relocations<'a>(&'a [u8]);

impl<'a> Relocations<'a> {
    /// Takes a list whose every place is checked: in the contents, a multiple of four, once, and what lies there leads
    /// into the image, or to its end.
    pub(super) fn read(list: &'a [u8], contents: &[u8], memory: u32) -> Result<Self, ImageError> {
        let mut least = 0;
        for place in Self(list).iter() {
            let target = usize::try_from(place).ok().and_then(|at| word(contents, at));
            let target = target.filter(|_| place.is_multiple_of(4) && place >= least);
            let target = target.ok_or(ImageError::Relocation { place })?;
            if target > memory {
                return Err(ImageError::RelocationTarget { place, target });
            }
            least = place + 4;
        }
        Ok(Self(list))
    }

    /// The places, from the start of the image.
    pub fn iter(&self) -> impl Iterator<Item = u32> + use<'a> {
        self.0.as_chunks().0.iter().map(|place| u32::from_le_bytes(*place))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.as_chunks::<4>().0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether the word at a place is relocated.
    pub fn contains(&self, place: u32) -> bool {
        self.0.as_chunks().0.binary_search_by_key(&place, |place| u32::from_le_bytes(*place)).is_ok()
    }
}
