//! An image file as a whole, read from bytes nobody vouches for. No `unsafe`, no allocation, time linear in the bytes.

use super::{EntryTable, ImageError, ImageHeader, Machine, Relocations};

/// An image whose parts hold together. Nothing has been decided about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Image<'a> {
    header: ImageHeader,
    relocations: Relocations<'a>,
    contents: &'a [u8],
    manifest: &'a [u8],
    table: EntryTable<'a>,
}

impl<'a> Image<'a> {
    /// Reads the file of an image for a machine.
    ///
    /// # Errors
    /// When the bytes are not exactly one whole file of a format this reads, are for another machine, or contradict
    /// themselves.
    pub fn read(bytes: &'a [u8], machine: Machine) -> Result<Self, ImageError> {
        let header = ImageHeader::read(bytes)?;
        if header.machine != machine {
            return Err(ImageError::Machine { host: machine, image: header.machine });
        }
        let mut rest = bytes.get(super::HEADER_LENGTH..).ok_or(ImageError::Sizes)?;
        let list = take(&mut rest, header.relocations.checked_mul(4))?;
        let contents = take(&mut rest, Some(header.contents))?;
        let manifest = take(&mut rest, Some(header.manifest))?;
        let relocations = Relocations::read(list, contents, header.memory)?;
        let table = EntryTable::read(&header, contents, &relocations)?;
        Ok(Self { header, relocations, contents, manifest, table })
    }

    /// What the file says of its parts.
    pub fn header(&self) -> &ImageHeader {
        &self.header
    }

    /// The words to relocate.
    pub fn relocations(&self) -> Relocations<'a> {
        self.relocations
    }

    /// Code and data, not relocated.
    pub fn contents(&self) -> &'a [u8] {
        self.contents
    }

    /// The records that say what the image is.
    pub fn manifest(&self) -> &'a [u8] {
        self.manifest
    }

    /// The functions it brings.
    pub fn table(&self) -> EntryTable<'a> {
        self.table
    }
}

fn take<'a>(rest: &mut &'a [u8], length: Option<u32>) -> Result<&'a [u8], ImageError> {
    let length = length.and_then(|length| usize::try_from(length).ok()).ok_or(ImageError::Sizes)?;
    rest.split_off(..length).ok_or(ImageError::Sizes)
}
