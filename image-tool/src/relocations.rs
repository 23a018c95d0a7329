//! The words that depend on where the image lies. One kind of relocation is all a chip can do: add the image's address.

use crate::elf::{ENDIAN, Elf, Section, malformed, word};
use crate::layout::Layout;
use crate::symbols;
use dynpatch_core::image::Machine;
use dynpatch_interface::{ErrorCode, PatchError};
use object::elf;
use object::read::elf::{Rel as _, Rela as _, SectionHeader as _};

/// A relocation as the file has it.
struct Relocation {
    place: u32,
    kind: u32,
    symbol: u32,
    /// What the word becomes, less the image's address; absent where it stands in the word.
    addend: Option<u32>,
}

/// The places of all relocated words, in rising order. Addends that the file keeps elsewhere are written into the words.
pub(crate) fn read(elf: &Elf<'_>, layout: &mut Layout) -> Result<Vec<u32>, PatchError> {
    let mut places = Vec::new();
    for section in elf.sections().iter().filter(|section| section.is_loaded()) {
        for relocation in of_section(elf, section)? {
            relocation.check_kind(elf, section)?;
            relocation.apply(layout, section)?;
            places.push(relocation.place);
        }
    }
    places.sort_unstable();
    if let Some(pair) = places.windows(2).find(|pair| pair[0] == pair[1]) {
        return Err(malformed(format!("relocation of the word at {:#x}", pair[0]), "there are two of it"));
    }
    Ok(places)
}

fn of_section(elf: &Elf<'_>, section: &Section<'_>) -> Result<Vec<Relocation>, PatchError> {
    let unreadable = |error| malformed(section.subject(), error);
    let mut found = Vec::new();
    if let Some((list, _)) = section.header.rel(ENDIAN, elf.bytes).map_err(unreadable)? {
        found.extend(list.iter().map(|entry| Relocation {
            place: entry.r_offset(ENDIAN),
            kind: entry.r_type(ENDIAN).0,
            symbol: entry.r_sym(ENDIAN),
            addend: None,
        }));
    }
    if let Some((list, _)) = section.header.rela(ENDIAN, elf.bytes).map_err(unreadable)? {
        found.extend(list.iter().map(|entry| Relocation {
            place: entry.r_offset(ENDIAN),
            kind: entry.r_type(ENDIAN).0,
            symbol: entry.r_sym(ENDIAN),
            addend: Some(entry.r_addend(ENDIAN).cast_unsigned()),
        }));
    }
    Ok(found)
}

impl Relocation {
    fn check_kind(&self, elf: &Elf<'_>, section: &Section<'_>) -> Result<(), PatchError> {
        let relative = if elf.machine() == Machine::ARM { elf::R_ARM_RELATIVE } else { elf::R_RISCV_RELATIVE };
        if self.kind == relative.0 && self.symbol == 0 {
            return Ok(());
        }
        let of = symbols::name(elf, self.symbol).map_or_else(String::new, |name| format!(" against symbol {name}"));
        let cause = format!("type {}{of}; a chip can only do type {} (RELATIVE)", self.kind, relative.0);
        Err(PatchError::new(ErrorCode::Unsupported, self.subject(section), cause).with_help(
            "build with `-C relocation-model=pic` and `lto = \"fat\"`, and define all that the image uses in the image",
        ))
    }

    fn apply(&self, layout: &mut Layout, section: &Section<'_>) -> Result<(), PatchError> {
        let at = self.place as usize;
        let Some(found) = word(&layout.contents, at).filter(|_| self.place.is_multiple_of(4)) else {
            return Err(malformed(self.subject(section), "there is no aligned word of code or data at this place"));
        };
        let target = self.addend.unwrap_or(found);
        if target > layout.memory {
            let cause = format!("leads to {target:#x}, out of the image, which takes {:#x} bytes", layout.memory);
            return Err(PatchError::new(ErrorCode::Unsupported, self.subject(section), cause)
                .with_help("keep what is only in the file, as the manifest, out of what the program refers to"));
        }
        if let Some(place) = layout.contents.get_mut(at..).and_then(|bytes| bytes.first_chunk_mut()) {
            *place = target.to_le_bytes();
        }
        Ok(())
    }

    fn subject(&self, section: &Section<'_>) -> String {
        format!("{}, relocation of the word at {:#x}", section.subject(), self.place)
    }
}
