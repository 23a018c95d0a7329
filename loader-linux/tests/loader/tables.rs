//! One wrong entry at a time in the tables that the dynamic linker reads, and the rule that refuses it.

use crate::fixture::{STRIPPED, build, patch, try_build};
use crate::flips::{number, tables};
use dynpatch_interface::ErrorCode;
use dynpatch_loader_linux::inspect;

/// The test patch, to be damaged.
struct Patch(Vec<u8>);

/// Where a section's header and bytes lie in the file, and its address.
#[derive(Clone, Copy)]
struct Section {
    header: usize,
    offset: usize,
    size: usize,
    address: usize,
}

impl Patch {
    fn new() -> Self {
        Self(patch().to_vec())
    }

    fn header(&self, index: usize) -> usize {
        number(&self.0, 40) + 64 * index
    }

    fn word(&self, at: usize) -> u32 {
        u32::from_ne_bytes(self.0[at..at + 4].try_into().expect("four bytes"))
    }

    fn section(&self, name: &str) -> Section {
        self.find(name).expect("the section is there")
    }

    fn find(&self, name: &str) -> Option<Section> {
        let [count, names] = [60, 62].map(|at| usize::from(u16::from_ne_bytes([self.0[at], self.0[at + 1]])));
        let names = number(&self.0, self.header(names) + 24);
        let named = |header: &usize| {
            let at = names + self.word(*header) as usize;
            self.0[at..].starts_with(name.as_bytes()) && self.0[at + name.len()] == 0
        };
        let header = (1..count).map(|index| self.header(index)).find(named)?;
        let [address, offset, size] = [16, 24, 32].map(|field| number(&self.0, header + field));
        Some(Section { header, offset, size, address })
    }

    /// The program header of a type.
    fn segment(&self, kind: u32, executable: bool) -> usize {
        let [headers, _] = tables(&self.0);
        let mut entries = headers.skip(64).step_by(56);
        let found = |at: &usize| self.word(*at) == kind && (self.word(at + 4) & 1 == 1) == executable;
        entries.find(found).expect("the program header is there")
    }

    /// The entry of the dynamic table with a tag.
    fn dynamic(&self, tag: usize) -> usize {
        let [_, mut entries] = tables(&self.0).map(|table| table.step_by(16));
        entries.find(|at| number(&self.0, *at) == tag).expect("the tag is there")
    }

    /// A relocation that writes into a section, a pointer to code if and only if that is a section of such.
    fn relocation_into(&self, section: &str) -> usize {
        let (table, target) = (self.section(".rela.dyn"), self.section(section));
        let mut entries = (table.offset..table.offset + table.size).step_by(24);
        let code = self.section(".text");
        let within = |section: Section, address| (section.address..section.address + section.size).contains(&address);
        let fits = |at: &usize| {
            let to_code = within(code, number(&self.0, at + 16));
            within(target, number(&self.0, *at)) && to_code == section.ends_with("_array")
        };
        entries.find(fits).expect("something writes there")
    }

    /// A symbol of another library.
    fn needed(&self) -> usize {
        let symbols = self.section(".dynsym");
        let mut entries = (symbols.offset..symbols.offset + symbols.size).step_by(24);
        entries.find(|at| self.word(*at) != 0 && self.0[at + 6..at + 8] == [0, 0]).expect("something is needed")
    }

    /// The last symbol, which the patch exports.
    fn exported(&self) -> usize {
        let symbols = self.section(".dynsym");
        symbols.offset + symbols.size - 24
    }

    fn set<const N: usize>(&mut self, at: usize, value: [u8; N]) {
        self.0[at..at + N].copy_from_slice(&value);
    }

    #[track_caller]
    fn refused(self, code: ErrorCode, why: &str) {
        let error = inspect(&self.0).expect_err("it is damaged");
        assert_eq!(error.code(), code, "{error}");
        assert!(error.to_string().contains(why), "{error}");
    }

    #[track_caller]
    fn malformed(self, why: &str) {
        self.refused(ErrorCode::Malformed, why);
    }

    #[track_caller]
    fn hardened(self, why: &str) {
        self.refused(ErrorCode::Hardening, why);
    }
}

/// The damaged test patch: a closure is given the patch and its section of that name.
fn damaged(section: &str, damage: impl FnOnce(&mut Patch, Section)) -> Patch {
    let mut patch = Patch::new();
    let section = patch.section(section);
    damage(&mut patch, section);
    patch
}

fn word(value: usize) -> [u8; 8] {
    value.to_ne_bytes()
}

#[test]
fn the_undamaged_patch_is_accepted() {
    inspect(&Patch::new().0).expect("nothing is wrong with it");
}

#[test]
fn sections() {
    damaged(".dynpatch", |patch, section| patch.set(section.header + 8, word(3))).malformed("not plain read-only data");
    damaged(".dynpatch", |patch, section| patch.set(section.header + 8, word(0))).malformed("not loaded");
    damaged(".dynpatch", |patch, section| patch.set(section.header + 8, word(7))).hardened("writable and executable");
    damaged(".dynpatch", |patch, section| patch.set(section.header + 32, word(0))).malformed("empty");
    damaged(".comment", |patch, section| {
        let name = patch.word(patch.section(".dynpatch").header);
        patch.set(section.header, name.to_ne_bytes());
    })
    .malformed("a second one");
    damaged(".dynsym", |patch, section| patch.set(section.header + 40, 999_u32.to_ne_bytes())).malformed("999");
    damaged(".comment", |patch, section| patch.set(section.header + 32, word(1 << 40))).malformed(".comment");
}

#[test]
fn segments() {
    let mut patch = Patch::new();
    patch.set(patch.segment(1, true) + 4, 7_u32.to_ne_bytes());
    patch.hardened("both writable and executable");

    let mut patch = Patch::new();
    patch.set(patch.segment(0x6474_e551, false), 4_u32.to_ne_bytes());
    patch.hardened("no PT_GNU_STACK");

    let mut patch = Patch::new();
    patch.set(patch.segment(1, true) + 40, word(64 << 30));
    patch.malformed("an image ends at");

    let mut patch = Patch::new();
    patch.set(patch.segment(1, true) + 48, word(12));
    patch.malformed("p_align");

    let mut patch = Patch::new();
    patch.set(patch.segment(0x6474_e550, false), 3_u32.to_ne_bytes());
    patch.refused(ErrorCode::NotALibrary, "a program");
}

#[test]
fn dynamic_table() {
    let mut patch = Patch::new();
    patch.set(patch.dynamic(11), word(22));
    patch.hardened("DT_TEXTREL");

    let mut patch = Patch::new();
    patch.set(patch.dynamic(11), word(0x6fff_fefc));
    patch.hardened("DT_AUDIT");

    let mut patch = Patch::new();
    patch.set(patch.dynamic(11), word(0x1234));
    patch.malformed("tag 0x1234");

    let mut patch = Patch::new();
    patch.set(patch.dynamic(0x6fff_fff9) + 8, word(3));
    patch.malformed("DT_RELACOUNT is 3");

    // Sections that are no bytes of the file: constructors would be null.
    for section in [".init_array", ".dynsym", ".rela.dyn", ".gnu.hash"] {
        damaged(section, |patch, section| patch.set(section.header + 4, 8_u32.to_ne_bytes())).malformed("");
    }

    let mut patch = Patch::new();
    let flags = patch.dynamic(30) + 8;
    patch.set(flags, word(number(&patch.0, flags) | 0x10));
    patch.malformed("DF_STATIC_TLS");
}

#[test]
fn strings_and_symbols() {
    damaged(".dynstr", |patch, section| patch.0[section.offset + section.size - 1] = b'x').malformed("with a zero");
    let export = |damage: fn(&mut Patch, usize)| {
        let mut patch = Patch::new();
        let symbol = patch.exported();
        damage(&mut patch, symbol);
        patch
    };
    export(|patch, at| patch.set(at, u32::MAX.to_ne_bytes())).malformed("its name is outside");
    export(|patch, at| patch.0[at + 4] = 0xa2).hardened("older patches included");
    export(|patch, at| patch.0[at + 4] = 0x1a).hardened("an indirect function");
    export(|patch, at| patch.0[at + 4] = 0x19).malformed("its type is 9");
    export(|patch, at| patch.0[at + 4] = 0x52).malformed("its binding is 5");
    export(|patch, at| patch.set(at + 6, 900_u16.to_ne_bytes())).malformed("which is not there");
    export(|patch, at| patch.set(at + 8, word(1))).malformed("is not in section .text");
    for (at, value) in [(5, 2), (4, 0), (8, 1)] {
        let mut patch = Patch::new();
        let needed = patch.needed();
        patch.0[needed + at] = value;
        patch.malformed("not left to others");
    }
}

#[test]
fn gnu_hash() {
    let hash = |at: usize, value: u32, why: &str| {
        damaged(".gnu.hash", |patch, section| patch.set(section.offset + at, value.to_ne_bytes())).malformed(why);
    };
    hash(0, 0, "no buckets");
    hash(0, u32::MAX, "too few");
    hash(4, 0xffff, "before 65535");
    hash(8, 0, "a filter of 0 words");
    hash(8, u32::MAX, "too few");
    hash(12, 32, "a shift of 32 bits");
    damaged(".gnu.hash", |patch, section| {
        let last = section.offset + section.size - 4;
        patch.0[last] &= !1;
    })
    .malformed("has no end");
    damaged(".gnu.hash", |patch, section| patch.0[section.offset + section.size - 2] ^= 1)
        .malformed("would not be found");
}

#[test]
fn system_v_hash() {
    let Some(bytes) = try_build(&[STRIPPED, &["-Clink-arg=-Wl,--hash-style=sysv"]].concat()) else { return };
    let damaged = |damage: fn(&mut Patch, usize)| {
        let mut patch = Patch(bytes.clone());
        let table = patch.section(".hash").offset;
        damage(&mut patch, table);
        patch
    };
    damaged(|patch, table| patch.set(table, 0_u32.to_ne_bytes())).malformed("no buckets");
    damaged(|patch, table| patch.set(table + 4, 1_u32.to_ne_bytes())).malformed("1 chains for");
    damaged(|patch, table| {
        let buckets = patch.word(table) as usize;
        let first = (0..buckets).map(|bucket| patch.word(table + 8 + 4 * bucket)).find(|symbol| *symbol != 0);
        let symbol = first.expect("something is exported");
        patch.set(table + 8 + 4 * (buckets + symbol as usize), symbol.to_ne_bytes());
    })
    .malformed("a chain has no end");
    damaged(|patch, table| patch.set(table + 8, 0xffff_u32.to_ne_bytes())).malformed("leads to symbol 65535");
}

#[test]
fn versions() {
    // musl's symbols have none.
    if Patch::new().find(".gnu.version_r").is_none() {
        return;
    }
    damaged(".gnu.version", |patch, section| patch.0[section.offset + 3] = 0x70).malformed("which is not defined");
    let needs = |at: usize, value: u32, why: &str| {
        damaged(".gnu.version_r", |patch, section| patch.set(section.offset + at, value.to_ne_bytes())).malformed(why);
    };
    needs(4, 0, "which it does not need");
    needs(8, u32::MAX, "a version lies outside");
    needs(12, 8, "overlap");
    needs(12, u32::MAX, "an entry lies outside");
    damaged(".gnu.version_r", |patch, section| patch.0[section.offset] = 2).malformed("of an unknown format");
    damaged(".gnu.version_r", |patch, section| patch.0[section.offset + 2] = 0).malformed("more than 0 versions");
    damaged(".gnu.version_r", |patch, section| {
        let first = section.offset + patch.word(section.offset + 8) as usize;
        patch.0[first] ^= 1;
    })
    .malformed("is not the hash of");
    damaged(".gnu.version_r", |patch, section| {
        let first = section.offset + patch.word(section.offset + 8) as usize;
        patch.0[first + 6] = 1;
    })
    .malformed("version 1 is there twice");
}

#[test]
fn relocations() {
    let moved = |to: fn(&Patch) -> usize, why: &str| {
        let mut patch = Patch::new();
        let (at, to) = (patch.relocation_into(".data.rel.ro"), to(&patch));
        patch.set(at, word(to));
        patch.malformed(why);
    };
    moved(|patch| patch.section(".text").address.next_multiple_of(8), "which is not writable");
    moved(|patch| patch.section(".dynamic").address, "into the dynamic table");
    moved(|patch| patch.section(".data").address + 4, "which is not aligned");
    moved(|_| 1 << 60, "which is not writable");
    moved(|patch| patch.section(".init_array").address, "no code of this patch");
    moved(|patch| patch.section(".fini_array").address, "no code of this patch");

    let changed = |change: fn(&mut Patch, usize), why: &str| {
        let mut patch = Patch::new();
        let at = patch.relocation_into(".data.rel.ro");
        change(&mut patch, at);
        patch.malformed(why);
    };
    changed(|patch, at| patch.set(at + 8, 999_u32.to_ne_bytes()), "type 999");
    changed(|patch, at| patch.set(at + 12, u32::MAX.to_ne_bytes()), "symbol 4294967295 of");
    changed(|patch, at| patch.set(at + 16, word(1 << 40)), "points to 0x10000000000");
    changed(|patch, at| patch.set(at + 16, word(usize::MAX)), "points to");
}

#[test]
fn constructors_and_destructors() {
    for array in [".init_array", ".fini_array"] {
        let constructor = |change: fn(&mut Patch, usize)| {
            let mut patch = Patch::new();
            let at = patch.relocation_into(array);
            change(&mut patch, at);
            patch
        };
        let data = |patch: &mut Patch, at| patch.set(at + 16, word(patch.section(".data").address));
        constructor(data).malformed("no code of this patch");
        // Where something else is written already, so that nothing else is wrong.
        let elsewhere = |patch: &mut Patch, at| patch.set(at, word(patch.section(".data").address));
        constructor(elsewhere).malformed("not written by exactly one relocation");
    }
}

#[test]
fn notes() {
    if Patch::new().find(".note.gnu.build-id").is_none() {
        return;
    }
    damaged(".note.gnu.build-id", |patch, section| patch.set(section.offset + 4, u32::MAX.to_ne_bytes()))
        .malformed("is longer");
}

/// A copy relocation, and a resolver that runs while the patch is relocated.
#[cfg(target_arch = "x86_64")]
#[test]
fn relocations_of_this_processor() {
    for (kind, code, why) in [(5_u32, ErrorCode::Malformed, "copies"), (37, ErrorCode::Hardening, "runs code")] {
        let mut patch = Patch(build(STRIPPED));
        let at = patch.relocation_into(".data.rel.ro");
        patch.set(at + 8, kind.to_ne_bytes());
        patch.refused(code, why);
    }
}
