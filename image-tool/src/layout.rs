//! What of the file is loaded, and where it lies.

use crate::elf::{Elf, Section, malformed};
use dynpatch_core::image::MAX_ALIGNMENT;
use dynpatch_interface::{ErrorCode, PatchError};
use object::elf;

/// Above what any chip has, and low enough to be allocated here.
const MOST_MEMORY: u32 = 16 << 20;

/// The image without its relocations.
pub(crate) struct Layout {
    /// Code and data, from address zero.
    pub(crate) contents: Vec<u8>,
    /// Bytes of contents and zeros.
    pub(crate) memory: u32,
    pub(crate) alignment: u32,
}

impl Layout {
    pub(crate) fn read(elf: &Elf<'_>) -> Result<Self, PatchError> {
        let (mut parts, mut zeros) = (Vec::new(), Vec::new());
        for section in elf.sections().iter().filter(|section| section.is_loaded()) {
            match purpose(section)? {
                Purpose::Contents => parts.push(*section),
                Purpose::Zeros => zeros.push(*section),
                Purpose::Linking => {}
            }
        }
        parts.sort_by_key(Section::address);
        let contents = contents(elf, &parts)?;
        let memory = memory(&contents, &parts, &zeros)?;
        Ok(Self { contents, memory, alignment: alignment(parts.iter().chain(&zeros))? })
    }

    /// Where the entry table lies.
    pub(crate) fn table(&self, elf: &Elf<'_>) -> Result<u32, PatchError> {
        elf.one_section(".dynpatch_table", "the entry table").map(|section| section.address())
    }
}

enum Purpose {
    Contents,
    Zeros,
    /// Read by a dynamic linker, which a chip has not.
    Linking,
}

fn purpose(section: &Section<'_>) -> Result<Purpose, PatchError> {
    if section.has(elf::SHF_TLS) {
        return Err(hardening(section, "thread-local variables", "use a `static`: an image has no threads"));
    }
    match section.kind() {
        elf::SHT_INIT_ARRAY | elf::SHT_FINI_ARRAY | elf::SHT_PREINIT_ARRAY => Err(constructors(section)),
        elf::SHT_PROGBITS => purpose_by_name(section),
        elf::SHT_NOBITS => Ok(Purpose::Zeros),
        elf::SHT_DYNAMIC
        | elf::SHT_DYNSYM
        | elf::SHT_STRTAB
        | elf::SHT_HASH
        | elf::SHT_GNU_HASH
        | elf::SHT_REL
        | elf::SHT_RELA => Ok(Purpose::Linking),
        elf::SHT_RELR => Err(unsupported(section, "packed relocations", "link without `-z pack-relative-relocs`")),
        other => {
            let cause = format!("a section of type {:#x}, which no image has", other.0);
            Err(unsupported(section, &cause, "let the linker script discard it, as the one of this tool does"))
        }
    }
}

fn purpose_by_name(section: &Section<'_>) -> Result<Purpose, PatchError> {
    match section.name {
        ".init" | ".fini" | ".ctors" | ".dtors" => Err(constructors(section)),
        ".interp" => Err(unsupported(section, "names a dynamic linker", "link with `-C link-arg=--no-dynamic-linker`")),
        ".dynpatch" => {
            Err(unsupported(section, "the manifest would be loaded", "link with the linker script of this tool"))
        }
        _ => Ok(Purpose::Contents),
    }
}

fn constructors(section: &Section<'_>) -> PatchError {
    hardening(section, "functions that run before the program does", "do it in the function given as `connect`")
}

fn hardening(section: &Section<'_>, cause: &str, help: &str) -> PatchError {
    PatchError::new(ErrorCode::Hardening, section.subject(), cause).with_help(help)
}

fn unsupported(section: &Section<'_>, cause: &str, help: &str) -> PatchError {
    PatchError::new(ErrorCode::Unsupported, section.subject(), cause).with_help(help)
}

fn contents(elf: &Elf<'_>, parts: &[Section<'_>]) -> Result<Vec<u8>, PatchError> {
    let mut contents = Vec::new();
    for section in parts {
        check_size(section)?;
        let start = section.address() as usize;
        if start < contents.len() {
            return Err(malformed(section.subject(), "it overlaps the section before it"));
        }
        contents.resize(start, 0);
        contents.extend_from_slice(section.data(elf)?);
    }
    contents.resize(contents.len().next_multiple_of(4), 0);
    Ok(contents)
}

fn check_size(section: &Section<'_>) -> Result<(), PatchError> {
    if section.end()? <= MOST_MEMORY {
        return Ok(());
    }
    let cause = format!("it ends at {:#x}, beyond {} MiB", section.end()?, MOST_MEMORY >> 20);
    Err(PatchError::new(ErrorCode::TooLarge, section.subject(), cause)
        .with_help("lay the image out from address zero, as the linker script of this tool does"))
}

/// Zeros follow all contents, so that only their number is in the file.
fn memory(contents: &[u8], parts: &[Section<'_>], zeros: &[Section<'_>]) -> Result<u32, PatchError> {
    let mut memory = contents.len() as u32;
    let last = parts.iter().map(Section::end).try_fold(0, |end, part| part.map(|part| end.max(part)))?;
    for section in zeros {
        check_size(section)?;
        if section.address() < last {
            return Err(unsupported(section, "contents lie behind it", "place all of `.bss` behind all of `.data`"));
        }
        memory = memory.max(section.end()?.next_multiple_of(4));
    }
    Ok(memory)
}

fn alignment<'s, 'd: 's>(sections: impl Iterator<Item = &'s Section<'d>>) -> Result<u32, PatchError> {
    let mut alignment = 4;
    for section in sections {
        let found = section.alignment().max(1);
        if !found.is_power_of_two() || found > MAX_ALIGNMENT {
            let cause = format!("it is aligned to {found}, and an image to {MAX_ALIGNMENT} at most");
            return Err(PatchError::new(ErrorCode::Unsupported, section.subject(), cause));
        }
        alignment = alignment.max(found);
    }
    Ok(alignment)
}
