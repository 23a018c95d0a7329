//! The rules of dynpatch, with no operating system, path, clock or allocator in them.
//!
//! - [`version`]: which versions go together.
//! - [`manifest`]: the records of a patch, read from untrusted bytes.
//! - [`compatibility`]: whether two images may exchange an item.
//! - `history` (with that feature): what happened to which patch.
//! - [`layout`]: whether they mean the same by a type.
//! - [`image`]: patches as images for RAM, for firmware.
//! - [`Sealed`], [`Inspected`], [`Admitted`] and [`Loader`]: the steps of an apply, as types; [`Unreachable`], the way back.
//! - [`Barrier`]: a memory barrier in every thread of the process.
//! - [`grace`]: who may still be inside of a retired generation.
//! - [`table`]: generations of slots and the word that makes one of them live.
#![no_std]
#![deny(unsafe_code)]
#![warn(clippy::std_instead_of_core, clippy::alloc_instead_of_core)]

mod barrier;
mod checksum;
pub mod compatibility;
mod encoding;
#[cfg(target_has_atomic = "64")]
pub mod grace;
#[cfg(feature = "history")]
pub mod history;
pub mod image;
pub mod layout;
mod lifecycle;
mod loader;
pub mod manifest;
pub mod table;
pub mod version;

pub use barrier::Barrier;
pub use lifecycle::{Admitted, Inspected, Sealed};
pub use loader::{Closed, Image, Loader, Object, Pages, Unreachable};
