//! The ELF tables as this process's word size lays them out.

pub(super) use object::NativeEndian as NATIVE;
use object::NativeEndian;
use object::elf;

/// Patches are read in the byte order of this process only.
pub(super) type FileHeader = elf::FileHeader64<NativeEndian>;
pub(super) type ProgramHeader = elf::ProgramHeader64<NativeEndian>;
pub(super) type SectionHeader = elf::SectionHeader64<NativeEndian>;
pub(super) type DynamicEntry = elf::Dyn64<NativeEndian>;
pub(super) type Symbol = elf::Sym64<NativeEndian>;
pub(super) type Relocation = elf::Rela64<NativeEndian>;
pub(super) type VersionNeed = elf::Verneed<NativeEndian>;
pub(super) type VersionAux = elf::Vernaux<NativeEndian>;
pub(super) type NoteHeader = elf::NoteHeader64<NativeEndian>;
pub(super) type GnuHashHeader = elf::GnuHashHeader<NativeEndian>;
pub(super) type HashHeader = elf::HashHeader<NativeEndian>;
pub(super) type VersionIndex = elf::Versym<NativeEndian>;
pub(super) type Word = object::U32<NativeEndian>;
pub(super) type Long = object::U64<NativeEndian>;

/// Bytes of an address, and of a slot of a table of addresses.
pub(super) const WORD: u64 = size_of::<u64>() as u64;
