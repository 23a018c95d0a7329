//! Every single flipped bit in the ELF header, the program headers and the dynamic table is refused, whatever linker
//! wrote them.

use crate::fixture::{RELEASE, STRIPPED, build, try_build};
use dynpatch_loader_linux::inspect;
use std::ops::Range;

const DEBUG: &[&str] = &["-Copt-level=0", "-g"];

/// A field of a header or of an entry of a table.
pub(crate) fn number(bytes: &[u8], at: usize) -> usize {
    usize::from_ne_bytes(bytes[at..at + 8].try_into().expect("eight bytes"))
}

/// The ELF header with the program headers behind it, and the dynamic table.
pub(crate) fn tables(bytes: &[u8]) -> [Range<usize>; 2] {
    const HEADER: usize = 64;
    const ENTRY: usize = 56;
    const DYNAMIC: [u8; 4] = 2_u32.to_ne_bytes();
    let count = usize::from(u16::from_ne_bytes([bytes[56], bytes[57]]));
    let entries = (0..count).map(|index| HEADER + index * ENTRY);
    let dynamic = entries.clone().find(|at| bytes[*at..*at + 4] == DYNAMIC).expect("a library has a dynamic table");
    let start = number(bytes, dynamic + 8);
    [0..HEADER + count * ENTRY, start..start + number(bytes, dynamic + 32)]
}

/// Flips each bit of the tables in turn; returns how many there are, and those that nobody noticed.
fn unnoticed(bytes: &mut [u8]) -> (usize, Vec<String>) {
    let mut missed = Vec::new();
    let mut count = 0;
    for at in tables(bytes).into_iter().flatten() {
        for bit in 0..8 {
            bytes[at] ^= 1 << bit;
            count += 1;
            if inspect(bytes).is_ok() {
                missed.push(format!("byte {at:#x} bit {bit}"));
            }
            bytes[at] ^= 1 << bit;
        }
    }
    (count, missed)
}

fn every_flip_is_refused(mut bytes: Vec<u8>) {
    inspect(&bytes).expect("what the toolchain links is accepted");
    let (count, missed) = unnoticed(&mut bytes);
    assert!(count > 8000, "only {count} bits were tried");
    assert!(missed.is_empty(), "{} of {count} flips were not noticed: {missed:?}", missed.len());
}

/// All ways to build with one linker; nothing if that linker is not here.
fn linker(flag: &str) {
    for (profile, more) in [(RELEASE, "-Cdebuginfo=0"), (STRIPPED, "-Cdebuginfo=0"), (DEBUG, "-Cdebuginfo=2")] {
        let flags = [profile, &[more, flag]].concat();
        let Some(bytes) = try_build(&flags) else { return eprintln!("skipped: rustc cannot link with {flag}") };
        every_flip_is_refused(bytes);
    }
}

#[test]
fn with_the_default_linker() {
    [RELEASE, STRIPPED, DEBUG].into_iter().map(build).for_each(every_flip_is_refused);
}

#[test]
fn with_gnu_ld() {
    linker("-Clink-arg=-fuse-ld=bfd");
}

/// With musl-gcc, mold puts an interpreter into libraries, which makes them programs.
#[cfg(target_env = "gnu")]
#[test]
fn with_mold() {
    linker("-Clink-arg=-fuse-ld=mold");
}

#[test]
fn with_the_systems_lld() {
    linker("-Clink-arg=-fuse-ld=lld");
}
