//! Types as nobody writes them twice: each is described, and apart from every other.
#![allow(clippy::repr_packed_without_abi, reason = "every form, also those one would write in another way")]

use dynpatch::prelude::*;
use dynpatch_interface::record::{TypeDraft, type_record, type_record_length};
use dynpatch_interface::types::{Body, Defined};
use std::mem::ManuallyDrop;

/// Names of the language and of its prelude, taken by the user.
mod shadows {
    #![allow(non_camel_case_types, reason = "the point")]
    use dynpatch::PatchType;

    #[derive(PatchType)]
    pub(super) struct u32(pub(super) ::core::primitive::u64);
    #[derive(PatchType)]
    struct u8;
    #[derive(PatchType)]
    struct u64;
    #[derive(PatchType)]
    struct i128;
    #[derive(PatchType)]
    struct bool;
    #[derive(PatchType)]
    struct str;
    #[derive(PatchType)]
    pub(super) struct Option<Some> {
        some: Some,
        none: u32,
        others: (u8, u64, i128, bool, str),
    }
    #[derive(PatchType)]
    pub(super) struct Definition;
    #[derive(PatchType)]
    #[repr(u16)]
    pub(super) enum Result {
        Ok(u32) = 1,
        Err { u32: u32, definition: Definition },
        Some,
        None,
    }
    pub(super) type Character = Letters<'x'>;
    #[derive(PatchType)]
    pub(super) struct Letters<const LETTER: char>([u32; 2]);
}

#[derive(PatchType)]
struct r#Struct {
    r#type: u8,
    r#fn: fn(r#enum: u8) -> u8,
}

#[derive(PatchType)]
#[repr(u8)]
#[allow(non_camel_case_types, reason = "raw identifiers are keywords")]
enum r#enum {
    r#match { r#ref: u32 },
    r#loop,
}

macro_rules! in_two_modules {
    ($($module:ident: $field:ty),*) => {
        $(mod $module {
            #[derive(dynpatch::PatchType)]
            pub(super) struct Twin {
                field: $field,
                list: Option<Box<Twin>>,
            }
        })*
    };
}
in_two_modules!(left: u32, right: &'static str);

macro_rules! in_two_functions {
    ($($function:ident $field:ty),*) => {
        $(fn $function() -> (TypeLayout, u64) {
            #[derive(PatchType)]
            struct Local {
                field: $field,
                next: Option<Box<Local>>,
            }
            (TypeLayout::of::<Local>(), Local::DEFINITION.key)
        })*
    };
}
in_two_functions!(first u32, second Vec<u8>);

#[derive(PatchType)]
struct Elided<'a> {
    plain: fn(&str),
    own: fn(&'a str) -> &'a str,
    bound: for<'b> fn(&'b str, &'a str) -> &'b str,
    object: Box<dyn Fn(&str) -> usize + 'a>,
    default: &'a dyn Fn(u32),
    several: &'a (dyn Fn(u8) -> &'a str + Send + Sync),
    unknown: &'a mut [std::cell::Ref<'a, dyn ToString>],
}

#[derive(PatchType)]
struct Defaulted<T = u32, U = Vec<T>, const N: usize = 3> {
    first: T,
    second: [U; N],
}

#[derive(PatchType)]
struct Constants<const B: bool, const C: char, const I: i64, const U: u128, const S: isize> {
    bytes: [u8; 2],
}

#[derive(PatchType)]
#[repr(C, packed)]
struct Packed {
    small: u8,
    large: u64,
}

#[derive(PatchType)]
#[repr(packed(2))]
struct PackedByTwo<T> {
    small: u8,
    large: T,
}

#[derive(PatchType)]
#[repr(align(64))]
struct Aligned(u8);

#[derive(PatchType)]
#[repr(transparent)]
struct Transparent<T>(T);

#[derive(PatchType)]
union Bag<'a, T> {
    text: ManuallyDrop<String>,
    value: ManuallyDrop<T>,
    borrowed: &'a str,
    nothing: (),
}

#[derive(PatchType)]
struct Clauses<T>
where
    Self: Sized,
    T: Iterator<Item: Clone> + 'static,
    for<'a> &'a T: Sized,
{
    iterator: T,
    item: Option<T::Item>,
    nested: Vec<<T as Iterator>::Item>,
}

#[derive(PatchType)]
struct Numbers;

impl Iterator for Numbers {
    type Item = u32;
    fn next(&mut self) -> Option<u32> {
        None
    }
}

mod inner {
    #[derive(dynpatch::PatchType)]
    struct Private {
        number: u16,
    }
    #[derive(dynpatch::PatchType)]
    pub(super) struct Public {
        private: Private,
        hidden: [super::super::Hidden; 2],
    }
}

const BASE: isize = 7;
#[derive(PatchType)]
enum Explicit {
    First = BASE,
    Second = -BASE * 2,
    Third,
    Fourth = Explicit::START,
}
impl Explicit {
    const START: isize = 100;
}

#[derive(PatchType)]
#[repr(u64)]
enum Wide {
    Last = u64::MAX,
    Payload(u8) = 0,
}

#[derive(PatchType)]
#[repr(i64)]
enum Signed {
    First = i64::MIN,
    Last = i64::MAX,
}

#[derive(PatchType)]
#[repr(usize)]
enum OneVariant<T> {
    Only([T; 2]),
}

#[derive(PatchType)]
enum Never<T: Copy> {
    Impossible(std::convert::Infallible, T),
}

#[derive(PatchType)]
enum Nothing {}

#[derive(PatchType)]
struct Sometimes {
    #[cfg(any())]
    absent: Missing,
    #[cfg(not(any()))]
    present: u32,
    #[cfg_attr(all(), allow(unused))]
    always: u8,
}

#[derive(PatchType)]
#[repr(C)]
enum Conditional {
    #[cfg(any())]
    Absent(Missing),
    Present {
        #[cfg(any())]
        absent: Missing,
        number: u32,
    },
}

#[derive(PatchType)]
struct Measured {
    bytes: [u8; Self::LENGTH],
}
impl Measured {
    const LENGTH: usize = 4;
}

#[derive(PatchType)]
struct Behind<T: ?Sized> {
    boxed: Box<T>,
}

#[derive(PatchType)]
struct Recursive<'a, T> {
    own: Option<&'a Self>,
    other: Vec<Recursive<'a, T>>,
    value: T,
}

#[test]
fn every_edge_is_described_and_apart() {
    #[derive(PatchType)]
    struct Local(Vec<Inner>);
    #[derive(PatchType)]
    enum Inner {
        Leaf,
        Node(Box<Local2>),
    }
    #[derive(PatchType)]
    struct Local2;
    let all = [
        TypeLayout::of::<shadows::u32>(),
        TypeLayout::of::<shadows::Option<u32>>(),
        TypeLayout::of::<shadows::Option<u64>>(),
        TypeLayout::of::<shadows::Result>(),
        TypeLayout::of::<shadows::Definition>(),
        TypeLayout::of::<shadows::Character>(),
        TypeLayout::of::<r#Struct>(),
        TypeLayout::of::<r#enum>(),
        TypeLayout::of::<left::Twin>(),
        TypeLayout::of::<right::Twin>(),
        first().0,
        second().0,
        TypeLayout::of::<Elided<'static>>(),
        TypeLayout::of::<Defaulted>(),
        TypeLayout::of::<Defaulted<u8>>(),
        TypeLayout::of::<Defaulted<u8, u8, 4>>(),
        TypeLayout::of::<Constants<true, 'a', -1, { u128::MAX }, 0>>(),
        TypeLayout::of::<Constants<false, 'a', -1, { u128::MAX }, 0>>(),
        TypeLayout::of::<Constants<false, 'b', -1, { u128::MAX }, 0>>(),
        TypeLayout::of::<Constants<false, 'b', 1, { u128::MAX }, 0>>(),
        TypeLayout::of::<Constants<false, 'b', 1, 1, 0>>(),
        TypeLayout::of::<Packed>(),
        TypeLayout::of::<PackedByTwo<u32>>(),
        TypeLayout::of::<Aligned>(),
        TypeLayout::of::<Transparent<Aligned>>(),
        TypeLayout::of::<Bag<'static, u64>>(),
        TypeLayout::of::<Clauses<Numbers>>(),
        TypeLayout::of::<inner::Public>(),
        TypeLayout::of::<Explicit>(),
        TypeLayout::of::<Wide>(),
        TypeLayout::of::<Signed>(),
        TypeLayout::of::<OneVariant<u8>>(),
        TypeLayout::of::<Never<u8>>(),
        TypeLayout::of::<Nothing>(),
        TypeLayout::of::<Sometimes>(),
        TypeLayout::of::<Conditional>(),
        TypeLayout::of::<Measured>(),
        TypeLayout::of::<Behind<str>>(),
        TypeLayout::of::<Behind<[u8]>>(),
        TypeLayout::of::<Recursive<'static, u8>>(),
        TypeLayout::of::<Local>(),
    ];
    super::assert_apart(&all);
}

/// One macro call is one place; what is defined there is told apart all the same.
#[test]
fn types_of_one_macro_call_have_keys_of_their_own() {
    assert_ne!(first().1, second().1);
    assert_ne!(left::Twin::DEFINITION.key, right::Twin::DEFINITION.key);
}

type Dozen = (u8, u16, u32, u64, i8, i16, i32, i64, f32, f64, bool, char);
type Gross = (Dozen, Dozen, Dozen, Dozen, Dozen, Dozen, Dozen, Dozen, Dozen, Dozen, Dozen, Dozen);
#[derive(PatchType)]
struct Long {
    first: Gross,
    others: [(Gross, Gross, Gross, Gross, Gross, Gross, Gross); 2],
}

/// A record is written into room that is enough for nearly all; whatever its length, it is the same record.
#[test]
fn a_long_record_is_written_like_a_short_one() {
    const SHORT: usize = type_record_length(&Measured::DEFINITION);
    const LONG: usize = type_record_length(&Long::DEFINITION);
    const { assert!(SHORT < 100 && LONG > 4096) };
    assert_eq!(TypeDraft::new(&Measured::DEFINITION).record::<SHORT>(), type_record::<SHORT>(&Measured::DEFINITION));
    assert_eq!(TypeDraft::new(&Long::DEFINITION).record::<LONG>(), type_record::<LONG>(&Long::DEFINITION));
}

/// What the compiler says of the discriminants is what the description says.
#[test]
fn discriminants_are_the_compilers() {
    assert_eq!(discriminants::<Explicit>(), [7, -14, -13, 100]);
    assert_eq!(discriminants::<Wide>(), [u64::MAX.into(), 0]);
    assert_eq!(discriminants::<Signed>(), [i64::MIN.into(), i64::MAX.into()]);
    assert_eq!(discriminants::<shadows::Result>(), [1, 2, 3, 4]);
    assert_eq!(discriminants::<Nothing>(), []);
}

fn discriminants<T: Defined>() -> Vec<i128> {
    match T::DEFINITION.body {
        Body::Enum(variants) => variants.iter().map(|variant| variant.discriminant).collect(),
        _ => panic!("no enum"),
    }
}
