//! What the fuzzers start from. One that starts from what the readers refuse at once tests little, and nobody sees it.

use std::path::PathBuf;
use std::sync::OnceLock;

/// Names the folder of the files to start from; set by `ci/fuzz.sh`.
const FOLDER: &str = "DYNPATCH_FUZZ_SEEDS";

static FILES: OnceLock<Vec<Vec<u8>>> = OnceLock::new();

/// The files to start from, in an order that is always the same; none when [`read`] found no folder.
pub fn files() -> &'static [Vec<u8>] {
    FILES.get().map_or(&[], Vec::as_slice)
}

/// Reads the files to start from and checks that the readers get to the end of each. Without the variable there are
/// none.
///
/// # Panics
/// When one is refused, or the folder is empty.
pub fn read(is_accepted: impl Fn(&[u8]) -> bool) {
    let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else { return };
    let entries = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry of the folder").path()).collect();
    paths.sort();
    assert!(!paths.is_empty(), "{} has no file to start from", folder.display());
    let files = paths.iter().map(|path| {
        let bytes = std::fs::read(path).expect("a file to start from can be read");
        assert!(is_accepted(&bytes), "{} is refused, so a fuzzer that starts from it tests little", path.display());
        bytes
    });
    FILES.get_or_init(|| files.collect());
}
