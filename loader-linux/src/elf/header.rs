//! The ELF header: what kind of file this is, and where its two tables of headers lie.

use super::class::{self, NATIVE};
use super::machine::{Architecture, THIS};
use super::refusal::{Checked, ensure, malformed};
use super::region::Region;
use dynpatch_interface::{ErrorCode, PatchError};
use object::elf::{self, DataEncoding, FileClass, FileType};
use object::pod;

const SUBJECT: &str = "ELF header";
/// No linker makes more; the dynamic linker copies the program headers onto its stack.
const MOST_SEGMENTS: u16 = 64;
/// Far above what any linker makes of a Rust library (about 40).
const MOST_SECTIONS: u16 = 1024;

/// Where the tables of headers lie. All ranges are inside the file.
#[derive(Debug)]
pub(super) struct Header {
    /// The program headers, right behind the ELF header.
    pub(super) segments: Region,
    /// The section headers, at the end of the file.
    pub(super) sections: Region,
    /// Which section holds the names of sections.
    pub(super) names: usize,
    /// The entry address, which no library needs.
    pub(super) entry: u64,
}

impl Header {
    /// Reads the header of a shared library for this process.
    ///
    /// Every bit is checked, also those nobody reads: a file that a linker wrote has them right.
    pub(super) fn read(bytes: &[u8]) -> Checked<Self> {
        architecture(bytes)?;
        let (header, _) = pod::from_bytes::<class::FileHeader>(bytes).map_err(|()| cut_off(bytes))?;
        identification(&header.e_ident)?;
        library(header.e_type.get(NATIVE))?;
        sizes(header)?;
        Ok(Self {
            segments: segments(header, bytes)?,
            sections: sections(header, bytes)?,
            names: usize::from(header.e_shstrndx.get(NATIVE).0),
            entry: header.e_entry.get(NATIVE),
        })
    }
}

/// The first twenty bytes, which all ELF files share whatever their word size.
fn architecture(bytes: &[u8]) -> Checked {
    ensure(bytes.starts_with(&elf::ELFMAG), || not_an_object(bytes))?;
    let start: &[u8; 20] = bytes.first_chunk().ok_or_else(|| cut_off(bytes))?;
    let class = FileClass(start[4]);
    let data = DataEncoding(start[5]);
    let machine = [start[18], start[19]];
    let machine = if data == elf::ELFDATA2MSB { u16::from_be_bytes(machine) } else { u16::from_le_bytes(machine) };
    let found = Architecture { class, data, machine: elf::Machine(machine) };
    let this = THIS.ok_or_else(unsupported)?.architecture;
    ensure(found == this, || {
        let cause = format!("built for {found}, this process is {this}");
        PatchError::new(ErrorCode::WrongArchitecture, SUBJECT, cause)
            .with_help("build the patch with the host's `--target`")
    })
}

/// The rest of `e_ident`. OS ABI 3 is GNU, which linkers set for `STB_GNU_UNIQUE` and indirect functions.
fn identification(ident: &elf::Ident) -> Checked {
    let malformed = |field: &str, found: u8| malformed(SUBJECT, format!("{field} is {found}"));
    ensure(ident.version == elf::EV_CURRENT, || malformed("e_ident version", ident.version.0))?;
    let known = [elf::ELFOSABI_NONE, elf::ELFOSABI_GNU];
    ensure(known.contains(&ident.os_abi), || malformed("OS ABI", ident.os_abi.0))?;
    ensure(ident.abi_version == 0, || malformed("ABI version", ident.abi_version))?;
    let padding = ident.padding.into_iter().max().unwrap_or_default();
    ensure(padding == 0, || malformed("padding of e_ident", padding))
}

fn library(kind: FileType) -> Checked {
    let found = match kind {
        elf::ET_DYN => return Ok(()),
        elf::ET_EXEC => "a program".to_owned(),
        elf::ET_REL => "an object file that was not linked".to_owned(),
        elf::ET_CORE => "a core dump".to_owned(),
        other => format!("of type {}", other.0),
    };
    Err(PatchError::new(ErrorCode::NotALibrary, SUBJECT, format!("{found}, not a shared library"))
        .with_help("a patch is a crate of `crate-type = [\"cdylib\"]`"))
}

/// Fields with one right value each.
fn sizes(header: &class::FileHeader) -> Checked {
    let fields = [
        ("e_version", header.e_version.get(NATIVE).into(), elf::EV_CURRENT.0.into()),
        ("e_flags", header.e_flags.get(NATIVE).0.into(), 0),
        ("e_ehsize", header.e_ehsize.get(NATIVE).into(), size_of::<class::FileHeader>()),
        ("e_phentsize", header.e_phentsize.get(NATIVE).into(), size_of::<class::ProgramHeader>()),
        ("e_shentsize", header.e_shentsize.get(NATIVE).into(), size_of::<class::SectionHeader>()),
    ];
    fields.into_iter().try_for_each(|(field, found, expected)| {
        let found: u64 = found;
        ensure(found == expected as u64, || malformed(SUBJECT, format!("{field} is {found}, expected {expected}")))
    })
}

fn segments(header: &class::FileHeader, bytes: &[u8]) -> Checked<Region> {
    let offset = header.e_phoff.get(NATIVE);
    let expected = size_of::<class::FileHeader>() as u64;
    ensure(offset == expected, || malformed(SUBJECT, format!("e_phoff is {offset:#x}, expected {expected:#x}")))?;
    let count = header.e_phnum.get(NATIVE);
    ensure((1..=MOST_SEGMENTS).contains(&count), || {
        malformed(SUBJECT, format!("e_phnum is {count}, expected 1 to {MOST_SEGMENTS}"))
    })?;
    let region = Region::new(offset, u64::from(count) * size_of::<class::ProgramHeader>() as u64);
    region.inside(bytes, "program headers")
}

/// GNU ld, lld, mold and strip write the section headers last; so a flipped `e_shnum` and a cut file are both seen.
fn sections(header: &class::FileHeader, bytes: &[u8]) -> Checked<Region> {
    let offset = header.e_shoff.get(NATIVE);
    let count = header.e_shnum.get(NATIVE);
    ensure(count > 0 && offset > 0, || {
        malformed(SUBJECT, "no section headers").with_help("sections say what the linker meant; strip symbols only")
    })?;
    ensure(count <= MOST_SECTIONS, || malformed(SUBJECT, format!("e_shnum is {count}, the most is {MOST_SECTIONS}")))?;
    let size = u64::from(count) * size_of::<class::SectionHeader>() as u64;
    let region = Region::new(offset, size).inside(bytes, "section headers")?;
    ensure(region.end() == bytes.len() as u64, || {
        let cause = format!("the section headers end at {:#x}, the file at {:#x}", region.end(), bytes.len());
        malformed(SUBJECT, cause)
    })?;
    Ok(region)
}

/// Names the format, where it is one that people mistake for a shared library.
fn not_an_object(bytes: &[u8]) -> PatchError {
    let found = match bytes {
        [b'M', b'Z', ..] => "a Windows PE file",
        [0xcf | 0xce, 0xfa, 0xed, 0xfe, ..] | [0xca, 0xfe, 0xba, 0xbe, ..] => "a Mach-O file",
        [b'!', b'<', b'a', b'r', b'c', b'h', b'>', ..] => "a static library",
        [b'#', b'!', ..] => "a script",
        _ => "without the ELF magic number",
    };
    PatchError::new(ErrorCode::NotAnObject, SUBJECT, format!("{found}, not an ELF shared library"))
}

fn cut_off(bytes: &[u8]) -> PatchError {
    malformed(SUBJECT, format!("the file ends after {} bytes", bytes.len())).with_help("the file looks cut off")
}

fn unsupported() -> PatchError {
    PatchError::new(ErrorCode::Unsupported, SUBJECT, "this processor's relocations are not known")
        .with_help("patches load on x86_64 and aarch64")
}
