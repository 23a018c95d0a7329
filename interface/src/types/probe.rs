//! Asks about a type without a bound on it.

use super::{Extent, Fingerprint, PatchType, TypeNode};
use core::marker::PhantomData;

/// An inherent constant, where its bound holds, hides the one of [`ProbeFallback`]. Works where the macros write it: for
/// concrete types, and for types made of parameters that are [`PatchType`].
#[derive(Debug)]
pub struct Probe<T: ?Sized>(PhantomData<T>);

impl<T> Probe<T> {
    /// The type's room.
    pub const EXTENT: Extent = Extent::of::<T>();
}

impl<T: PatchType + ?Sized> Probe<T> {
    /// What the type is.
    pub const NODE: Option<TypeNode> = Some(T::TYPE);
    /// The type's fingerprint.
    pub const FINGERPRINT: Option<Fingerprint> = Some(T::FINGERPRINT);
}

/// What [`Probe`] says where nothing is known.
pub trait ProbeFallback {
    /// An unsized type.
    const EXTENT: Extent = Extent::UNSIZED;
    /// A type without `#[derive(PatchType)]`.
    const NODE: Option<TypeNode> = None;
    /// A type without `#[derive(PatchType)]`.
    const FINGERPRINT: Option<Fingerprint> = None;
}

impl<T: ?Sized> ProbeFallback for Probe<T> {}
