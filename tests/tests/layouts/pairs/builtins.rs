//! Types of core, alloc and std.

pairs! {
    unchanged: accepted []
        call { run(
            vec![1, 2], "three".into(), Some(Box::new(4)), [(5, "six".into())].into(), std::time::Duration::from_secs(7),
            std::cell::Cell::new(8), std::rc::Rc::new(9), 10..11,
        ) } => "\"new [1, 2] three Some(4) {5: \\\"six\\\"} 7s 8 9 10..11\""
        host {
            #[patchable] pub fn run(
                _: Vec<u8>, _: String, _: Option<Box<u32>>, _: std::collections::HashMap<u8, String>,
                _: std::time::Duration, _: std::cell::Cell<u16>, _: std::rc::Rc<u8>, _: std::ops::Range<u64>,
            ) -> String { "old".to_owned() }
        }
        patch {
            #[patchable] pub fn run(
                a: Vec<u8>, b: String, c: Option<Box<u32>>, d: std::collections::HashMap<u8, String>,
                e: std::time::Duration, f: std::cell::Cell<u16>, g: std::rc::Rc<u8>, h: std::ops::Range<u64>,
            ) -> String { format!("new {a:?} {b} {c:?} {d:?} {e:?} {} {g} {h:?}", f.get()) }
        }
    system_types_unchanged: accepted []
        call { run(
            "/a/b".into(), "c".into(), &std::sync::Mutex::new(1), &std::sync::RwLock::new(2),
            "127.0.0.1:80".parse().unwrap(), [3].into(), [(4, 5)].into(), "six".into(),
        ) } => "\"new /a/b \\\"c\\\" 1 2 127.0.0.1:80 {3} {4: 5} six\""
        host {
            #[patchable] pub fn run(
                _: std::path::PathBuf, _: std::ffi::OsString, _: &std::sync::Mutex<u8>, _: &std::sync::RwLock<u8>,
                _: std::net::SocketAddr, _: std::collections::HashSet<u8>, _: std::collections::BTreeMap<u8, u8>,
                _: std::borrow::Cow<'static, str>,
            ) -> String { "old".to_owned() }
        }
        patch {
            use std::{borrow::Cow, collections::{BTreeMap, HashSet}, net::SocketAddr, path::PathBuf, sync::{Mutex, RwLock}};
            #[patchable] pub fn run(
                a: PathBuf, b: std::ffi::OsString, c: &Mutex<u8>, d: &RwLock<u8>, e: SocketAddr, f: HashSet<u8>,
                g: BTreeMap<u8, u8>, h: Cow<'static, str>,
            ) -> String {
                format!("new {} {b:?} {} {} {e} {f:?} {g:?} {h}", a.display(), c.lock().unwrap(), d.read().unwrap())
            }
        }
    vector_to_boxed_slice: refused "type" ["run, argument 0 (Vec<u8>): host Vec<u8>, patch Box<[u8]>"]
        host { #[patchable] pub fn run(_: Vec<u8>) {} }
        patch { #[patchable] pub fn run(_: Box<[u8]>) {} }
    // The same three words.
    string_to_vector: refused "type" ["run, argument 0 (String): host String, patch Vec<u8>"]
        call { run("seven".to_owned()) }
        host { #[patchable] pub fn run(t: String) -> usize { t.len() } }
        patch { #[patchable] pub fn run(t: Vec<u8>) -> usize { t.len() + 1 } }
    vector_to_string_in_field: refused "type" ["run, result (T), field text: host String, patch Vec<u8>"]
        call { run().text }
        host {
            #[derive(PatchType)] pub struct T { pub text: String }
            #[patchable] pub fn run() -> T { T { text: "text".to_owned() } }
        }
        patch {
            #[derive(PatchType)] pub struct T { pub text: Vec<u8> }
            #[patchable] pub fn run() -> T { T { text: vec![0xff] } }
        }
    box_to_counted: refused "type" ["run, argument 0 (Box<u8>): host Box<u8>, patch Rc<u8>"]
        host { #[patchable] pub fn run(_: Box<u8>) {} }
        patch { #[patchable] pub fn run(_: std::rc::Rc<u8>) {} }
    counted_to_shared: refused "type" ["run, argument 0 (Rc<u8>): host Rc<u8>, patch Arc<u8>"]
        call { run(std::rc::Rc::new(7)) }
        host { #[patchable] pub fn run(t: std::rc::Rc<u8>) -> u8 { *t } }
        patch { #[patchable] pub fn run(t: std::sync::Arc<u8>) -> u8 { *t + 1 } }
    option_to_result: refused "type" ["run, argument 0 (Option<u8>): host Option<u8>, patch Result<u8, ()>"]
        host { #[patchable] pub fn run(_: Option<u8>) {} }
        patch { #[patchable] pub fn run(_: Result<u8, ()>) {} }
    hash_map_to_tree_map: refused "type" [
        "run, argument 0 (HashMap<u8, u8, RandomState>): host HashMap<u8, u8, RandomState>, patch BTreeMap<u8, u8>"
    ]
        host { #[patchable] pub fn run(_: std::collections::HashMap<u8, u8>) {} }
        patch { #[patchable] pub fn run(_: std::collections::BTreeMap<u8, u8>) {} }
    hasher_changed: refused "type" [
        "run, argument 0 (HashMap<u8, u8, RandomState>), field <2>: host RandomState, patch Mine"
    ]
        host { #[patchable] pub fn run(_: std::collections::HashMap<u8, u8>) {} }
        patch {
            #[derive(PatchType, Default)] pub struct Mine;
            impl std::hash::BuildHasher for Mine {
                type Hasher = std::hash::DefaultHasher;
                fn build_hasher(&self) -> Self::Hasher { Self::Hasher::default() }
            }
            #[patchable] pub fn run(_: std::collections::HashMap<u8, u8, Mine>) {}
        }
    array_length: refused "length" ["run, argument 0 (&[u8; 3]): host 3 elements, patch 4 elements"]
        call { run(&[1, 2, 3]) }
        host { #[patchable] pub fn run(t: &[u8; 3]) -> u8 { t[2] } }
        patch { #[patchable] pub fn run(t: &[u8; 4]) -> u8 { t[3] } }
    array_to_slice: refused "type" ["run, argument 0 (&[u8; 3]): host [u8; 3], patch [u8]"]
        host { #[patchable] pub fn run(_: &[u8; 3]) {} }
        patch { #[patchable] pub fn run(_: &[u8]) {} }
    text_to_bytes: refused "type" ["run, argument 0 (&str): host str, patch [u8]"]
        host { #[patchable] pub fn run(_: &str) {} }
        patch { #[patchable] pub fn run(_: &[u8]) {} }
    tuple_grown: refused "type" ["run, argument 0 ((u8, u32)): host (u8, u32), patch (u8, u32, u8)"]
        call { run((1, 2)) }
        host { #[patchable] pub fn run(t: (u8, u32)) -> u32 { t.1 } }
        patch { #[patchable] pub fn run(t: (u8, u32, u8)) -> u32 { t.2.into() } }
    tuple_unchanged: accepted []
        call { run((1, 2, 3, "4")) } => "(20, 1, 2, 3, \"4\")"
        host { #[patchable] pub fn run(t: (u8, u64, u16, &str)) -> (u8, u8, u64, u16, String) { (10, t.0, t.1, t.2, t.3.into()) } }
        patch { #[patchable] pub fn run(t: (u8, u64, u16, &str)) -> (u8, u8, u64, u16, String) { (20, t.0, t.1, t.2, t.3.into()) } }
    pointer_to_mutable: refused "type" ["run, argument 0 (*const u8): host *const u8, patch *mut u8"]
        host { #[patchable] pub fn run(_: *const u8) {} }
        patch { #[patchable] pub fn run(_: *mut u8) {} }
    cell_to_counted_cell: refused "type" ["run, argument 0 (&Cell<u8>): host Cell<u8>, patch RefCell<u8>"]
        host { #[patchable] pub fn run(_: &std::cell::Cell<u8>) {} }
        patch { #[patchable] pub fn run(_: &std::cell::RefCell<u8>) {} }
    lock_changed: refused "type" ["run, argument 0 (&Mutex<u8>): host Mutex<u8>, patch RwLock<u8>"]
        call { run(&std::sync::Mutex::new(7)) }
        host { #[patchable] pub fn run(t: &std::sync::Mutex<u8>) -> u8 { *t.lock().unwrap() } }
        patch { #[patchable] pub fn run(t: &std::sync::RwLock<u8>) -> u8 { *t.read().unwrap() + 1 } }
    nonzero_changed: refused "type" ["run, argument 0 (NonZero<u32>): host u32, patch i32"]
        host { #[patchable] pub fn run(_: std::num::NonZero<u32>) {} }
        patch { #[patchable] pub fn run(_: std::num::NonZeroI32) {} }
    range_changed: refused "type" ["run, argument 0 (Range<u8>): host Range<u8>, patch RangeInclusive<u8>"]
        host { #[patchable] pub fn run(_: std::ops::Range<u8>) {} }
        patch { #[patchable] pub fn run(_: std::ops::RangeInclusive<u8>) {} }
    duration_to_instant: refused "type" ["run, argument 0 (Duration): host Duration, patch Instant"]
        host { #[patchable] pub fn run(_: std::time::Duration) {} }
        patch { #[patchable] pub fn run(_: std::time::Instant) {} }
    foreign_types: refused "type" ["run, argument 0 (i32): host i32, patch i64"]
        host { #[patchable] pub fn run(_: std::ffi::c_int) {} }
        patch { #[patchable] pub fn run(_: std::ffi::c_longlong) {} }
}
