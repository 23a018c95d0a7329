//! The notes, some of which the dynamic linker reads: processor features, in `.note.gnu.property`.

use super::class::{self, NATIVE};
use super::refusal::{Checked, ensure, malformed};
use super::segments::{Segment, Segments};
use object::elf;
use object::pod;

/// Checks that each note lies whole in its program header.
pub(super) fn check(bytes: &[u8], segments: &Segments) -> Checked {
    [elf::PT_NOTE, elf::PT_GNU_PROPERTY]
        .into_iter()
        .flat_map(|kind| segments.of_kind(kind))
        .try_for_each(|segment| walk(segment, segment.file.of(bytes)))
}

/// A note is a header, a name and a description, the latter two padded to the alignment of the program header.
fn walk(segment: &Segment, mut rest: &[u8]) -> Checked {
    let align = usize::try_from(segment.align.clamp(4, 8)).unwrap_or(8);
    while !rest.is_empty() {
        let length = length(rest, align).filter(|length| *length <= rest.len());
        ensure(length.is_some(), || malformed(segment, format!("a note with {:#x} bytes left is longer", rest.len())))?;
        rest = &rest[length.unwrap_or(rest.len())..];
    }
    Ok(())
}

fn length(rest: &[u8], align: usize) -> Option<usize> {
    let (header, _) = pod::from_bytes::<class::NoteHeader>(rest).ok()?;
    let [name, description] = [header.n_namesz, header.n_descsz].map(|size| size.get(NATIVE) as usize);
    let name_end = size_of::<class::NoteHeader>().checked_add(name)?.checked_next_multiple_of(align)?;
    name_end.checked_add(description)?.checked_next_multiple_of(align)
}
