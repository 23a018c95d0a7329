//! Types of every kind, in a crate without std or alloc. Nobody uses them.
#![no_std]
#![forbid(unsafe_code)]

use core::mem::ManuallyDrop;
use dynpatch_macro::PatchType;

/// Rust's own layout.
#[derive(PatchType)]
#[patch_type(crate = dynpatch_interface)]
pub struct Plain<'a> {
    /// A number.
    pub small: u8,
    /// A borrow.
    pub text: &'a str,
    /// A function.
    pub callback: extern "C" fn(u32) -> u64,
    /// A pointer to its own type.
    pub next: Option<&'a Plain<'a>>,
}

/// As C has it.
#[derive(PatchType)]
#[patch_type(crate = dynpatch_interface, prefix)]
#[repr(C)]
pub struct Header {
    /// Behind it are three bytes of nothing.
    pub kind: u8,
    /// A length.
    pub length: u32,
    /// Wider than a pointer.
    pub time: u64,
}

/// No field of its own.
#[derive(PatchType)]
#[patch_type(crate = dynpatch_interface)]
pub struct Unit;

/// Parameters: described wherever it is used.
#[derive(PatchType)]
#[patch_type(crate = dynpatch_interface)]
pub struct Ring<T, const N: usize> {
    /// Its room.
    pub slots: [Option<T>; N],
    /// Its first.
    pub head: usize,
}

/// Uses what has parameters.
#[derive(PatchType)]
#[patch_type(crate = dynpatch_interface)]
pub struct Queues(pub Ring<Header, 4>, pub Ring<u16, 8>, pub (u8, u64, Unit));

/// Rust's own tag.
#[derive(PatchType)]
#[patch_type(crate = dynpatch_interface)]
pub enum Shape {
    /// Nothing.
    Empty,
    /// A number.
    Circle(u64),
    /// Fields.
    Square {
        /// A number.
        side: u32,
    },
}

/// A tag of one byte.
#[derive(PatchType)]
#[patch_type(crate = dynpatch_interface, open)]
#[repr(u8)]
pub enum Event {
    /// Nothing.
    Started = 3,
    /// A number.
    Stopped(u32),
}

/// C's tag.
#[derive(PatchType)]
#[patch_type(crate = dynpatch_interface)]
#[repr(C)]
pub enum Message {
    /// Nothing.
    Nothing,
    /// Fields.
    Pair {
        /// One.
        first: u8,
        /// Another.
        second: u64,
    },
}

/// Numbers below zero.
#[derive(PatchType)]
#[patch_type(crate = dynpatch_interface)]
#[repr(i64)]
pub enum Signed {
    /// The least.
    Least = i64::MIN,
    /// The greatest.
    Greatest = i64::MAX,
}

/// One of several.
#[derive(PatchType)]
#[patch_type(crate = dynpatch_interface)]
#[repr(C)]
pub union Bits {
    /// A number.
    pub whole: u64,
    /// Its bytes.
    pub parts: [u8; 8],
    /// A value.
    pub shape: ManuallyDrop<Unit>,
}

/// Holds what is not described.
#[derive(PatchType)]
#[patch_type(crate = dynpatch_interface)]
#[repr(C, packed)]
pub struct Packed {
    /// A number.
    pub small: u8,
    /// Not described.
    pub hidden: [Hidden; 2],
}

/// Not described.
#[derive(Clone, Copy)]
pub struct Hidden(pub u32);
