//! Shared statics, entries, and definitions of types.

use dynpatch::prelude::*;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{LazyLock, Mutex};

/// Documented.
#[patchable]
pub(crate) static REQUESTS: AtomicU32 = AtomicU32::new(1);

#[patchable]
static NAMES: Mutex<Vec<&str>> = Mutex::new(Vec::new());

#[patchable]
static CACHE: LazyLock<Mutex<HashMap<String, Box<dyn Fn(u32) -> u32 + Send>>>> = LazyLock::new(Mutex::default);

#[patchable(replaces = "elsewhere::TABLE")]
static TABLE: [u8; 3] = [1, 2, 3];

#[patchable]
#[cfg(any())]
static ABSENT: Missing = Missing;

#[patchable]
#[allow(non_upper_case_globals, reason = "attributes stay")]
static lower: u32 = 4;

#[patch_entry]
fn start() -> Result<(), String> {
    Ok(())
}

#[patch_entry(teardown = statics_stop)]
fn start_and_stop() -> Result<(), std::fmt::Error> {
    Ok(())
}

fn statics_stop() {}

#[derive(Default)]
struct Entry;

#[patch_entry]
impl PatchEntry for Entry {
    fn init(&mut self) -> Result<(), PatchError> {
        Ok(())
    }

    fn teardown(&mut self) {}
}

#[patch_entry]
#[cfg(any())]
fn absent() -> Missing {}

#[derive(PatchType)]
#[repr(C)]
struct Plain {
    number: u32,
}

#[derive(PatchType)]
#[expect(dead_code, reason = "only its definition matters")]
enum Generic<'a, T: Clone, const N: usize>
where
    T: Copy,
{
    Text(&'a str),
    Many([T; N]),
    Named { field: Option<Box<Self>> },
}

#[test]
fn statics_are_used_as_what_they_hold() {
    REQUESTS.fetch_add(1, Ordering::Relaxed);
    NAMES.lock().unwrap().push("a");
    CACHE.lock().unwrap().insert("a".to_owned(), Box::new(|n| n + 1));
    assert_eq!((REQUESTS.load(Ordering::Relaxed), NAMES.lock().unwrap().len()), (2, 1));
    assert_eq!((CACHE.lock().unwrap()["a"](1), TABLE[2], *lower), (2, 3, 4));
}

#[test]
fn entries_stay_what_they_are() {
    assert_eq!((start(), start_and_stop()), (Ok(()), Ok(())));
    statics_stop();
    Entry.init().unwrap();
}

#[test]
fn definitions_tell_types_apart() {
    let fingerprint = TypeLayout::of::<Plain>().fingerprint;
    assert_ne!(fingerprint, TypeLayout::of::<Generic<'static, u8, 1>>().fingerprint);
    assert_ne!(
        TypeLayout::of::<Generic<'static, u8, 1>>().fingerprint,
        TypeLayout::of::<Generic<'static, u8, 2>>().fingerprint
    );
    assert_eq!(Plain { number: 1 }.number, 1);
}
