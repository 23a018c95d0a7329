//! The dynamic symbols and their names.

use super::class::{self, NATIVE};
use super::refusal::{Checked, ensure, hardening, malformed};
use super::region::Region;
use super::sections::Sections;
use super::segments::Segments;
use super::strings::string_at;
use dynpatch_interface::PatchError;
use object::elf::{self, SymbolBind, SymbolType};

/// All names together are at most this many times as long as the string table, so that many symbols that share one
/// long name cannot make the checks slow.
const SHARING: usize = 4;

/// The dynamic symbol table and the dynamic string table. Every name is inside and terminated, every defined symbol
/// lies in the image.
pub(super) struct Symbols<'a> {
    table: &'a [class::Symbol],
    strings: &'a [u8],
}

/// What a relocation needs to know about a symbol.
#[derive(Debug, Clone, Copy)]
pub(super) struct Target {
    /// Its address, if it is defined here.
    pub(super) address: Option<u64>,
    pub(super) thread_local: bool,
}

impl<'a> Symbols<'a> {
    /// Reads and checks the dynamic symbols.
    pub(super) fn read(bytes: &'a [u8], sections: &Sections<'_>, segments: &Segments) -> Checked<Self> {
        let find = |name| sections.named(name).ok_or_else(|| malformed(format!("section {name}"), "there is none"));
        let (table, strings) = (find(".dynsym")?, find(".dynstr")?);
        ensure(table.size.is_multiple_of(size_of::<class::Symbol>() as u64), || {
            malformed(table, format!("{:#x} bytes are no whole number of symbols", table.size))
        })?;
        let symbols = Self { table: table.file().table(bytes), strings: strings.file().of(bytes) };
        symbols.strings_terminated()?;
        symbols.first_is_empty()?;
        symbols.names_are_short()?;
        let mut rest = symbols.table.iter().enumerate().skip(1);
        rest.try_for_each(|(index, symbol)| symbols.check(index, symbol, sections, segments))?;
        Ok(symbols)
    }

    /// How many there are, the empty first one included.
    pub(super) fn count(&self) -> usize {
        self.table.len()
    }

    /// The string table.
    pub(super) fn strings(&self) -> &'a [u8] {
        self.strings
    }

    /// Whether a symbol is there and defined here.
    pub(super) fn defines(&self, index: usize) -> bool {
        self.table.get(index).is_some_and(|symbol| symbol.st_shndx.get(NATIVE) != elf::SHN_UNDEF)
    }

    /// The name of a symbol that is there.
    pub(super) fn name(&self, index: usize) -> &'a [u8] {
        let offset = self.table.get(index).map_or(0, |symbol| symbol.st_name.get(NATIVE));
        string_at(self.strings, offset, self.strings.len()).unwrap_or_default()
    }

    /// What a relocation against this symbol refers to, `None` when there is no such symbol.
    pub(super) fn target(&self, index: u32) -> Option<Target> {
        let symbol = self.table.get(usize::try_from(index).ok()?)?;
        let defined = symbol.st_shndx.get(NATIVE) != elf::SHN_UNDEF;
        let thread_local = symbol.st_type() == elf::STT_TLS;
        Some(Target { address: defined.then(|| symbol.st_value.get(NATIVE)), thread_local })
    }

    fn strings_terminated(&self) -> Checked {
        let fine = self.strings.first() == Some(&0) && self.strings.last() == Some(&0);
        ensure(fine, || malformed("section .dynstr", "does not begin and end with a zero"))
    }

    fn first_is_empty(&self) -> Checked {
        let empty = self.table.first().is_some_and(|first| {
            first.st_name.get(NATIVE) == 0 && first.st_info.0 == 0 && first.st_value.get(NATIVE) == 0
        });
        ensure(empty, || malformed("symbol 0", "not empty"))
    }

    fn names_are_short(&self) -> Checked {
        let mut left = self.strings.len().saturating_mul(SHARING);
        self.table.iter().enumerate().try_for_each(|(index, symbol)| {
            let name = string_at(self.strings, symbol.st_name.get(NATIVE), left);
            let name = name.ok_or_else(|| malformed(subject(index), "its name is outside the string table"))?;
            left -= name.len();
            Ok(())
        })
    }

    fn check(&self, index: usize, symbol: &class::Symbol, sections: &Sections<'_>, segments: &Segments) -> Checked {
        let (section, kind) = (symbol.st_shndx.get(NATIVE), symbol.st_type());
        let defined = section != elf::SHN_UNDEF;
        self.binding(index, symbol.st_bind())?;
        self.kind(index, kind, defined)?;
        let value = symbol.st_value.get(NATIVE);
        if !defined {
            // One that only this library could define would be taken for its first byte.
            let elsewhere = symbol.st_bind() != elf::STB_LOCAL && symbol.st_visibility() == elf::STV_DEFAULT;
            return ensure(elsewhere && value == 0, || self.refuse(index, "not defined, yet not left to others"));
        }
        let section = sections
            .at(section.0)
            .filter(|section| section.allocated())
            .ok_or_else(|| self.refuse(index, format!("defined in section {}, which is not there", section.0)))?;
        let template = segments.one(elf::PT_TLS).map_or(0, |template| template.memory.start);
        let address = if kind == elf::STT_TLS { template.saturating_add(value) } else { value };
        // Labels at the end of a section are common.
        let inside = section.memory().contains(Region::new(address, 0));
        let of_kind =
            section.thread_local() == (kind == elf::STT_TLS) && (kind != elf::STT_FUNC || section.executable());
        ensure(inside && of_kind, || self.refuse(index, format!("its value {value:#x} is not in {section}")))
    }

    /// A unique symbol is shared by every library that has one of its name: an older generation's would be used.
    fn binding(&self, index: usize, binding: SymbolBind) -> Checked {
        ensure(binding != elf::STB_GNU_UNIQUE, || {
            let cause = "shared with every other library that has one of this name, older patches included";
            hardening(self.subject(index), cause).with_help("compile C++ parts with `-fno-gnu-unique`")
        })?;
        let known = [elf::STB_LOCAL, elf::STB_GLOBAL, elf::STB_WEAK];
        ensure(known.contains(&binding), || self.refuse(index, format!("its binding is {}", binding.0)))
    }

    /// A resolver of an indirect function runs while the patch is relocated. One that is only needed is libc's.
    fn kind(&self, index: usize, kind: SymbolType, defined: bool) -> Checked {
        ensure(!(defined && kind == elf::STT_GNU_IFUNC), || {
            let cause = "an indirect function: its resolver would run before anything is checked";
            hardening(self.subject(index), cause)
        })?;
        let known =
            [elf::STT_NOTYPE, elf::STT_OBJECT, elf::STT_FUNC, elf::STT_SECTION, elf::STT_TLS, elf::STT_GNU_IFUNC];
        ensure(known.contains(&kind), || self.refuse(index, format!("its type is {}", kind.0)))
    }

    fn refuse(&self, index: usize, cause: impl core::fmt::Display) -> PatchError {
        malformed(self.subject(index), cause)
    }

    fn subject(&self, index: usize) -> String {
        format!("symbol {index} ({})", String::from_utf8_lossy(self.name(index)).escape_debug())
    }
}

fn subject(index: usize) -> String {
    format!("symbol {index}")
}
