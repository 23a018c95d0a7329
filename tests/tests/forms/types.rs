//! Types that can be described.
#![allow(dead_code, reason = "only the descriptions matter")]

mod edges;

use dynpatch::prelude::*;
use std::collections::HashMap;
use std::sync::Arc;

#[derive(PatchType)]
#[repr(C)]
union Bits {
    whole: u32,
    parts: [u8; 4],
}

#[derive(PatchType)]
struct Unit;

#[derive(PatchType)]
struct Tuple(u8, String, (u16, u64));

#[derive(PatchType)]
enum Void {}

#[derive(PatchType)]
#[repr(u8)]
enum Tagged {
    A,
    B(u32, u8) = 7,
    C { x: u64 },
}

#[derive(PatchType)]
#[repr(C)]
enum CTagged {
    A(u8),
    B { x: u64, y: u8 },
    D,
}

#[derive(PatchType)]
#[repr(C, u16)]
enum Both<T: Clone> {
    A(T),
    B { x: u64, y: Vec<T> },
}

#[derive(PatchType)]
enum Tree<'a, T> {
    Leaf(&'a T),
    Node(Box<Self>, Option<Box<Tree<'a, T>>>),
}

#[derive(PatchType)]
struct Even {
    next: Option<Box<Odd>>,
}

#[derive(PatchType)]
struct Odd {
    #[patch_type(recursive)]
    next: Option<Box<Even>>,
}

struct Hidden(u32);

#[derive(PatchType)]
struct Mixed<'a, T, const N: usize, const C: char = 'x'> {
    text: &'a str,
    map: HashMap<String, Vec<T>>,
    hidden: Vec<Hidden>,
    array: [T; N],
    callback: fn(&str) -> usize,
    other: Option<Arc<dyn Fn(u32) -> u64 + Send + Sync>>,
    recursive: Option<Box<Mixed<'a, T, N, C>>>,
}

#[derive(PatchType)]
#[patch_type(open)]
#[repr(u8)]
enum Open {
    A,
}

#[derive(PatchType)]
#[patch_type(prefix)]
#[repr(C)]
struct Prefix {
    a: u32,
}

#[test]
fn every_form_is_described() {
    assert_eq!(TypeLayout::of::<Tuple>().size, size_of::<Tuple>());
    let all = [
        TypeLayout::of::<Bits>(),
        TypeLayout::of::<Unit>(),
        TypeLayout::of::<Tuple>(),
        TypeLayout::of::<Void>(),
        TypeLayout::of::<Tagged>(),
        TypeLayout::of::<CTagged>(),
        TypeLayout::of::<Both<u8>>(),
        TypeLayout::of::<Both<u16>>(),
        TypeLayout::of::<Tree<'static, u8>>(),
        TypeLayout::of::<Even>(),
        TypeLayout::of::<Odd>(),
        TypeLayout::of::<Mixed<'static, u8, 3, 'a'>>(),
        TypeLayout::of::<Mixed<'static, u8, 3, 'b'>>(),
        TypeLayout::of::<Mixed<'static, u8, 4, 'b'>>(),
        TypeLayout::of::<Open>(),
        TypeLayout::of::<Prefix>(),
    ];
    assert_apart(&all);
}

/// No two of these types have one fingerprint.
fn assert_apart(all: &[TypeLayout]) {
    for (index, layout) in all.iter().enumerate() {
        let same = all[index + 1..].iter().find(|other| other.fingerprint == layout.fingerprint);
        assert_eq!(same, None, "another type has the fingerprint of {}", layout.name);
    }
}
