//! The section headers: what the linker says each part of the file is for.
//!
//! The dynamic linker never reads them. They are the second opinion about the program headers and the dynamic table
//! that makes a flipped bit in those visible (see `agreement`), and they say where the manifest lies.

use super::class::{self, NATIVE};
use super::header::Header;
use super::refusal::{Checked, ensure, hardening, malformed};
use super::region::Region;
use super::strings::string_at;
use core::fmt;
use dynpatch_interface::{ErrorCode, PatchError};
use object::elf::{self, SectionFlags, SectionType};

/// The section of the manifest.
pub(super) const MANIFEST: &str = ".dynpatch";
/// gold writes this one.
const GOLD: &str = ".note.gnu.gold-version";
/// Section names are chosen by people; none is longer.
const LONGEST_NAME: usize = 256;

/// One section header, its name looked up.
#[derive(Clone, Copy)]
pub(super) struct Section<'a> {
    pub(super) name: &'a str,
    pub(super) kind: SectionType,
    flags: SectionFlags,
    pub(super) address: u64,
    pub(super) offset: u64,
    pub(super) size: u64,
    pub(super) info: u32,
    link: u32,
    pub(super) align: u64,
}

impl Section<'_> {
    fn has(&self, flags: SectionFlags) -> bool {
        self.flags.0 & flags.0 == flags.0
    }
    /// Is there while the program runs.
    pub(super) fn allocated(&self) -> bool {
        self.has(elf::SHF_ALLOC)
    }
    pub(super) fn writable(&self) -> bool {
        self.has(elf::SHF_WRITE)
    }
    pub(super) fn executable(&self) -> bool {
        self.has(elf::SHF_EXECINSTR)
    }
    /// Part of the template of each thread's variables.
    pub(super) fn thread_local(&self) -> bool {
        self.has(elf::SHF_TLS)
    }
    /// Bytes whose meaning is the program's own.
    pub(super) fn is_plain_data(&self) -> bool {
        self.kind == elf::SHT_PROGBITS
    }
    /// Takes no bytes of the file.
    pub(super) fn zero_filled(&self) -> bool {
        self.kind == elf::SHT_NOBITS
    }
    /// Has addresses of its own. `.tbss` shares its with what follows: each thread's copy lies elsewhere.
    pub(super) fn takes_addresses(&self) -> bool {
        !(self.thread_local() && self.zero_filled())
    }
    pub(super) fn memory(&self) -> Region {
        Region::new(self.address, self.size)
    }
    pub(super) fn file(&self) -> Region {
        Region::new(self.offset, if self.zero_filled() { 0 } else { self.size })
    }
}

impl fmt::Display for Section<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "section {}", self.name)
    }
}

/// All sections of a file. Every one lies in the file.
pub(super) struct Sections<'a>(Vec<Section<'a>>);

impl<'a> Sections<'a> {
    /// Reads the section headers and their names.
    pub(super) fn read(bytes: &'a [u8], header: &Header) -> Checked<Self> {
        let table: &[class::SectionHeader] = header.sections.table(bytes);
        let first = Region::new(header.sections.start, size_of::<class::SectionHeader>() as u64);
        ensure(first.of(bytes).iter().all(|byte| *byte == 0), || malformed("section 0", "not all zero"))?;
        let names = names(bytes, table, header)?;
        let sections = table.iter().enumerate().skip(1).map(|(index, raw)| section(bytes, index, raw, names));
        let sections = Self(sections.collect::<Checked<_>>()?);
        sections.links(table.len())?;
        Ok(sections)
    }

    /// Every `sh_link` names a section that is there.
    fn links(&self, count: usize) -> Checked {
        self.0.iter().try_for_each(|section| {
            ensure((section.link as usize) < count, || {
                malformed(section, format!("links to section {} of {count}", section.link))
            })
        })
    }

    /// Those that are there while the program runs and are not empty.
    pub(super) fn allocated(&self) -> impl Iterator<Item = &Section<'a>> {
        self.allocated_or_empty().filter(|section| section.size > 0)
    }

    /// The same with the empty ones. A segment of lld can begin with one, before the padding of the next.
    pub(super) fn allocated_or_empty(&self) -> impl Iterator<Item = &Section<'a>> {
        self.0.iter().filter(|section| section.allocated())
    }

    /// Whether `address` is code. A segment can be executable and hold constants too.
    pub(super) fn code_at(&self, address: u64) -> bool {
        self.allocated().any(|section| section.executable() && section.memory().holds(address))
    }

    /// The one of that index.
    pub(super) fn at(&self, index: u16) -> Option<&Section<'a>> {
        self.0.get(usize::from(index).checked_sub(1)?)
    }

    /// The one of that name.
    pub(super) fn named(&self, name: &str) -> Option<&Section<'a>> {
        self.allocated().find(|section| section.name == name)
    }

    /// The one manifest section: there, readable, and written by nobody.
    pub(super) fn manifest(&self) -> Checked<Section<'a>> {
        let mut found = self.0.iter().filter(|section| section.name == MANIFEST);
        let manifest = *found.next().ok_or_else(not_a_patch)?;
        ensure(self.0.iter().all(|section| section.name != GOLD), gold)?;
        let malformed_unless = |holds, cause| ensure(holds, || malformed(manifest, cause));
        malformed_unless(found.next().is_none(), "there is a second one")?;
        malformed_unless(manifest.kind == elf::SHT_PROGBITS, "not of type PROGBITS")?;
        malformed_unless(manifest.allocated(), "not loaded with the program")?;
        malformed_unless(manifest.size > 0, "empty")?;
        let read_only = !manifest.writable() && !manifest.executable() && !manifest.thread_local();
        malformed_unless(read_only, "not plain read-only data")?;
        Ok(manifest)
    }
}

fn not_a_patch() -> PatchError {
    PatchError::new(ErrorCode::NotAPatch, format!("section {MANIFEST}"), "there is none, so this is no patch")
        .with_help("build a `cdylib` whose root invokes `dynpatch::patch!()`")
}

/// gold is no longer maintained, and what it writes differs from all others in a dozen places.
fn gold() -> PatchError {
    PatchError::new(ErrorCode::Unsupported, format!("section {GOLD}"), "linked by gold, which rustc warns of")
        .with_help("link the patch with rust-lld (the default), GNU ld or mold")
}

/// The bytes of the section that holds the names, which is named itself.
fn names<'a>(bytes: &'a [u8], table: &[class::SectionHeader], header: &Header) -> Checked<&'a [u8]> {
    let subject = "section names";
    let section = table.get(header.names).ok_or_else(|| {
        malformed(subject, format!("e_shstrndx is {}, there are {} sections", header.names, table.len()))
    })?;
    ensure(section.sh_type.get(NATIVE) == elf::SHT_STRTAB, || {
        malformed(subject, format!("section {} is no string table", header.names))
    })?;
    let names = Region::new(section.sh_offset.get(NATIVE), section.sh_size.get(NATIVE)).inside(bytes, subject)?;
    let own_name = string_at(names.of(bytes), section.sh_name.get(NATIVE), LONGEST_NAME);
    ensure(own_name == Some(b".shstrtab"), || {
        malformed(subject, format!("section {} is not named .shstrtab", header.names))
    })?;
    Ok(names.of(bytes))
}

fn section<'a>(bytes: &[u8], index: usize, raw: &class::SectionHeader, names: &'a [u8]) -> Checked<Section<'a>> {
    let name = string_at(names, raw.sh_name.get(NATIVE), LONGEST_NAME).and_then(|name| str::from_utf8(name).ok());
    let name = name.ok_or_else(|| malformed(format!("section {index}"), "its name is outside the section names"))?;
    let section = Section {
        name,
        kind: raw.sh_type.get(NATIVE),
        flags: raw.sh_flags.get(NATIVE),
        address: raw.sh_addr.get(NATIVE),
        offset: raw.sh_offset.get(NATIVE),
        size: raw.sh_size.get(NATIVE),
        info: raw.sh_info.get(NATIVE),
        link: raw.sh_link.get(NATIVE),
        align: raw.sh_addralign.get(NATIVE),
    };
    section.file().inside(bytes, section)?;
    ensure(section.align <= 1 || section.align.is_power_of_two(), || {
        malformed(section, format!("sh_addralign is {:#x}, not a power of two", section.align))
    })?;
    ensure(!(section.writable() && section.executable()), || hardening(section, "both writable and executable"))?;
    Ok(section)
}
