//! The manifest section of a file, under its name in each format.

use object::macho::N_NO_DEAD_STRIP;
use object::{BinaryFormat, Object, ObjectSection, ObjectSymbol, SectionIndex, SymbolFlags};

/// What a file's manifest sections hold.
pub struct Section {
    pub bytes: Vec<u8>,
    pub format: &'static str,
    pub is_64: bool,
    /// Places in the section that a linker or loader changes.
    pub relocations: usize,
}

/// Reads the section of a file.
pub fn read(path: &str) -> Result<Section, String> {
    let data = std::fs::read(path).map_err(|error| error.to_string())?;
    let file = object::File::parse(&*data).map_err(|error| error.to_string())?;
    let (name, format) = match file.format() {
        BinaryFormat::Elf => (".dynpatch", "ELF"),
        BinaryFormat::Coff | BinaryFormat::Pe => (".dynptch", "COFF"),
        BinaryFormat::MachO => ("__dynpatch", "Mach-O"),
        other => return Err(format!("{other:?} is a format without records")),
    };
    let mut found = Section {
        bytes: Vec::new(),
        format,
        is_64: file.architecture().address_size() == Some(object::AddressSize::U64),
        relocations: 0,
    };
    for section in file.sections().filter(|section| section.name() == Ok(name)) {
        let bytes = section.data().map_err(|error| error.to_string())?;
        found.bytes.extend(bytes);
        let range = section.address()..section.address() + section.size();
        let at_load = file.dynamic_relocations().into_iter().flatten().filter(|(at, _)| range.contains(at));
        found.relocations += section.relocations().count() + at_load.count();
        if let Some(name) = dropped(&file, section.index()) {
            return Err(format!("the linker may drop {name}"));
        }
    }
    if found.bytes.is_empty() { Err(format!("has no section {name}")) } else { Ok(found) }
}

/// A record that Apple's linker drops when nobody names it, as its symbol does not say otherwise.
fn dropped(file: &object::File<'_>, section: SectionIndex) -> Option<String> {
    let symbols = file.symbols().filter(|symbol| symbol.section_index() == Some(section));
    let mut records = symbols.filter(|symbol| symbol.name().is_ok_and(|name| name.contains("DYNPATCH_RECORD")));
    let symbol = records.find(
        |symbol| matches!(symbol.flags(), SymbolFlags::MachO { n_desc, .. } if n_desc.0 & N_NO_DEAD_STRIP.0 == 0),
    )?;
    Some(symbol.name().unwrap_or_default().to_owned())
}
