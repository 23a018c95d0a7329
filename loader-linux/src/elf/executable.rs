//! Finds the manifest of a host's file, which nobody is going to load here.

use super::class::{FileHeader, NATIVE};
use super::refusal::{Checked, malformed};
use super::sections::MANIFEST;
use core::ops::Range;
use dynpatch_interface::{ErrorCode, PatchError};
use object::read::elf::{FileHeader as _, SectionHeader as _};

/// Where the manifest lies in the file of an executable of this platform.
///
/// # Errors
/// When the bytes are no ELF file of this processor, or have no manifest.
pub fn executable_manifest(bytes: &[u8]) -> Checked<Range<usize>> {
    let of_object = |error: object::read::Error| PatchError::new(ErrorCode::NotAnObject, "ELF header", error);
    let header = FileHeader::parse(bytes).map_err(of_object)?;
    let sections = header.sections(NATIVE, bytes).map_err(of_object)?;
    let section = sections.section_by_name(NATIVE, MANIFEST.as_bytes()).map(|(_, section)| section);
    let range = section.and_then(|section| section.file_range(NATIVE)).ok_or_else(|| {
        PatchError::new(ErrorCode::NotAPatch, "file", "it has no dynpatch manifest")
            .with_help("name an executable that links `dynpatch`")
    })?;
    let end = range.0.checked_add(range.1).filter(|end| *end <= bytes.len() as u64);
    let place = end.and_then(|end| Some(usize::try_from(range.0).ok()?..usize::try_from(end).ok()?));
    place.ok_or_else(|| malformed("section .dynpatch", "lies outside of the file"))
}
