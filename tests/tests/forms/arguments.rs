//! Patterns, names and types of arguments, qualifiers of functions.

use dynpatch::prelude::*;
use std::collections::HashMap;
use std::fmt::Debug;

struct Point {
    x: i32,
    y: i32,
}

/// Has the name of an argument below.
fn helper() -> i32 {
    100
}

#[patchable]
fn patterns((a, b): (i32, i32), Point { x, y: renamed }: Point, mut owned: i32, _: i32, [first, ..]: [i32; 3]) -> i32 {
    owned += 1;
    a + b + x + renamed + owned + first
}

#[patchable]
fn by_reference(ref text: String, ref mut other: String, whole @ (part, _): (i32, i32)) -> String {
    other.push_str(text);
    format!("{other}{}{part}", whole.1)
}

#[patchable]
fn shadowing(helper: i32, version: i32) -> i32 {
    helper + version
}

#[patchable]
fn raw_names(r#type: i32, r#match: i32) -> i32 {
    r#type + r#match
}

#[patchable]
fn r#struct(_used_all_the_same: i32) -> i32 {
    _used_all_the_same
}

#[patchable]
fn attributed(#[allow(unused_variables)] unused: i32) -> i32 {
    helper()
}

#[patchable]
fn nothing() {}

#[patchable]
fn factorial(n: u64) -> u64 {
    if n < 2 { 1 } else { n * factorial(n - 1) }
}

#[patchable]
fn is_even(n: u32) -> bool {
    n == 0 || is_odd(n - 1)
}

#[patchable]
fn is_odd(n: u32) -> bool {
    n != 0 && is_even(n - 1)
}

#[patchable]
fn boxed(it: Box<dyn Debug>) -> Box<dyn Debug + Send> {
    Box::new(format!("{it:?}"))
}

#[patchable]
fn object(it: &dyn Debug) -> String {
    format!("{it:?}")
}

#[patchable]
fn optional(number: Option<&mut i32>) -> Option<&mut i32> {
    number.map(|number| {
        *number += 1;
        number
    })
}

#[patchable]
fn arrays(numbers: [u8; 4], nested: &[[u8; 2]; 2]) -> [u8; 2] {
    [numbers[0] + nested[0][0], numbers[3] + nested[1][1]]
}

#[patchable]
fn function_pointers(f: fn(i32) -> i32, g: for<'a> fn(&'a str) -> &'a str, h: fn() -> !) -> (i32, usize) {
    let _ = h;
    (f(1), g("abc").len())
}

#[patchable]
fn containers(map: &HashMap<String, Vec<u8>>, pair: (Box<[u8]>, Option<Result<(), String>>)) -> usize {
    map.len() + pair.0.len() + usize::from(pair.1.is_some())
}

#[patchable]
fn boxed_closures(f: Box<dyn Fn(i32) -> i32>, mut g: Option<&mut Box<dyn FnMut()>>) -> i32 {
    if let Some(g) = &mut g {
        g();
    }
    f(20)
}

#[patchable]
extern "C" fn foreign_abi(a: i32) -> i32 {
    a + 1
}

#[patchable]
extern "C-unwind" fn unwinding_abi(a: i32) -> i32 {
    a + 2
}

#[patchable]
#[allow(unsafe_code)]
unsafe fn through_a_pointer(pointer: *const i32) -> i32 {
    // SAFETY: the caller vouches for the pointer.
    unsafe { *pointer }
}

#[patchable]
#[allow(unsafe_code)]
unsafe extern "C" fn both(pointer: *const i32) -> i32 {
    // SAFETY: as the caller vouches.
    unsafe { through_a_pointer(pointer) }
}

#[patchable(latest)]
fn latest(a: i32) -> i32 {
    a + 3
}

#[patchable(replaces = "elsewhere::module::name")]
fn replacement(a: i32) -> i32 {
    a + 4
}

#[patchable(host)]
fn left_to_the_host(a: i32) -> i32 {
    a + 5
}

#[patchable(replaces = "elsewhere::Pair<(u8, u8)>::name")]
fn replacement_of_a_method(a: i32) -> i32 {
    a + 6
}

macro_rules! made_by_a_macro {
    ($name:ident, $argument:ident: $ty:ty, $borrowed:ty, $closure:ty, $body:expr) => {
        #[patchable]
        fn $name($argument: $ty, text: $borrowed, f: &mut $closure, fixed: i32) -> usize {
            text.len() + f($body) as usize + fixed as usize
        }
    };
}

made_by_a_macro!(made, n: i32, &str, dyn FnMut(i32) -> i32 + Send, n + 1);

#[test]
fn patterns_take_apart_what_is_passed() {
    assert_eq!(patterns((1, 2), Point { x: 3, y: 4 }, 5, 6, [7, 8, 9]), 1 + 2 + 3 + 4 + 6 + 7);
    assert_eq!(by_reference("a".to_owned(), "b".to_owned(), (1, 2)), "ba21");
}

#[test]
fn names_are_the_users() {
    assert_eq!((shadowing(1, 2), raw_names(3, 4), r#struct(5), attributed(0), helper()), (3, 7, 5, 100, 100));
    assert_eq!(made(1, "abc", &mut |n| n * 10, 1000), 1023);
    nothing();
}

#[test]
fn recursion_goes_through_the_dispatcher() {
    assert_eq!(factorial(10), 3_628_800);
    assert!(is_even(10) && is_odd(7));
}

#[test]
fn types_pass_unchanged() {
    assert_eq!(format!("{:?}", boxed(Box::new(1))), "\"1\"");
    assert_eq!(object(&[1, 2]), "[1, 2]");
    let mut number = 1;
    *optional(Some(&mut number)).unwrap() += 10;
    assert_eq!((number, optional(None)), (12, None));
    assert_eq!(arrays([1, 2, 3, 4], &[[5, 6], [7, 8]]), [6, 12]);
    assert_eq!(function_pointers(|n| n + 1, |text| &text[1..], || unreachable!()), (2, 2));
    assert_eq!(containers(&HashMap::new(), (Box::new([1, 2]), Some(Ok(())))), 3);
    let mut called: Box<dyn FnMut()> = Box::new(|| ());
    assert_eq!(boxed_closures(Box::new(|n| n + 1), Some(&mut called)), 21);
}

#[test]
#[allow(unsafe_code)]
fn qualifiers_and_options_are_kept() {
    let as_pointer: extern "C" fn(i32) -> i32 = foreign_abi;
    let unwinding: extern "C-unwind" fn(i32) -> i32 = unwinding_abi;
    let both: unsafe extern "C" fn(*const i32) -> i32 = both;
    assert_eq!((as_pointer(1), unwinding(1), latest(1), replacement(1)), (2, 3, 4, 5));
    assert_eq!((left_to_the_host(1), replacement_of_a_method(1)), (6, 7));
    // SAFETY: the pointer is to a live integer.
    assert_eq!(unsafe { both(&raw const NUMBER) }, 7);
}

static NUMBER: i32 = 7;
