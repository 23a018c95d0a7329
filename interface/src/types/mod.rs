//! Types described so that two images can be compared: constants of plain data, without relocations once encoded.
//!
//! - `describe.rs`: the model. A [`TypeNode`] says what a type is; what `#[derive(PatchType)]` stands on is a
//!   [`Definition`], which lies in the manifest once and is referred to by key.
//! - `builtin.rs`: the types of core, alloc and std.
//! - `probe.rs`: asks about a type whether it is described at all.
//! - `fingerprint.rs`: one number for a whole type.

mod builtin;
mod describe;
mod fingerprint;
mod probe;

pub use crate::record::TypeDraft;
pub use describe::{
    Argument, AutoTraits, Body, Definition, Evolution, Extent, Field, Method, Recursive, TypeItem, TypeNode, Variant,
    key,
};
pub use fingerprint::Fingerprint;
pub use probe::{Probe, ProbeFallback};

/// A type that is described to dynpatch. Derive it: `#[derive(PatchType)]`.
///
/// The primitives, references, pointers, arrays, slices, tuples, function pointers and the usual types of core, alloc
/// and std are described already.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not described to dynpatch",
    note = "add `#[derive(PatchType)]` to `{Self}`"
)]
pub trait PatchType {
    /// What the type is, as the manifest holds it.
    #[doc(hidden)]
    const TYPE: TypeNode;
    /// One number for the type and everything it is made of.
    #[doc(hidden)]
    const FINGERPRINT: Fingerprint;
}

/// A type whose definition can be referred to from inside of itself.
#[doc(hidden)]
pub trait Named {
    /// The key of the definition.
    const KEY: u64;
}

/// A type that stands on a definition.
#[doc(hidden)]
pub trait Defined {
    /// What it is made of.
    const DEFINITION: Definition;
}
