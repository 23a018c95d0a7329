//! The rules of dynpatch, with no operating system, path, clock or allocator in them.
//!
//! - [`version`]: which versions go together.
//! - [`manifest`]: the records of a patch, read from untrusted bytes.
//! - [`compatibility`]: whether two images may exchange an item.
//! - [`layout`]: whether they mean the same by a type.
//! - [`Sealed`], [`Inspected`], [`Admitted`] and [`Loader`]: the steps of an apply, as types.
//! - [`grace`]: who may still be inside of a retired generation.
//! - [`table`]: generations of slots and the word that makes one of them live.
#![no_std]
#![deny(unsafe_code)]
#![warn(clippy::std_instead_of_core, clippy::alloc_instead_of_core)]

mod barrier;
pub mod compatibility;
#[cfg(target_has_atomic = "64")]
pub mod grace;
pub mod layout;
mod lifecycle;
mod loader;
pub mod manifest;
pub mod table;
pub mod version;

pub use barrier::Barrier;
pub use lifecycle::{Admitted, Inspected, Sealed};
pub use loader::{Image, Loader, Object};
