//! What differs between processors: the number in the header, and the relocations a patch may have.

use core::fmt;
use object::elf::{self, DataEncoding, FileClass, RelocationType};

/// What the dynamic linker does for a relocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Relocation {
    /// Nothing at all.
    Nothing,
    /// Writes the load address plus an addend.
    Relative,
    /// Writes a symbol's address: into data, the global offset table, or for the procedure linkage table.
    Address,
    /// Writes the number of the module that holds a thread-local variable.
    ThreadModule,
    /// Writes the offset of a thread-local variable in its module.
    ThreadOffset,
    /// Writes the offset of a thread-local variable from the thread pointer; needs static TLS space.
    StaticThreadOffset,
    /// Writes two words: how to reach a thread-local variable.
    ThreadDescriptor,
    /// Runs code of the patch while it is relocated.
    Resolver,
    /// Copies a variable out of another library.
    Copy,
}

/// The processor this process runs on.
#[cfg(all(target_arch = "x86_64", target_pointer_width = "64"))]
pub(super) const THIS: Option<Machine> =
    Some(Machine { architecture: Architecture::native(elf::EM_X86_64), relocation: x86_64 });
/// The processor this process runs on.
#[cfg(all(target_arch = "aarch64", target_pointer_width = "64"))]
pub(super) const THIS: Option<Machine> =
    Some(Machine { architecture: Architecture::native(elf::EM_AARCH64), relocation: aarch64 });
/// The processor this process runs on: none with a table here.
#[cfg(not(all(any(target_arch = "x86_64", target_arch = "aarch64"), target_pointer_width = "64")))]
pub(super) const THIS: Option<Machine> = None;

/// A processor whose relocations are known here.
#[derive(Debug, Clone, Copy)]
pub(super) struct Machine {
    /// As the ELF header says it.
    pub(super) architecture: Architecture,
    /// What a relocation type means, `None` for a type that no shared library of this processor has.
    pub(super) relocation: fn(RelocationType) -> Option<Relocation>,
}

/// The word size, byte order and processor of an ELF file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Architecture {
    pub(super) class: FileClass,
    pub(super) data: DataEncoding,
    pub(super) machine: elf::Machine,
}

impl Architecture {
    /// `machine` with the word size and byte order of this process.
    #[cfg_attr(not(any(target_arch = "x86_64", target_arch = "aarch64")), expect(dead_code, reason = "no table yet"))]
    const fn native(machine: elf::Machine) -> Self {
        let class = if cfg!(target_pointer_width = "64") { elf::ELFCLASS64 } else { elf::ELFCLASS32 };
        let data = if cfg!(target_endian = "little") { elf::ELFDATA2LSB } else { elf::ELFDATA2MSB };
        Self { class, data, machine }
    }
}

impl fmt::Display for Architecture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match name(self.machine) {
            Some(name) => f.write_str(name)?,
            None => write!(f, "machine {}", self.machine.0)?,
        }
        match self.class {
            elf::ELFCLASS64 => f.write_str(" (64-bit")?,
            elf::ELFCLASS32 => f.write_str(" (32-bit")?,
            other => write!(f, " (class {}", other.0)?,
        }
        match self.data {
            elf::ELFDATA2LSB => f.write_str(" little-endian)"),
            elf::ELFDATA2MSB => f.write_str(" big-endian)"),
            other => write!(f, " byte order {})", other.0),
        }
    }
}

/// Processors by the names Rust targets give them.
fn name(machine: elf::Machine) -> Option<&'static str> {
    Some(match machine {
        elf::EM_X86_64 => "x86_64",
        elf::EM_AARCH64 => "aarch64",
        elf::EM_386 => "i686",
        elf::EM_ARM => "arm",
        elf::EM_RISCV => "riscv",
        elf::EM_PPC64 => "powerpc64",
        elf::EM_S390 => "s390x",
        elf::EM_MIPS => "mips",
        elf::EM_LOONGARCH => "loongarch",
        _ => return None,
    })
}

/// System V psABI for AMD64, table 4.9 "Relocation types". The 8, 16 and 32 bit ones cannot reach a 64-bit address.
#[cfg_attr(not(any(test, target_arch = "x86_64")), expect(dead_code, reason = "another processor's table"))]
fn x86_64(kind: RelocationType) -> Option<Relocation> {
    Some(match kind {
        elf::R_X86_64_NONE => Relocation::Nothing,
        elf::R_X86_64_RELATIVE => Relocation::Relative,
        elf::R_X86_64_64 | elf::R_X86_64_GLOB_DAT | elf::R_X86_64_JUMP_SLOT => Relocation::Address,
        elf::R_X86_64_DTPMOD64 => Relocation::ThreadModule,
        elf::R_X86_64_DTPOFF64 => Relocation::ThreadOffset,
        elf::R_X86_64_TPOFF64 => Relocation::StaticThreadOffset,
        elf::R_X86_64_TLSDESC => Relocation::ThreadDescriptor,
        elf::R_X86_64_IRELATIVE => Relocation::Resolver,
        elf::R_X86_64_COPY => Relocation::Copy,
        _ => return None,
    })
}

/// ELF for the Arm 64-bit Architecture, "Dynamic relocations".
#[cfg_attr(not(any(test, target_arch = "aarch64")), expect(dead_code, reason = "another processor's table"))]
fn aarch64(kind: RelocationType) -> Option<Relocation> {
    Some(match kind {
        elf::R_AARCH64_NONE => Relocation::Nothing,
        elf::R_AARCH64_RELATIVE => Relocation::Relative,
        elf::R_AARCH64_ABS64 | elf::R_AARCH64_GLOB_DAT | elf::R_AARCH64_JUMP_SLOT => Relocation::Address,
        elf::R_AARCH64_TLS_DTPMOD => Relocation::ThreadModule,
        elf::R_AARCH64_TLS_DTPREL => Relocation::ThreadOffset,
        elf::R_AARCH64_TLS_TPREL => Relocation::StaticThreadOffset,
        elf::R_AARCH64_TLSDESC => Relocation::ThreadDescriptor,
        elf::R_AARCH64_IRELATIVE => Relocation::Resolver,
        elf::R_AARCH64_COPY => Relocation::Copy,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::{Architecture, Relocation, aarch64, x86_64};
    use object::elf::{self, RelocationType};

    #[test]
    fn each_processor_has_its_own_numbers() {
        assert_eq!(x86_64(RelocationType(8)), Some(Relocation::Relative));
        assert_eq!(aarch64(RelocationType(1027)), Some(Relocation::Relative));
        assert_eq!(x86_64(RelocationType(37)), Some(Relocation::Resolver));
        assert_eq!(aarch64(RelocationType(1032)), Some(Relocation::Resolver));
        assert_eq!(x86_64(RelocationType(1027)), None);
        assert_eq!(aarch64(RelocationType(8)), None);
    }

    #[test]
    fn an_architecture_is_named_as_in_a_target() {
        let native = Architecture::native(elf::EM_AARCH64);
        let strange = Architecture { class: elf::FileClass(3), data: elf::DataEncoding(7), machine: elf::Machine(999) };
        assert!(native.to_string().starts_with("aarch64 ("));
        assert_eq!(strange.to_string(), "machine 999 (class 3 byte order 7)");
    }
}
