//! Symbols, where the file still has them. All must be defined: there is nobody on the chip to look one up.

use crate::elf::{ENDIAN, Elf, malformed};
use dynpatch_interface::{ErrorCode, PatchError};
use object::elf::{SHT_DYNSYM, SHT_SYMTAB, SectionType};
use object::read::SymbolIndex;
use object::read::elf::Sym as _;

pub(crate) fn check(elf: &Elf<'_>) -> Result<(), PatchError> {
    [SHT_DYNSYM, SHT_SYMTAB].into_iter().try_for_each(|kind| check_table(elf, kind))
}

fn check_table(elf: &Elf<'_>, kind: SectionType) -> Result<(), PatchError> {
    let symbols = elf.table.symbols(ENDIAN, elf.bytes, kind).map_err(|error| malformed("symbol table", error))?;
    for symbol in symbols.iter().filter(|symbol| symbol.is_undefined(ENDIAN)) {
        let name = symbol.name(ENDIAN, symbols.strings()).map_err(|error| malformed("a symbol's name", error))?;
        if !name.is_empty() {
            let subject = format!("symbol {}", String::from_utf8_lossy(name));
            return Err(PatchError::new(ErrorCode::Hardening, subject, "it is not defined in the image").with_help(
                "reach the firmware through `host()` only, and link with `-C link-arg=--no-undefined` to see it earlier",
            ));
        }
    }
    Ok(())
}

/// The name of a dynamic symbol, for messages.
pub(crate) fn name(elf: &Elf<'_>, index: u32) -> Option<String> {
    let symbols = elf.table.symbols(ENDIAN, elf.bytes, SHT_DYNSYM).ok()?;
    let symbol = symbols.symbol(SymbolIndex(index as usize)).ok().filter(|_| index != 0)?;
    symbol.name(ENDIAN, symbols.strings()).ok().map(|name| String::from_utf8_lossy(name).into_owned())
}
