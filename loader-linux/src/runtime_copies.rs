//! Runtimes that a patch brought along although the host has one of its own.

use crate::elf::ElfObject;
use core::ops::Range;
use memchr::memmem;

/// Crates that keep threads, reactors or registries in statics, so that a second copy of one is a second runtime.
const RUNTIMES: [&str; 12] = [
    "actix-rt",
    "async-executor",
    "async-global-executor",
    "async-io",
    "async-std",
    "compio-runtime",
    "futures-executor",
    "glommio",
    "monoio",
    "rayon-core",
    "smol",
    "tokio",
];

/// Where the name of a crate ends in the path of a source file: `…/tokio-1.48.0/src/runtime/context.rs`.
const SOURCES: &[u8] = b"/src/";
/// Longer than the name and version of any of them.
const LONGEST: usize = 64;

/// The well-known runtimes of which the patch in `bytes`, inspected as `object`, has linked a copy of its own.
///
/// A patch's copy of a runtime shares nothing with the host's: `tokio::spawn` in such a patch finds no reactor. The
/// runtimes are recognised by the paths of their sources, which panic messages hold. So a name found is there, but
/// one not found may be: when it cannot panic, or was built with `-Z location-detail=none` or other paths.
///
/// Each name occurs once, in alphabetical order. Takes time linear in the patch's constants.
pub fn runtime_copies(bytes: &[u8], object: &ElfObject) -> Vec<&'static str> {
    let mut found = [false; RUNTIMES.len()];
    for range in object.constants() {
        mark(bytes.get(Range::clone(range)).unwrap_or_default(), &mut found);
    }
    RUNTIMES.into_iter().zip(found).filter_map(|(name, found)| found.then_some(name)).collect()
}

fn mark(constants: &[u8], found: &mut [bool; RUNTIMES.len()]) {
    for end in memmem::find_iter(constants, SOURCES) {
        let folder = &constants[end.saturating_sub(LONGEST)..end];
        let start = folder.iter().rposition(|byte| *byte == b'/').map_or(0, |slash| slash + 1);
        let name = without_version(&folder[start..]);
        if let Some(index) = RUNTIMES.iter().position(|runtime| runtime.as_bytes() == name) {
            found[index] = true;
        }
    }
}

/// `tokio` of `tokio-1.48.0`, and of `tokio`, as a vendored copy's folder may be called.
fn without_version(folder: &[u8]) -> &[u8] {
    let version = folder.windows(2).position(|pair| pair[0] == b'-' && pair[1].is_ascii_digit());
    &folder[..version.unwrap_or(folder.len())]
}

#[cfg(test)]
mod tests {
    use super::{RUNTIMES, mark, without_version};

    fn names(constants: &[u8]) -> Vec<&'static str> {
        let mut found = [false; RUNTIMES.len()];
        mark(constants, &mut found);
        RUNTIMES.into_iter().zip(found).filter_map(|(name, found)| found.then_some(name)).collect()
    }

    #[test]
    fn a_runtime_is_known_by_its_sources() {
        let path = b"\x01/home/me/.cargo/registry/src/index.crates.io-1949cf8c6b5b557f/tokio-1.48.0/src/runtime/x.rs";
        assert_eq!(names(path), ["tokio"]);
        assert_eq!(names(b"vendor/rayon-core/src/registry.rs/a/smol-2.0.2/src/lib.rs"), ["rayon-core", "smol"]);
    }

    #[test]
    fn a_name_within_another_is_not_a_runtime() {
        assert_eq!(names(b"/tokio-util-0.7.1/src/lib.rs/tokio-macros-2/src/lib.rs/my-tokio/src/a.rs"), [""; 0]);
        assert_eq!(names(b"/src/src/tokio-1"), [""; 0]);
    }

    #[test]
    fn a_version_begins_with_a_digit() {
        assert_eq!(without_version(b"async-std-1.13.0"), b"async-std");
        assert_eq!(without_version(b"async-std"), b"async-std");
    }
}
