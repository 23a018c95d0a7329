//! The reader of ELF files: no panic, memory and time bounded by the length of the input, a manifest inside it, and
//! refusals that can be printed.

use super::meter::bytes_asked_for;
use dynpatch_core::Object;
use dynpatch_interface::{ErrorCode, PatchError};
use dynpatch_loader_linux::{ElfObject, inspect, runtime_copies};
use std::time::{Duration, Instant};

/// The codes that the documentation of `inspect` names.
const REFUSALS: [ErrorCode; 7] = [
    ErrorCode::NotAnObject,
    ErrorCode::WrongArchitecture,
    ErrorCode::NotALibrary,
    ErrorCode::NotAPatch,
    ErrorCode::Malformed,
    ErrorCode::Hardening,
    ErrorCode::Unsupported,
];

/// Bytes of memory for each byte of the file: a decoded header is about as long as its original, a name in a message
/// at most ten times. Claimed sizes are larger by orders of magnitude.
const MEMORY_PER_BYTE: usize = 64;
const MEMORY: usize = 64 << 10;

/// Far above what a sanitized build takes on a busy machine, and below what a loop over a claimed size takes.
const TIME_PER_BYTE: Duration = Duration::from_micros(10);
const TIME: Duration = Duration::from_millis(100);
/// A pause of the machine does not come so often in a row.
const ATTEMPTS: u32 = 5;

/// Inspects `bytes` as a patch.
///
/// # Panics
/// When an invariant does not hold.
pub fn object(bytes: &[u8]) {
    let (result, asked_for) = bytes_asked_for(|| inspect(bytes));
    let memory = MEMORY + MEMORY_PER_BYTE * bytes.len();
    assert!(asked_for <= memory, "{asked_for} bytes allocated for a file of {} bytes", bytes.len());
    assert!(in_time(bytes), "a file of {} bytes takes longer than {:?}", bytes.len(), time(bytes));
    assert_eq!(inspect(bytes), result, "a second look found something else");
    match result {
        Ok(object) => accepted(bytes, &object),
        Err(error) => refused(&error),
    }
}

/// Whether the readers get to the end of it. A fuzzer that starts from what they refuse tests little.
pub fn object_is_accepted(bytes: &[u8]) -> bool {
    inspect(bytes).is_ok()
}

fn time(bytes: &[u8]) -> Duration {
    let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    TIME_PER_BYTE.saturating_mul(length) + TIME
}

fn in_time(bytes: &[u8]) -> bool {
    (0..ATTEMPTS).any(|_| {
        let start = Instant::now();
        drop(inspect(bytes));
        start.elapsed() <= time(bytes)
    })
}

fn accepted(bytes: &[u8], object: &ElfObject) {
    let section = bytes.get(object.manifest()).expect("the manifest lies in the file");
    assert!(!section.is_empty(), "an empty manifest");
    let copies = runtime_copies(bytes, object);
    assert!(copies.is_sorted_by(|a, b| a < b), "the runtimes are not in order: {copies:?}");
    super::manifest(section);
}

/// A refusal is shown to people, on terminals and in logs, while the file's names are anybody's.
fn refused(error: &PatchError) {
    assert!(REFUSALS.contains(&error.code()), "not a code that `inspect` documents: {error}");
    let texts = [Some(error.subject()), Some(error.cause()), error.help()];
    for text in texts.into_iter().flatten() {
        assert!(!text.is_empty(), "something is missing in: {error}");
        assert!(!text.chars().any(char::is_control), "control characters in a message: {text:?}");
    }
}
