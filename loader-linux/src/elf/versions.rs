//! The versions that needed symbols ask for, such as `GLIBC_2.34`.
//!
//! glibc follows these tables without a bound, stops the process when a needed library is not among the loaded ones,
//! and indexes an array with each symbol's version.

use super::class::{self, NATIVE};
use super::dynamic::Dynamic;
use super::refusal::{Checked, ensure, malformed};
use super::sections::{Section, Sections};
use super::strings::string_at;
use super::symbols::Symbols;
use object::elf;
use object::pod;

const NEEDS: &str = "section .gnu.version_r";
const INDICES: &str = "section .gnu.version";
/// A version names a release of a library.
const LONGEST_NAME: usize = 256;
/// Above the index in a symbol's entry.
const HIDDEN: u16 = elf::VERSYM_HIDDEN.0;

/// Checks the versions, if the patch has any.
pub(super) fn check(
    bytes: &[u8],
    dynamic: &Dynamic,
    sections: &Sections<'_>,
    symbols: &Symbols<'_>,
    libraries: &[&[u8]],
) -> Checked {
    let mut known = Known::default();
    if let (Some(table), Some(count)) = (sections.named(".gnu.version_r"), dynamic.value(elf::DT_VERNEEDNUM)) {
        ensure(sections.named(".gnu.version").is_some(), || malformed(NEEDS, "no version is given to any symbol"))?;
        needs(table.file().of(bytes), count, symbols.strings(), libraries, &mut known)?;
    }
    sections.named(".gnu.version").map_or(Ok(()), |table| indices(bytes, table, symbols, &known))
}

/// Which version indices are defined, one bit each; 0 is local, 1 is any.
struct Known([u64; WORDS]);

/// One bit for each index below `HIDDEN`.
const WORDS: usize = (HIDDEN as usize).div_ceil(u64::BITS as usize);

impl Default for Known {
    fn default() -> Self {
        let mut known = Self([0; WORDS]);
        known.add(0);
        known.add(1);
        known
    }
}

impl Known {
    /// Whether `index` was not there before.
    fn add(&mut self, index: u16) -> bool {
        let (word, bit) = (&mut self.0[usize::from(index) / 64], 1 << (index % 64));
        let new = *word & bit == 0;
        *word |= bit;
        new
    }
    fn has(&self, index: u16) -> bool {
        self.0[usize::from(index) / 64] & (1 << (index % 64)) != 0
    }
}

/// Walks the needed libraries, `count` of them.
fn needs(table: &[u8], count: u64, strings: &[u8], libraries: &[&[u8]], known: &mut Known) -> Checked {
    let mut rest = Some(table);
    let mut left = count;
    while let Some(place) = rest {
        let (need, _) = pod::from_bytes::<class::VersionNeed>(place).map_err(|()| outside("an entry"))?;
        left = left.checked_sub(1).ok_or_else(|| malformed(NEEDS, format!("more than {count} libraries")))?;
        ensure(need.vn_version.get(NATIVE) == elf::VER_NEED_CURRENT, || malformed(NEEDS, "of an unknown format"))?;
        let name = string_at(strings, need.vn_file.get(NATIVE), LONGEST_NAME).unwrap_or_default();
        ensure(libraries.contains(&name), || {
            let shown = String::from_utf8_lossy(name);
            malformed(NEEDS, format!("asks for versions of `{}`, which it does not need", shown.escape_debug()))
        })?;
        let first = after(place, need.vn_aux.get(NATIVE)).ok_or_else(|| outside("a version"))?;
        versions(first, need.vn_cnt.get(NATIVE), strings, known)?;
        rest = following(place, need.vn_next.get(NATIVE))?;
    }
    ensure(left == 0, || malformed(NEEDS, format!("{left} libraries fewer than the {count} announced")))
}

/// Walks the versions of one library, `count` of them. No index occurs twice, so all walks together are bounded.
fn versions(first: &[u8], count: u16, strings: &[u8], known: &mut Known) -> Checked {
    let mut rest = Some(first);
    let mut left = count;
    while let Some(place) = rest {
        let (version, _) = pod::from_bytes::<class::VersionAux>(place).map_err(|()| outside("a version"))?;
        left =
            left.checked_sub(1).ok_or_else(|| malformed(NEEDS, format!("more than {count} versions of a library")))?;
        let name = string_at(strings, version.vna_name.get(NATIVE), LONGEST_NAME);
        let name = name.ok_or_else(|| malformed(NEEDS, "the name of a version is outside the string table"))?;
        let hash = version.vna_hash.get(NATIVE);
        ensure(hash == elf::hash(name), || {
            malformed(NEEDS, format!("{hash:#x} is not the hash of `{}`", String::from_utf8_lossy(name).escape_debug()))
        })?;
        let index = version.vna_other.get(NATIVE).0;
        ensure(index < HIDDEN && known.add(index), || malformed(NEEDS, format!("version {index} is there twice")))?;
        rest = following(place, version.vna_next.get(NATIVE))?;
    }
    ensure(left == 0, || malformed(NEEDS, format!("{left} versions fewer than the {count} announced")))
}

/// Every symbol has a version, and every version is one of the known ones.
fn indices(bytes: &[u8], section: &Section<'_>, symbols: &Symbols<'_>, known: &Known) -> Checked {
    let table: &[class::VersionIndex] = section.file().table(bytes);
    let exact = table.len() == symbols.count() && size_of_val(table) as u64 == section.size;
    ensure(exact, || malformed(INDICES, format!("{:#x} bytes for {} symbols", section.size, symbols.count())))?;
    table.iter().enumerate().try_for_each(|(symbol, index)| {
        let index = index.0.get(NATIVE).index().0;
        ensure(known.has(index), || {
            malformed(INDICES, format!("symbol {symbol} has version {index}, which is not defined"))
        })
    })
}

/// The entry `offset` bytes on, `None` at the end of the list. Entries do not overlap, so a list is finite.
fn following(place: &[u8], offset: u32) -> Checked<Option<&[u8]>> {
    let shortest = size_of::<class::VersionNeed>().min(size_of::<class::VersionAux>());
    match offset {
        0 => Ok(None),
        _ if (offset as usize) < shortest => Err(malformed(NEEDS, format!("entries {offset} bytes apart overlap"))),
        _ => after(place, offset).map(Some).ok_or_else(|| outside("an entry")),
    }
}

fn after(place: &[u8], offset: u32) -> Option<&[u8]> {
    place.get(offset as usize..)
}

fn outside(what: &str) -> dynpatch_interface::PatchError {
    malformed(NEEDS, format!("{what} lies outside it"))
}
