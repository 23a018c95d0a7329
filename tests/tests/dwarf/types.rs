//! Types of every kind whose layout the compiler writes down twice: in our records, and for debuggers.
#![allow(dead_code, clippy::allow_attributes_without_reason, reason = "only the descriptions matter")]

use dynpatch::prelude::*;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::mem::ManuallyDrop;
use std::num::NonZero;
use std::ops::Range;
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Makes the compiler write a type down for debuggers.
fn show<T>() {
    std::hint::black_box::<Option<&T>>(None);
}

/// Defines types and shows them.
macro_rules! shown {
    ($($name:ident $(<$lifetime:lifetime>)?),* $(,)?) => {
        pub(crate) const NAMES: &[&str] = &[$(stringify!($name)),*];
        pub(crate) fn show_all() {
            $(show::<$name $(<$lifetime>)?>();)*
        }
    };
}
shown!(
    Plain<'static>,
    Reordered,
    Nested,
    Numbers,
    Standard,
    Shared,
    Tuple,
    Newtype,
    Unit,
    Pointers,
    Functions<'static>,
    Generics,
    Arrays,
    Node,
    Even,
    Odd,
    CStruct,
    Prefix,
    Packed,
    PackedByTwo,
    Aligned,
    Transparent,
    CUnion,
    RustUnion,
    HoldsUnions,
    Fieldless,
    Explicit,
    Small,
    Negative,
    Wide,
    TaggedByte,
    TaggedShort,
    TaggedSigned,
    TaggedWide,
    CTagged,
    CAndByte,
    CFieldless,
    RustTagged,
    Niche,
    NicheOfTwo,
    One,
    Void,
    HoldsEnums<'static>,
    HoldsHidden,
    Objects,
    Zero,
);

#[derive(PatchType)]
pub(crate) struct Plain<'a> {
    small: u8,
    text: &'a str,
    number: u32,
    truth: bool,
    letter: char,
}

#[derive(PatchType)]
struct Reordered {
    a: u8,
    b: u64,
    c: u16,
    d: u32,
    e: u8,
    f: u16,
    g: u128,
    h: u8,
}

#[derive(PatchType)]
struct Nested {
    first: u8,
    reordered: Reordered,
    between: u16,
    tuple: Tuple,
    last: CStruct,
}

#[derive(PatchType)]
struct Numbers {
    a: i8,
    b: i16,
    c: i32,
    d: i64,
    e: i128,
    f: isize,
    g: usize,
    h: f32,
    i: f64,
}

#[derive(PatchType)]
struct Standard {
    flag: bool,
    text: String,
    list: Vec<u16>,
    map: HashMap<String, u32>,
    tree: BTreeMap<u8, String>,
    duration: Duration,
    instant: Instant,
    range: Range<u16>,
    option: Option<u32>,
    result: Result<u8, String>,
    non_zero: NonZero<u16>,
}

#[derive(PatchType)]
struct Shared {
    rc: Rc<str>,
    small: u8,
    arc: Arc<[u64]>,
    mutex: Mutex<u8>,
    cell: Cell<u16>,
    ref_cell: RefCell<Vec<u8>>,
    boxed: Box<dyn Fn(u32) -> u64 + Send>,
}

#[derive(PatchType)]
struct Tuple(u8, u32, (u8, u64, u16), u16);

#[derive(PatchType)]
struct Newtype(Reordered);

#[derive(PatchType)]
struct Unit;

#[derive(PatchType)]
struct Pointers {
    flag: u8,
    constant: *const Plain<'static>,
    mutable: *mut [u8],
    object: *const dyn Fn(),
    non_null: std::ptr::NonNull<u32>,
}

#[derive(PatchType)]
struct Functions<'a> {
    flag: u8,
    plain: fn(u32) -> u64,
    c: unsafe extern "C" fn(*const u8, usize) -> i32,
    borrowing: for<'b> fn(&'a str, &'b str) -> &'a str,
}

#[derive(PatchType)]
struct Pair<A, B> {
    first: A,
    second: B,
}

#[derive(PatchType)]
struct Ring<T, const N: usize> {
    head: u8,
    slots: [T; N],
    tail: u16,
}

#[derive(PatchType)]
struct Generics {
    small: Pair<u8, u64>,
    large: Pair<u64, u8>,
    nested: Pair<Pair<u8, u32>, Ring<u16, 3>>,
    ring: Ring<Reordered, 2>,
    either: Either<u8, Pair<u32, u8>>,
    other: Either<u64, u16>,
}

#[derive(PatchType)]
#[repr(u16)]
enum Either<A, B> {
    Left(A) = 5,
    Right { flag: u8, value: B },
    Neither,
}

#[derive(PatchType)]
struct Arrays {
    bytes: [u8; 3],
    words: [u32; 2],
    tuples: [(u8, u32); 4],
    structs: [CStruct; 2],
    empty: [u64; 0],
}

#[derive(PatchType)]
struct Node {
    flag: u8,
    next: Option<Box<Node>>,
    children: Vec<Self>,
}

#[derive(PatchType)]
struct Even {
    flag: u8,
    next: Option<Box<Odd>>,
}

#[derive(PatchType)]
struct Odd {
    #[patch_type(recursive)]
    next: Option<Box<Even>>,
    flag: u8,
}

#[derive(PatchType)]
#[repr(C)]
struct CStruct {
    a: u8,
    b: u64,
    c: u16,
    d: u32,
}

#[derive(PatchType)]
#[patch_type(prefix)]
#[repr(C)]
struct Prefix {
    length: usize,
    a: u8,
    b: u32,
}

#[derive(PatchType)]
#[repr(C, packed)]
struct Packed {
    a: u8,
    b: u64,
    c: u16,
}

#[derive(PatchType)]
#[repr(C, packed(2))]
struct PackedByTwo {
    a: u8,
    b: u64,
    c: u8,
}

#[derive(PatchType)]
#[repr(C, align(32))]
struct Aligned {
    a: u8,
    b: u16,
}

#[derive(PatchType)]
#[repr(transparent)]
struct Transparent(u64);

#[derive(Clone, Copy, PatchType)]
#[repr(C)]
union CUnion {
    whole: u64,
    parts: [u16; 4],
    byte: u8,
}

#[derive(PatchType)]
union RustUnion {
    list: ManuallyDrop<Vec<u8>>,
    number: u32,
    nothing: (),
}

#[derive(PatchType)]
struct HoldsUnions {
    flag: u8,
    c: CUnion,
    rust: RustUnion,
}

#[derive(PatchType)]
enum Fieldless {
    A,
    B,
    C,
}

#[derive(PatchType)]
enum Explicit {
    A = 10,
    B = -3,
    C,
}

#[derive(PatchType)]
#[repr(u8)]
enum Small {
    A = 200,
    B,
}

#[derive(PatchType)]
#[repr(i32)]
enum Negative {
    A = -5,
    B,
    C = i32::MAX,
}

#[derive(PatchType)]
#[repr(u64)]
enum Wide {
    A = u64::MAX,
    B = 1 << 40,
}

#[derive(PatchType)]
#[repr(u8)]
enum TaggedByte {
    Nothing,
    Number(u32, u8) = 9,
    Fields { a: u8, b: u64, c: String },
}

#[derive(PatchType)]
#[repr(u16)]
enum TaggedShort {
    A(u8, u64),
    B(u64, u8),
}

#[derive(PatchType)]
#[repr(i8)]
enum TaggedSigned {
    A(u8) = -7,
    B { x: u16, y: u8 },
}

#[derive(PatchType)]
#[repr(u64)]
enum TaggedWide {
    A(u8) = u64::MAX,
    B(u32, u8) = 3,
}

#[derive(PatchType)]
#[repr(C)]
enum CTagged {
    A(u8, u32),
    B { x: u64, y: u8 },
    C,
}

#[derive(PatchType)]
#[repr(C, u8)]
enum CAndByte {
    A(u8) = 4,
    B(u16, u8),
}

#[derive(PatchType)]
#[repr(C)]
enum CFieldless {
    A = 3,
    B,
}

#[derive(PatchType)]
enum RustTagged {
    A(u64),
    B { x: u32, y: u8 },
    C,
}

#[derive(PatchType)]
enum Niche {
    Text(String),
    Nothing,
}

#[derive(PatchType)]
enum NicheOfTwo {
    Flag(bool, u32),
    A,
    B,
}

#[derive(PatchType)]
enum One {
    Only(u8, u64),
}

#[derive(PatchType)]
enum Void {}

#[derive(PatchType)]
struct HoldsEnums<'a> {
    tagged: TaggedByte,
    short: TaggedShort,
    rust: RustTagged,
    niche: Niche,
    c: CTagged,
    small: Small,
    plain: Plain<'a>,
}

/// Not described.
struct Hidden(u8, u32);

#[derive(PatchType)]
struct HoldsHidden {
    flag: u8,
    one: Hidden,
    two: [Hidden; 2],
    list: Vec<Hidden>,
}

#[derive(PatchType)]
struct Objects {
    flag: u8,
    any: Box<dyn std::any::Any>,
    error: Box<dyn std::error::Error + Send + Sync>,
}

#[derive(PatchType)]
struct Zero {
    a: u8,
    nothing: (),
    unit: Unit,
    phantom: std::marker::PhantomData<String>,
    b: u32,
}
