//! The program headers: what the kernel's and the dynamic linker's `mmap` calls will be.

use super::class::{self, NATIVE};
use super::header::Header;
use super::refusal::{Checked, ensure, hardening, malformed};
use super::region::Region;
use core::fmt;
use dynpatch_interface::{ErrorCode, PatchError};
use object::elf::{self, ProgramFlags, ProgramType};

/// The smallest page of any processor here. A dynamic linker whose pages are larger refuses the file itself.
pub(super) const PAGE: u64 = 4096;
/// What old GNU ld aligns to; lld and mold take the page size, 64 KiB on aarch64.
const LARGEST_ALIGN: u64 = 2 << 20;
/// No patch is larger in memory; a flipped high bit is.
const LARGEST_IMAGE: u64 = 1 << 30;
/// Every thread gets this much when it first uses a variable of the patch; glibc ends the process if it cannot.
const LARGEST_TEMPLATE: u64 = 16 << 20;

const READ: u32 = elf::PF_R.0;
const WRITE: u32 = elf::PF_W.0;
const EXECUTE: u32 = elf::PF_X.0;

/// What a program header can be here. Any other type is refused: the dynamic linker might come to know it.
const KNOWN: [(ProgramType, &str); 10] = [
    (elf::PT_LOAD, "PT_LOAD"),
    (elf::PT_NOTE, "PT_NOTE"),
    (elf::PT_DYNAMIC, "PT_DYNAMIC"),
    (elf::PT_PHDR, "PT_PHDR"),
    (elf::PT_TLS, "PT_TLS"),
    (elf::PT_GNU_EH_FRAME, "PT_GNU_EH_FRAME"),
    (elf::PT_GNU_STACK, "PT_GNU_STACK"),
    (elf::PT_GNU_RELRO, "PT_GNU_RELRO"),
    (elf::PT_GNU_PROPERTY, "PT_GNU_PROPERTY"),
    (elf::PT_GNU_SFRAME, "PT_GNU_SFRAME"),
];

/// One program header.
#[derive(Debug, Clone, Copy)]
pub(super) struct Segment {
    index: usize,
    pub(super) kind: ProgramType,
    pub(super) flags: ProgramFlags,
    /// Where its bytes lie in the file.
    pub(super) file: Region,
    /// Where they lie in memory, from the load address; longer than `file` when the rest is zero.
    pub(super) memory: Region,
    pub(super) align: u64,
    physical: u64,
}

impl Segment {
    pub(super) fn readable(&self) -> bool {
        self.flags.0 & READ != 0
    }
    pub(super) fn writable(&self) -> bool {
        self.flags.0 & WRITE != 0
    }
    pub(super) fn executable(&self) -> bool {
        self.flags.0 & EXECUTE != 0
    }
    /// The addresses whose bytes come from the file.
    pub(super) fn backed(&self) -> Region {
        Region::new(self.memory.start, self.file.size)
    }
    /// Where in the file the bytes at `memory` lie, if they come from the file.
    pub(super) fn locate(&self, memory: Region) -> Option<Region> {
        let found = self.backed().contains(memory);
        found.then(|| Region::new(self.file.start + (memory.start - self.memory.start), memory.size))
    }
}

impl fmt::Display for Segment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "program header {} ({})", self.index, type_name(self.kind).unwrap_or("of unknown type"))
    }
}

fn type_name(kind: ProgramType) -> Option<&'static str> {
    KNOWN.iter().find(|(known, _)| *known == kind).map(|(_, name)| *name)
}

/// All program headers. Every one lies in the file; every one but `PT_GNU_STACK` lies in a loaded segment.
#[derive(Debug)]
pub(super) struct Segments(Vec<Segment>);

impl Segments {
    /// Reads the program headers and checks each for itself and against the others.
    pub(super) fn read(bytes: &[u8], header: &Header) -> Checked<Self> {
        let table: &[class::ProgramHeader] = header.segments.table(bytes);
        let segments = table.iter().enumerate().map(|(index, raw)| segment(bytes, index, raw));
        let segments = Self(segments.collect::<Checked<_>>()?);
        segments.unrepeated()?;
        segments.loads().try_for_each(load)?;
        segments.loads_in_order()?;
        segments.stack()?;
        segments.template()?;
        segments.rest_inside_loads()?;
        Ok(segments)
    }

    /// The segments that are mapped, by ascending address.
    pub(super) fn loads(&self) -> impl Iterator<Item = &Segment> {
        self.of_kind(elf::PT_LOAD)
    }

    /// All of one type.
    pub(super) fn of_kind(&self, kind: ProgramType) -> impl Iterator<Item = &Segment> {
        self.0.iter().filter(move |segment| segment.kind == kind)
    }

    /// The one of a type that is there at most once.
    pub(super) fn one(&self, kind: ProgramType) -> Option<&Segment> {
        self.of_kind(kind).next()
    }

    /// The mapped segment that holds all of `memory`, zero-filled part included.
    pub(super) fn around(&self, memory: Region) -> Option<&Segment> {
        self.loads().find(|load| load.memory.contains(memory))
    }

    /// All addresses of the image, from its load address.
    pub(super) fn image(&self) -> Region {
        Region::between(0, self.loads().last().map_or(0, |load| load.memory.end()))
    }

    fn unrepeated(&self) -> Checked {
        let repeatable = [elf::PT_LOAD, elf::PT_NOTE];
        self.0.iter().try_for_each(|segment| {
            let first = self.one(segment.kind).is_some_and(|first| first.index == segment.index);
            let fine = first || repeatable.contains(&segment.kind);
            ensure(fine, || malformed(segment, "there is a second one"))
        })
    }

    /// The dynamic linker maps them over one reservation, each replacing whatever page was there before.
    fn loads_in_order(&self) -> Checked {
        let mut end = 0;
        for load in self.loads() {
            let start = load.memory.start & !(load.align.max(PAGE) - 1);
            ensure(start >= end, || malformed(load, format!("starts in page {start:#x}, before {end:#x}")))?;
            end = load.memory.end().next_multiple_of(PAGE);
        }
        ensure(end <= LARGEST_IMAGE, || {
            malformed("program headers", format!("the image takes {end:#x} bytes, the most is {LARGEST_IMAGE:#x}"))
        })?;
        // It holds the program headers, which the dynamic linker and unwinders read for as long as the image is there.
        let first = |load: &Segment| load.memory.start == 0 && load.file.start == 0 && !load.writable();
        let first = self.loads().next().is_some_and(first);
        ensure(first, || malformed("program headers", "the first PT_LOAD is not read-only from address 0 and offset 0"))
    }

    /// Without `PT_GNU_STACK` glibc makes every stack of the process executable.
    fn stack(&self) -> Checked {
        let stack = self.one(elf::PT_GNU_STACK).ok_or_else(|| {
            hardening("program headers", "no PT_GNU_STACK, so every stack of the process would become executable")
        })?;
        ensure(!stack.executable(), || hardening(stack, "asks for executable stacks"))?;
        let empty = Region::new(0, 0);
        let plain = stack.flags.0 == READ | WRITE && stack.file == empty && stack.memory == empty;
        ensure(plain, || malformed(stack, "more than the flags RW is set"))
    }

    fn template(&self) -> Checked {
        self.one(elf::PT_TLS).map_or(Ok(()), |template| {
            let (size, align) = (template.memory.size, template.align);
            ensure(size <= LARGEST_TEMPLATE && align <= PAGE, || {
                let most = format!("{LARGEST_TEMPLATE:#x} aligned to {PAGE:#x}");
                malformed(template, format!("{size:#x} bytes aligned to {align:#x}, the most is {most}"))
            })
        })
    }

    fn rest_inside_loads(&self) -> Checked {
        let rest = |segment: &&Segment| segment.kind != elf::PT_LOAD && segment.kind != elf::PT_GNU_STACK;
        self.0.iter().filter(rest).try_for_each(|segment| {
            let place = self.loads().find_map(|load| load.locate(segment.backed()));
            ensure(place == Some(segment.file), || {
                malformed(segment, format!("{} of the file at {} is in no PT_LOAD", segment.file, segment.backed()))
            })
        })
    }
}

/// What holds for every program header whatever its type.
fn segment(bytes: &[u8], index: usize, raw: &class::ProgramHeader) -> Checked<Segment> {
    let segment = Segment {
        index,
        kind: raw.p_type.get(NATIVE),
        flags: raw.p_flags.get(NATIVE),
        file: Region::new(raw.p_offset.get(NATIVE), raw.p_filesz.get(NATIVE)),
        memory: Region::new(raw.p_vaddr.get(NATIVE), raw.p_memsz.get(NATIVE)),
        align: raw.p_align.get(NATIVE),
        physical: raw.p_paddr.get(NATIVE),
    };
    ensure(segment.kind != elf::PT_INTERP, || program(segment))?;
    ensure(type_name(segment.kind).is_some(), || malformed(segment, format!("p_type is {:#x}", segment.kind.0)))?;
    segment.file.inside(bytes, segment)?;
    ensure(segment.file.size <= segment.memory.size, || {
        malformed(segment, format!("{:#x} bytes of file for {:#x} of memory", segment.file.size, segment.memory.size))
    })?;
    ensure(Region::new(0, LARGEST_IMAGE).contains(segment.memory), || {
        malformed(segment, format!("at {}, an image ends at {LARGEST_IMAGE:#x}", segment.memory))
    })?;
    ensure(segment.physical == segment.memory.start, || {
        malformed(segment, format!("p_paddr is {:#x}, p_vaddr {:#x}", segment.physical, segment.memory.start))
    })?;
    Ok(segment)
}

fn program(segment: Segment) -> PatchError {
    let subject = format!("program header {}", segment.index);
    PatchError::new(ErrorCode::NotALibrary, subject, "asks for an interpreter: a program, not a shared library")
}

/// What holds for a mapped segment.
fn load(load: &Segment) -> Checked {
    ensure(load.flags.0 & !(READ | WRITE | EXECUTE) == 0 && load.readable(), || {
        malformed(load, format!("p_flags is {:#x}", load.flags.0))
    })?;
    ensure(!(load.writable() && load.executable()), || hardening(load, "both writable and executable"))?;
    let align = load.align;
    ensure(align.is_power_of_two() && (PAGE..=LARGEST_ALIGN).contains(&align), || {
        malformed(load, format!("p_align is {align:#x}, expected a power of two from {PAGE:#x} to {LARGEST_ALIGN:#x}"))
    })?;
    ensure(load.file.start % align == load.memory.start % align, || {
        let cause = format!("offset {:#x} and address {:#x}", load.file.start, load.memory.start);
        malformed(load, format!("{cause} differ within an alignment of {align:#x}"))
    })?;
    ensure(load.memory.size > 0, || malformed(load, "empty"))?;
    let zeros = load.memory.size - load.file.size;
    ensure(zeros == 0 || load.writable(), || {
        malformed(load, format!("read-only, but {zeros:#x} bytes are not in the file"))
    })
}
