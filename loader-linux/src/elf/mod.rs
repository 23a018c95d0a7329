//! Reads an ELF shared library as bytes, without running or mapping any of it, and without unsafe code.
//!
//! Two things are wanted of a file before the dynamic linker may have it. Nothing in it can crash, hang or mislead
//! the dynamic linker, whoever wrote the file: `segments`, `dynamic`, `symbols`, `hash`, `versions`, `relocations`,
//! `notes`. And it is what a linker wrote, bit for bit, in the ELF header, the program headers and the dynamic table:
//! `header`, `agreement`, `dynamic`.
//!
//! All checks together take time and memory linear in the length of the file, whatever the file claims.

mod agreement;
mod class;
mod dynamic;
mod executable;
mod hash;
mod header;
mod libraries;
mod machine;
mod notes;
mod refusal;
mod region;
mod relocations;
mod sections;
mod segments;
mod strings;
mod symbols;
mod versions;

pub use executable::executable_manifest;

use core::ops::Range;
use dynamic::Dynamic;
use dynpatch_core::Object;
use dynpatch_interface::PatchError;
use header::Header;
use refusal::{Checked, malformed};
use sections::{Section, Sections};
use segments::Segments;
use symbols::Symbols;

/// What [`inspect`] found: a shared library for this process that may be handed to the dynamic linker, and where its
/// manifest lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ElfObject {
    manifest: Range<usize>,
    manifest_address: u64,
    image_size: u64,
    constants: Vec<Range<usize>>,
}

impl ElfObject {
    /// Bytes of address space, from the load address.
    pub(crate) fn image_size(&self) -> u64 {
        self.image_size
    }

    /// Where read-only data, strings among it, lies in the file.
    pub(crate) fn constants(&self) -> &[Range<usize>] {
        &self.constants
    }
}

impl Object for ElfObject {
    fn manifest(&self) -> Range<usize> {
        self.manifest.clone()
    }
}

/// Reads the ELF file in `bytes`, a pure function of them.
///
/// Accepts what `cargo build` makes of a `cdylib` with rust-lld, lld, GNU ld or mold, stripped of symbols or not.
/// Section headers must be there: they say what the linker meant, and every single flipped bit in the ELF header, the
/// program headers and the dynamic table contradicts them. One bit can hide, and no dynamic linker reads it in a library:
/// the one of GNU ld's `e_entry` that leads from zero to `.text`, when `.text` begins at a power of two.
///
/// Not detected: changes in code, constants and initialised variables, which are as valid as what was there before.
///
/// # Errors
/// The subject is the part of the file, such as `program header 3 (PT_LOAD)`; who knows the path adds it. The code is
/// `NotAnObject`, `WrongArchitecture`, `NotALibrary`, `NotAPatch` (a library without a `.dynpatch` section),
/// `Malformed` (it contradicts itself or points outside itself), `Hardening` (it asks for what no patch may have), or
/// `Unsupported` on a processor whose relocations are not known here.
pub fn inspect(bytes: &[u8]) -> Result<ElfObject, PatchError> {
    let header = Header::read(bytes)?;
    let sections = Sections::read(bytes, &header)?;
    let manifest = sections.manifest()?;
    let segments = Segments::read(bytes, &header)?;
    let dynamic = Dynamic::read(bytes, &segments)?;
    agreement::check(&header, &sections, &segments)?;
    notes::check(bytes, &segments)?;
    dynamic.check(&sections, &segments)?;
    let symbols = Symbols::read(bytes, &sections, &segments)?;
    let libraries = libraries::check(&dynamic, symbols.strings())?;
    hash::check(bytes, &sections, &symbols)?;
    versions::check(bytes, &dynamic, &sections, &symbols, &libraries)?;
    relocations::check(bytes, &dynamic, &sections, &segments, &symbols)?;
    object_of(&sections, &manifest, segments.image().size)
}

/// Proof that a file has a manifest at an address of a segment that is readable and not writable. Only [`locate`]
/// makes one.
#[derive(Debug)]
pub(crate) struct ManifestPlace {
    memory: Range<usize>,
}

impl ManifestPlace {
    /// Counted from the load address.
    pub(crate) fn memory(&self) -> Range<usize> {
        self.memory.clone()
    }
}

/// Finds the manifest again, if `object` is what `bytes` say of themselves.
///
/// What is read from a mapped image depends on this, and the caller of a loader could have mistaken one file's
/// findings for another's.
pub(crate) fn locate(bytes: &[u8], object: &ElfObject) -> Option<ManifestPlace> {
    let header = Header::read(bytes).ok()?;
    let sections = Sections::read(bytes, &header).ok()?;
    let manifest = sections.manifest().ok()?;
    let segments = Segments::read(bytes, &header).ok()?;
    agreement::check(&header, &sections, &segments).ok()?;
    let load = segments.around(manifest.memory()).filter(|load| load.readable() && !load.writable());
    let found = object_of(&sections, &manifest, segments.image().size).ok()?;
    let same = load.is_some() && found == *object;
    same.then(|| manifest.memory().range()).flatten().map(|memory| ManifestPlace { memory })
}

fn object_of(sections: &Sections<'_>, manifest: &Section<'_>, image_size: u64) -> Checked<ElfObject> {
    let constant = |section: &&Section<'_>| !section.writable() && !section.executable() && section.is_plain_data();
    Ok(ElfObject {
        manifest: manifest.file().range().ok_or_else(|| malformed(manifest, "outside the file"))?,
        manifest_address: manifest.address,
        image_size,
        constants: sections.allocated().filter(constant).filter_map(|section| section.file().range()).collect(),
    })
}
