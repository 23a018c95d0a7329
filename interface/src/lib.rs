//! What crosses the boundary between a dynpatch host and its patches.
//!
//! A patch links its own copy of every crate, so this crate holds no state: no `static`, no `thread_local!`, no
//! required dependency. Hosts and patches normally reach it through `dynpatch`.
//!
//! - [`Version`], [`TypeLayout`], [`PatchType`], [`compute_type_hash`]: what things are called and how they are laid out.
//! - [`types`]: types described so that two images can be compared.
//! - [`record`]: the manifest records that lie in the `.dynpatch` section of hosts and patches.
//! - [`boundary`]: the tables through which two images call each other.
//! - [`firmware`]: items that images for RAM replace.
//! - [`PatchError`], [`PatchMetadata`], [`PatchInterface`], [`PatchEntry`], [`StateMigration`] (feature `alloc`).
#![no_std]
#![forbid(unsafe_code)]
#![warn(clippy::std_instead_of_core, clippy::alloc_instead_of_core)]

#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

pub mod boundary;
mod environment;
#[cfg(feature = "alloc")]
mod error;
pub mod firmware;
mod layout;
#[cfg(feature = "alloc")]
mod metadata;
pub mod record;
pub mod types;
mod version;

pub use environment::Environment;
#[cfg(feature = "alloc")]
pub use error::{ErrorCode, PatchError};
pub use layout::{TypeLayout, compute_type_hash, compute_type_hash_of};
#[cfg(feature = "alloc")]
pub use metadata::{PatchEntry, PatchInterface, PatchMetadata, StateMigration};
pub use types::{Fingerprint, PatchType};
pub use version::Version;
