//! Program headers against section headers.
//!
//! A linker derives the program headers from the sections, so each field of each program header has exactly one value
//! that agrees with them. That is how every single flipped bit in a program header is seen, and a lost or added
//! program header as well. The rules are what rust-lld, lld, GNU ld and mold were seen to write for a cdylib.

use super::header::Header;
use super::refusal::{Checked, ensure, malformed};
use super::region::Region;
use super::sections::{Section, Sections};
use super::segments::{PAGE, Segment, Segments};
use object::elf::{self, ProgramType};

/// Program headers that repeat exactly one section, which has no other use.
const TWINS: [(ProgramType, &str); 4] = [
    (elf::PT_DYNAMIC, ".dynamic"),
    (elf::PT_GNU_EH_FRAME, ".eh_frame_hdr"),
    (elf::PT_GNU_PROPERTY, ".note.gnu.property"),
    (elf::PT_GNU_SFRAME, ".sframe"),
];

/// Sections that linkers make read-only once they are relocated, beside the ones known by type and flags.
const RELRO: [&str; 10] = [
    ".data.rel.ro",
    ".bss.rel.ro",
    ".got",
    ".got.plt",
    ".relro_padding",
    ".ctors",
    ".dtors",
    ".jcr",
    ".eh_frame",
    ".gcc_except_table",
];

/// Checks every program header against the sections.
pub(super) fn check(header: &Header, sections: &Sections<'_>, segments: &Segments) -> Checked {
    entry(header, sections)?;
    stack(header, segments)?;
    headers_end_before_sections(header, sections, segments)?;
    sections.allocated().try_for_each(|section| placed(section, segments))?;
    segments.loads().try_for_each(|segment| load(segment, sections))?;
    TWINS.iter().try_for_each(|(kind, name)| twin(*kind, name, sections, segments))?;
    thread_local(sections, segments)?;
    notes(sections, segments)?;
    relro(sections, segments)
}

/// lld and GNU ld write no entry, mold and older GNU ld the start of the code. No dynamic linker reads it in a library.
fn entry(header: &Header, sections: &Sections<'_>) -> Checked {
    let text = sections.named(".text").map(|text| text.address);
    ensure(header.entry == 0 || Some(header.entry) == text, || {
        malformed("ELF header", format!("e_entry is {:#x}, neither zero nor the start of .text", header.entry))
    })
}

/// Each linker has its own mark here, which nobody reads: GNU ld 16 and no `PT_PHDR`, mold 1 and an entry, lld 0.
fn stack(header: &Header, segments: &Segments) -> Checked {
    let expected = match (segments.one(elf::PT_PHDR), header.entry) {
        (None, _) => 16,
        (Some(_), 0) => 0,
        (Some(_), _) => 1,
    };
    segments.one(elf::PT_GNU_STACK).map_or(Ok(()), |stack| align(stack, expected))
}

/// One more program header would be read from the first section; `PT_PHDR`, where there is one, counts them too.
fn headers_end_before_sections(header: &Header, sections: &Sections<'_>, segments: &Segments) -> Checked {
    sections.allocated().try_for_each(|section| {
        ensure(!section.file().overlaps(header.segments), || malformed(section, "begins inside the program headers"))
    })?;
    segments.one(elf::PT_PHDR).map_or(Ok(()), |table| {
        let exact = table.file == header.segments && table.memory == header.segments;
        ensure(exact, || malformed(table, format!("{} is not the table at {}", table.file, header.segments)))?;
        flags(table, false, false)?;
        align(table, 8)
    })
}

/// An allocated section lies in one mapped segment, at the same distance from its start in file and memory.
fn placed(section: &Section<'_>, segments: &Segments) -> Checked {
    ensure(section.align <= 1 || section.address.is_multiple_of(section.align), || {
        malformed(section, format!("address {:#x} is not aligned to {:#x}", section.address, section.align))
    })?;
    if !section.takes_addresses() {
        return ensure(section.thread_local(), || malformed(section, "takes no addresses"));
    }
    let load = segments
        .around(section.memory())
        .ok_or_else(|| malformed(section, format!("{} is in no PT_LOAD", section.memory())))?;
    let fits = if section.zero_filled() {
        section.address >= load.backed().end()
    } else {
        load.locate(section.memory()) == Some(section.file())
    };
    ensure(fits, || {
        malformed(section, format!("{} of the file at {} is not in {load}", section.file(), section.memory()))
    })
}

/// A mapped segment is exactly its sections: where it starts, where its bytes end, where it ends, what it may do.
fn load(load: &Segment, sections: &Sections<'_>) -> Checked {
    let inside = || sections.allocated_or_empty().filter(|s| s.takes_addresses() && load.memory.contains(s.memory()));
    let bounds = bounds(inside()).ok_or_else(|| malformed(load, "holds no section"))?;
    // The first one also holds the ELF header and the program headers.
    let start = if load.memory.start == 0 { 0 } else { bounds.memory.start };
    let memory = Region::between(start, bounds.memory.end());
    ensure(load.memory == memory, || malformed(load, format!("{}, its sections {memory}", load.memory)))?;
    let backed = Region::between(start, bounds.backed_end);
    ensure(load.backed() == backed, || {
        malformed(load, format!("bytes of the file for {}, its sections for {backed}", load.backed()))
    })?;
    flags(load, inside().any(Section::writable), inside().any(Section::executable))
}

/// What a run of sections covers.
struct Bounds {
    memory: Region,
    /// Where the bytes that come from the file end; the start when there are none.
    backed_end: u64,
    align: u64,
}

fn bounds<'s, 'a: 's>(sections: impl Iterator<Item = &'s Section<'a>>) -> Option<Bounds> {
    sections.fold(None, |bounds, section| {
        let memory = section.memory();
        let backed = if section.zero_filled() { memory.start } else { memory.end() };
        Some(match bounds {
            None => Bounds { memory, backed_end: backed, align: section.align },
            Some(before) => {
                let start = before.memory.start.min(memory.start);
                let end = before.memory.end().max(memory.end());
                let backed = if section.zero_filled() { before.backed_end } else { before.backed_end.max(backed) };
                Bounds {
                    memory: Region::between(start, end),
                    backed_end: backed,
                    align: before.align.max(section.align),
                }
            }
        })
    })
}

fn twin(kind: ProgramType, name: &str, sections: &Sections<'_>, segments: &Segments) -> Checked {
    match (segments.one(kind), sections.named(name)) {
        (None, None) => Ok(()),
        (Some(segment), None) => Err(malformed(segment, format!("there is no section {name}"))),
        (None, Some(section)) => Err(malformed(section, "no program header speaks of it")),
        (Some(segment), Some(section)) => {
            let same = segment.memory == section.memory() && segment.file == section.file();
            ensure(same, || malformed(segment, format!("{}, the section {}", segment.memory, section.memory())))?;
            flags(segment, section.writable(), false)?;
            align(segment, section.align)
        }
    }
}

/// The template of each thread's variables is exactly the sections flagged so.
fn thread_local(sections: &Sections<'_>, segments: &Segments) -> Checked {
    let template = bounds(sections.allocated().filter(|section| section.thread_local()));
    match (segments.one(elf::PT_TLS), template) {
        (None, None) => Ok(()),
        (Some(segment), None) => Err(malformed(segment, "there is no thread-local section")),
        (None, Some(_)) => Err(malformed("program headers", "no PT_TLS for the thread-local sections")),
        (Some(segment), Some(template)) => {
            ensure(segment.memory == template.memory, || {
                malformed(segment, format!("{}, its sections {}", segment.memory, template.memory))
            })?;
            ensure(segment.backed().end() == template.backed_end, || {
                malformed(
                    segment,
                    format!("bytes of the file for {}, not to {:#x}", segment.backed(), template.backed_end),
                )
            })?;
            flags(segment, false, false)?;
            align(segment, template.align)
        }
    }
}

/// Every note is in exactly one `PT_NOTE`, and every `PT_NOTE` is a run of notes from end to end.
fn notes(sections: &Sections<'_>, segments: &Segments) -> Checked {
    let notes = || sections.allocated().filter(|section| section.kind == elf::SHT_NOTE);
    notes().try_for_each(|note| {
        let holders = segments.of_kind(elf::PT_NOTE).filter(|segment| segment.memory.contains(note.memory()));
        let count = holders.count();
        ensure(count == 1, || malformed(note, format!("in {count} program headers of type PT_NOTE, expected 1")))
    })?;
    segments.of_kind(elf::PT_NOTE).try_for_each(|segment| {
        let inside = notes().filter(|note| segment.memory.contains(note.memory()));
        let bounds = bounds(inside).ok_or_else(|| malformed(segment, "there is no such note"))?;
        let exact = segment.memory == bounds.memory && segment.file.size == segment.memory.size;
        ensure(exact, || malformed(segment, format!("{}, its notes {}", segment.memory, bounds.memory)))?;
        flags(segment, false, false)?;
        align(segment, bounds.align)
    })
}

/// `PT_GNU_RELRO` is exactly the sections that are written by relocation only, rounded up to a page.
fn relro(sections: &Sections<'_>, segments: &Segments) -> Checked {
    let segment = segments.one(elf::PT_GNU_RELRO).ok_or_else(|| {
        super::refusal::hardening("program headers", "no PT_GNU_RELRO, so the table of addresses stays writable")
            .with_help("rustc links with full RELRO; leave `-C relro-level` alone")
    })?;
    let protected = sections.allocated().filter(|section| section.takes_addresses() && is_relro(section));
    let bounds = bounds(protected).ok_or_else(|| malformed(segment, "there is nothing to protect"))?;
    // GNU ld and lld since 18 pad the sections to a whole page, lld before that rounded here.
    let memory = Region::between(bounds.memory.start, bounds.memory.end().next_multiple_of(PAGE));
    ensure(segment.memory == memory, || malformed(segment, format!("{}, its sections {memory}", segment.memory)))?;
    // One byte, not none: the segment before may end exactly where this one begins.
    let load = segments.around(Region::new(memory.start, 1));
    let backed = load.map_or(0, |load| load.backed().end().min(memory.end()));
    ensure(segment.backed().end() == backed, || {
        malformed(segment, format!("bytes of the file for {}, not to {backed:#x}", segment.backed()))
    })?;
    flags(segment, false, false)?;
    align(segment, 1)
}

fn is_relro(section: &Section<'_>) -> bool {
    let by_kind = [elf::SHT_DYNAMIC, elf::SHT_INIT_ARRAY, elf::SHT_FINI_ARRAY, elf::SHT_PREINIT_ARRAY];
    section.writable() && (section.thread_local() || by_kind.contains(&section.kind) || RELRO.contains(&section.name))
}

fn flags(segment: &Segment, writable: bool, executable: bool) -> Checked {
    let expected = elf::PF_R.0 | if writable { elf::PF_W.0 } else { 0 } | if executable { elf::PF_X.0 } else { 0 };
    ensure(segment.flags.0 == expected, || {
        malformed(segment, format!("p_flags is {:#x}, its sections make it {expected:#x}", segment.flags.0))
    })
}

fn align(segment: &Segment, expected: u64) -> Checked {
    ensure(segment.align == expected, || {
        malformed(segment, format!("p_align is {:#x}, expected {expected:#x}", segment.align))
    })
}
