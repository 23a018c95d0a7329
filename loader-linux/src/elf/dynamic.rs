//! The dynamic table: the tags a patch may have, each at most once, each with the one value its section gives it.

use super::class::{self, NATIVE, WORD};
use super::refusal::{Checked, ensure, hardening, malformed};
use super::region::Region;
use super::sections::{Section, Sections};
use super::segments::Segments;
use dynpatch_interface::PatchError;
use object::elf::{self, DynamicTag};

const SUBJECT: &str = "dynamic table";
/// A flag that allows static TLS space to be used, which few patches need.
const STATIC_TLS: u64 = elf::DF_STATIC_TLS.0;
const BIND_NOW: u64 = elf::DF_BIND_NOW.0;
const NOW: u64 = elf::DF_1_NOW.0;

/// The tags of a patch, beside `DT_NEEDED`.
const KNOWN: [(DynamicTag, &str); 26] = [
    (elf::DT_STRTAB, "DT_STRTAB"),
    (elf::DT_STRSZ, "DT_STRSZ"),
    (elf::DT_SYMTAB, "DT_SYMTAB"),
    (elf::DT_SYMENT, "DT_SYMENT"),
    (elf::DT_HASH, "DT_HASH"),
    (elf::DT_GNU_HASH, "DT_GNU_HASH"),
    (elf::DT_RELA, "DT_RELA"),
    (elf::DT_RELASZ, "DT_RELASZ"),
    (elf::DT_RELAENT, "DT_RELAENT"),
    (elf::DT_RELACOUNT, "DT_RELACOUNT"),
    (elf::DT_JMPREL, "DT_JMPREL"),
    (elf::DT_PLTRELSZ, "DT_PLTRELSZ"),
    (elf::DT_PLTREL, "DT_PLTREL"),
    (elf::DT_PLTGOT, "DT_PLTGOT"),
    (elf::DT_INIT, "DT_INIT"),
    (elf::DT_FINI, "DT_FINI"),
    (elf::DT_INIT_ARRAY, "DT_INIT_ARRAY"),
    (elf::DT_INIT_ARRAYSZ, "DT_INIT_ARRAYSZ"),
    (elf::DT_FINI_ARRAY, "DT_FINI_ARRAY"),
    (elf::DT_FINI_ARRAYSZ, "DT_FINI_ARRAYSZ"),
    (elf::DT_VERSYM, "DT_VERSYM"),
    (elf::DT_VERNEED, "DT_VERNEED"),
    (elf::DT_VERNEEDNUM, "DT_VERNEEDNUM"),
    (elf::DT_FLAGS, "DT_FLAGS"),
    (elf::DT_FLAGS_1, "DT_FLAGS_1"),
    (elf::DT_NULL, "DT_NULL"),
];

/// Tags that make a library unfit to be a patch, and why.
const FORBIDDEN: [(DynamicTag, &str); 18] = [
    (elf::DT_TEXTREL, "DT_TEXTREL: code would be written while it is relocated"),
    (elf::DT_RPATH, "DT_RPATH: libraries would come from a directory it names"),
    (elf::DT_RUNPATH, "DT_RUNPATH: libraries would come from a directory it names"),
    (elf::DT_AUDIT, "DT_AUDIT: a library would watch the dynamic linker"),
    (elf::DT_DEPAUDIT, "DT_DEPAUDIT: a library would watch the dynamic linker"),
    (elf::DT_AUXILIARY, "DT_AUXILIARY: another library would answer for it"),
    (elf::DT_FILTER, "DT_FILTER: another library would answer for it"),
    (elf::DT_CONFIG, "DT_CONFIG: a configuration file would be read"),
    (elf::DT_SONAME, "DT_SONAME: the dynamic linker would answer later look-ups of that name with this patch"),
    (elf::DT_SYMBOLIC, "DT_SYMBOLIC: not what rustc links"),
    (elf::DT_PREINIT_ARRAY, "DT_PREINIT_ARRAY: for programs only"),
    (elf::DT_VERDEF, "DT_VERDEF: the exports of a patch have no versions"),
    (elf::DT_VERDEFNUM, "DT_VERDEFNUM: the exports of a patch have no versions"),
    (elf::DT_REL, "DT_REL: this processor's relocations have addends"),
    (elf::DT_RELR, "DT_RELR: packed relocations are not read here"),
    (elf::DT_DEBUG, "DT_DEBUG: for programs only"),
    (elf::DT_TLSDESC_PLT, "DT_TLSDESC_PLT: linked without BIND_NOW"),
    (elf::DT_TLSDESC_GOT, "DT_TLSDESC_GOT: linked without BIND_NOW"),
];

/// A section that the dynamic table speaks of.
struct Table {
    section: &'static str,
    address: DynamicTag,
    size: Option<DynamicTag>,
    /// What its entries need.
    align: u64,
}

const fn table(section: &'static str, address: DynamicTag, size: Option<DynamicTag>, align: u64) -> Table {
    Table { section, address, size, align }
}

const TABLES: [Table; 12] = [
    table(".dynstr", elf::DT_STRTAB, Some(elf::DT_STRSZ), 1),
    table(".dynsym", elf::DT_SYMTAB, None, WORD),
    table(".hash", elf::DT_HASH, None, 4),
    table(".gnu.hash", elf::DT_GNU_HASH, None, WORD),
    table(".rela.dyn", elf::DT_RELA, Some(elf::DT_RELASZ), WORD),
    table(".rela.plt", elf::DT_JMPREL, Some(elf::DT_PLTRELSZ), WORD),
    table(".init_array", elf::DT_INIT_ARRAY, Some(elf::DT_INIT_ARRAYSZ), WORD),
    table(".fini_array", elf::DT_FINI_ARRAY, Some(elf::DT_FINI_ARRAYSZ), WORD),
    table(".gnu.version", elf::DT_VERSYM, None, 2),
    table(".gnu.version_r", elf::DT_VERNEED, None, 4),
    table(".init", elf::DT_INIT, None, 1),
    table(".fini", elf::DT_FINI, None, 1),
];

/// A place in the image: its addresses, and where its bytes lie in the file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) memory: Region,
    pub(super) file: Region,
}

/// What the dynamic table says, every address checked.
pub(super) struct Dynamic {
    /// Where the table itself lies in memory.
    pub(super) memory: Region,
    /// Offsets of the names of needed libraries in the string table.
    pub(super) needed: Vec<u64>,
    values: [Option<u64>; KNOWN.len()],
}

impl Dynamic {
    /// Reads the dynamic table and refuses what no patch may ask for.
    pub(super) fn read(bytes: &[u8], segments: &Segments) -> Checked<Self> {
        let segment = segments.one(elf::PT_DYNAMIC).ok_or_else(|| malformed("program headers", "no PT_DYNAMIC"))?;
        // The dynamic linker adds the load address to the table's entries in place.
        let writable = segments.around(segment.memory).is_some_and(|load| load.writable());
        ensure(writable && segment.memory.start.is_multiple_of(WORD), || {
            malformed(segment, "not aligned in a writable PT_LOAD")
        })?;
        let dynamic = Self::entries(segment.memory, segment.file.table(bytes))?;
        dynamic.flags()?;
        Ok(dynamic)
    }

    /// Compares the table with the sections.
    pub(super) fn check(&self, sections: &Sections<'_>, segments: &Segments) -> Checked {
        self.agrees(sections)?;
        self.entry_sizes()?;
        Self::tables(sections, segments)?;
        self.code(sections)
    }

    /// The value of a known tag.
    pub(super) fn value(&self, tag: DynamicTag) -> Option<u64> {
        KNOWN.iter().position(|(known, _)| *known == tag).and_then(|index| self.values[index])
    }

    /// Whether the patch says that it needs static TLS space.
    pub(super) fn static_tls(&self) -> bool {
        self.value(elf::DT_FLAGS).is_some_and(|flags| flags & STATIC_TLS != 0)
    }

    fn entries(memory: Region, table: &[class::DynamicEntry]) -> Checked<Self> {
        let mut dynamic = Self { memory, needed: Vec::new(), values: [None; KNOWN.len()] };
        let mut entries = table.iter().map(|entry| (entry.d_tag.get(NATIVE), entry.d_val.get(NATIVE)));
        for (tag, value) in entries.by_ref() {
            dynamic.entry(tag, value)?;
            if tag == elf::DT_NULL {
                break;
            }
        }
        let end = dynamic.value(elf::DT_NULL).ok_or_else(|| malformed(SUBJECT, "not ended by DT_NULL"))?;
        let empty = end == 0 && entries.all(|(tag, value)| tag == elf::DT_NULL && value == 0);
        ensure(empty, || malformed(SUBJECT, "something follows DT_NULL"))?;
        Ok(dynamic)
    }

    fn entry(&mut self, tag: DynamicTag, value: u64) -> Checked {
        if tag == elf::DT_NEEDED {
            self.needed.push(value);
            return Ok(());
        }
        let index = KNOWN.iter().position(|(known, _)| *known == tag).ok_or_else(|| forbidden(tag))?;
        ensure(self.values[index].is_none(), || malformed(SUBJECT, format!("a second {}", KNOWN[index].1)))?;
        self.values[index] = Some(value);
        Ok(())
    }

    /// Each tag has the value its section gives it, each section has its tags.
    fn agrees(&self, sections: &Sections<'_>) -> Checked {
        for table in &TABLES {
            let section = sections.named(table.section);
            self.equals(table.address, section.map(|section| section.address))?;
            table.size.map_or(Ok(()), |size| self.equals(size, section.map(|section| section.size)))?;
        }
        let needs = sections.named(".gnu.version_r").map(|section| u64::from(section.info));
        self.equals(elf::DT_VERNEEDNUM, needs)?;
        let table = sections.named(".got.plt").or_else(|| sections.named(".got"));
        // lld and GNU ld leave it out when there is no procedure linkage table.
        let table = table.filter(|_| self.value(elf::DT_PLTGOT).is_some());
        self.equals(elf::DT_PLTGOT, table.map(|section| section.address))
    }

    /// rustc links with full RELRO: symbols are resolved before any code of the patch runs, and for good.
    fn flags(&self) -> Checked {
        let flags = self.value(elf::DT_FLAGS).map(|flags| flags & !STATIC_TLS);
        let exact = flags == Some(BIND_NOW) && self.value(elf::DT_FLAGS_1) == Some(NOW);
        ensure(exact, || {
            let [flags, flags_1] = [elf::DT_FLAGS, elf::DT_FLAGS_1].map(|tag| self.value(tag).unwrap_or_default());
            hardening(SUBJECT, format!("DT_FLAGS is {flags:#x}, DT_FLAGS_1 {flags_1:#x}, expected BIND_NOW and NOW"))
                .with_help("rustc links with full RELRO; leave `-C relro-level` alone and give the linker no `-z`")
        })
    }

    /// Sizes of entries have one right value each, and are there when their table is.
    fn entry_sizes(&self) -> Checked {
        let relocation = size_of::<class::Relocation>() as u64;
        let sizes = [
            (elf::DT_SYMENT, elf::DT_SYMTAB, size_of::<class::Symbol>() as u64),
            (elf::DT_RELAENT, elf::DT_RELA, relocation),
            (elf::DT_PLTREL, elf::DT_JMPREL, elf::DT_RELA.0 as u64),
        ];
        sizes.into_iter().try_for_each(|(tag, table, size)| self.equals(tag, self.value(table).map(|_| size)))
    }

    fn equals(&self, tag: DynamicTag, expected: Option<u64>) -> Checked {
        let found = self.value(tag);
        ensure(found == expected, || {
            let [found, expected] = [found, expected].map(|value| value.map_or("absent".into(), |v| format!("{v:#x}")));
            malformed(SUBJECT, format!("{} is {found}, the sections make it {expected}", name(tag)))
        })
    }

    /// What is called before and after everything else is code.
    fn code(&self, sections: &Sections<'_>) -> Checked {
        [elf::DT_INIT, elf::DT_FINI].into_iter().try_for_each(|tag| {
            let target = self.value(tag);
            ensure(target.is_none_or(|target| sections.code_at(target)), || {
                malformed(SUBJECT, format!("{} is {:#x}, which is no code", name(tag), target.unwrap_or_default()))
            })
        })
    }

    /// Each is bytes of the file and aligned; what the dynamic linker reads while it relocates is not what it writes.
    fn tables(sections: &Sections<'_>, segments: &Segments) -> Checked {
        let writable = |section: &Section<'_>| segments.around(section.memory()).is_none_or(|load| load.writable());
        let mut tables = TABLES.iter().filter_map(|table| Some((table, sections.named(table.section)?)));
        tables.try_for_each(|(table, section)| {
            let written = [elf::DT_INIT_ARRAY, elf::DT_FINI_ARRAY].contains(&table.address);
            ensure(!section.zero_filled(), || malformed(section, "no bytes of the file"))?;
            ensure(section.address.is_multiple_of(table.align), || {
                malformed(section, format!("address {:#x} is not aligned to {}", section.address, table.align))
            })?;
            ensure(writable(section) == written, || {
                malformed(
                    section,
                    if written { "not writable" } else { "writable, so it could change while it is read" },
                )
            })
        })
    }
}

/// Where a table of a section lies, if there is one.
pub(super) fn place(sections: &Sections<'_>, name: &str) -> Option<Place> {
    sections.named(name).map(|section| Place { memory: section.memory(), file: section.file() })
}

fn name(tag: DynamicTag) -> &'static str {
    KNOWN.iter().find(|(known, _)| *known == tag).map_or("a tag", |(_, name)| name)
}

fn forbidden(tag: DynamicTag) -> PatchError {
    match FORBIDDEN.iter().find(|(known, _)| *known == tag) {
        Some((_, why)) => hardening(SUBJECT, why),
        None => malformed(SUBJECT, format!("tag {:#x}, which no patch has", tag.0)),
    }
}
