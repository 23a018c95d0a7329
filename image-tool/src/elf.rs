//! An ELF file of 32 bits, and its sections.

use dynpatch_core::image::Machine;
use dynpatch_interface::{ErrorCode, PatchError};
use object::Endianness;
use object::elf::{self, FileHeader32, SectionHeader32};
use object::read::elf::{FileHeader as _, SectionHeader as _, SectionTable};

pub(crate) type Header = FileHeader32<Endianness>;

/// A position-independent ELF file for a chip.
pub(crate) struct Elf<'d> {
    pub(crate) bytes: &'d [u8],
    pub(crate) table: SectionTable<'d, Header>,
    machine: Machine,
    sections: Vec<Section<'d>>,
}

/// All files are of this byte order; `Elf::read` has looked.
pub(crate) const ENDIAN: Endianness = Endianness::Little;

/// A section header, and the section's name.
#[derive(Clone, Copy)]
pub(crate) struct Section<'d> {
    pub(crate) name: &'d str,
    pub(crate) header: &'d SectionHeader32<Endianness>,
}

impl<'d> Elf<'d> {
    pub(crate) fn read(bytes: &'d [u8]) -> Result<Self, PatchError> {
        let header = header(bytes)?;
        let machine = machine(header)?;
        check_type(header)?;
        let table = header.sections(ENDIAN, bytes).map_err(|error| malformed("section headers", error))?;
        let sections = table.iter().map(|header| Section::read(&table, header)).collect::<Result<Vec<_>, _>>()?;
        Ok(Self { bytes, table, machine, sections })
    }

    pub(crate) fn machine(&self) -> Machine {
        self.machine
    }

    pub(crate) fn sections(&self) -> &[Section<'d>] {
        &self.sections
    }

    /// The section of a name, with something in it, and no second one.
    pub(crate) fn one_section(&self, name: &str, what: &str) -> Result<Section<'d>, PatchError> {
        let mut found = self.sections.iter().filter(|section| section.name == name && section.size() > 0);
        let missing = || {
            PatchError::new(ErrorCode::NotAPatch, format!("section {name}"), format!("there is none: {what} is missing"))
                .with_help("make the program an image with `dynpatch_interface::firmware_image!`, and link it with the linker script of this tool")
        };
        let section = found.next().ok_or_else(missing)?;
        match found.next() {
            None => Ok(*section),
            Some(_) => Err(malformed(format!("section {name}"), "there are two of them")
                .with_help("link with the linker script of this tool")),
        }
    }
}

impl<'d> Section<'d> {
    fn read(table: &SectionTable<'d, Header>, header: &'d SectionHeader32<Endianness>) -> Result<Self, PatchError> {
        let name = table.section_name(ENDIAN, header).map_err(|error| malformed("a section's name", error))?;
        let name = core::str::from_utf8(name).map_err(|_| malformed("a section's name", "it is not text"))?;
        Ok(Self { name, header })
    }

    /// Its bytes in the file.
    pub(crate) fn data(&self, elf: &Elf<'d>) -> Result<&'d [u8], PatchError> {
        self.header.data(ENDIAN, elf.bytes).map_err(|error| malformed(self.subject(), error))
    }

    pub(crate) fn kind(&self) -> elf::SectionType {
        self.header.sh_type(ENDIAN)
    }

    pub(crate) fn has(&self, flag: elf::SectionFlags) -> bool {
        self.header.sh_flags(ENDIAN).0 & flag.0 != 0
    }

    /// Whether the program has it in memory.
    pub(crate) fn is_loaded(&self) -> bool {
        self.has(elf::SHF_ALLOC) && self.size() > 0
    }

    pub(crate) fn size(&self) -> u32 {
        self.header.sh_size(ENDIAN)
    }

    pub(crate) fn address(&self) -> u32 {
        self.header.sh_addr(ENDIAN)
    }

    pub(crate) fn alignment(&self) -> u32 {
        self.header.sh_addralign(ENDIAN)
    }

    /// The address behind it.
    pub(crate) fn end(&self) -> Result<u32, PatchError> {
        self.address().checked_add(self.size()).ok_or_else(|| malformed(self.subject(), "it ends beyond 32 bits"))
    }

    /// How messages name it.
    pub(crate) fn subject(&self) -> String {
        format!("section {}", self.name)
    }
}

fn header(bytes: &[u8]) -> Result<&Header, PatchError> {
    let not_elf = |cause: &str| {
        PatchError::new(ErrorCode::NotAnObject, "the file", cause)
            .with_help("give the program that `cargo build --release --target …` made for the chip")
    };
    if !bytes.starts_with(&elf::ELFMAG) {
        return Err(not_elf("it does not begin as an ELF file does"));
    }
    if bytes.get(4) == Some(&elf::ELFCLASS64.0) {
        return Err(wrong("a file of 64 bits, and images are for chips of 32"));
    }
    let header = Header::parse(bytes).map_err(|_| not_elf("its ELF header does not read"))?;
    match header.endian() {
        Ok(Endianness::Little) => Ok(header),
        _ => Err(wrong("a file whose high bytes come first")),
    }
}

fn machine(header: &Header) -> Result<Machine, PatchError> {
    let number = header.e_machine(ENDIAN).0;
    let known = [Machine::ARM, Machine::RISC_V].into_iter().find(|machine| machine.0 == number);
    known.ok_or_else(|| wrong(&format!("machine {number}, and images are for ARM (40) and RISC-V (243)")))
}

fn wrong(cause: &str) -> PatchError {
    PatchError::new(ErrorCode::WrongArchitecture, "ELF header", cause)
        .with_help("build for the chip: `--target thumbv7em-none-eabihf`, for example")
}

/// Without `-pie` a linker makes a file of another type and says nothing; its code would run at address zero only.
fn check_type(header: &Header) -> Result<(), PatchError> {
    let found = header.e_type(ENDIAN);
    let cause = match found {
        elf::ET_DYN => return Ok(()),
        elf::ET_EXEC => "linked for one address (ET_EXEC), so it runs nowhere else".to_owned(),
        elf::ET_REL => "not linked (ET_REL)".to_owned(),
        other => format!("of type {}, not position-independent (ET_DYN)", other.0),
    };
    Err(PatchError::new(ErrorCode::NotALibrary, "file type", cause)
        .with_help("compile with `-C relocation-model=pic` and link with `-C link-arg=-pie`"))
}

pub(crate) fn malformed(subject: impl core::fmt::Display, cause: impl core::fmt::Display) -> PatchError {
    PatchError::new(ErrorCode::Malformed, subject, cause).with_help("build the program again")
}

/// A number of the file, low byte first.
pub(crate) fn word(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|number| u32::from_le_bytes(*number))
}
