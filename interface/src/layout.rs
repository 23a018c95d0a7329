//! What a program may ask about a type.

use crate::types::{Fingerprint, PatchType};

/// A type's room, its name, and one number for its whole structure.
///
/// ```
/// use dynpatch_interface::TypeLayout;
/// let layout = TypeLayout::of::<u32>();
/// assert_eq!((layout.size, layout.alignment, layout.name), (4, 4, "u32"));
/// assert!(layout.matches(&TypeLayout::of::<u32>()));
/// assert!(!layout.matches(&TypeLayout::of::<i32>()));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TypeLayout {
    /// Bytes.
    pub size: usize,
    /// Bytes.
    pub alignment: usize,
    /// The type's name without a guarantee of its form: for people.
    pub name: &'static str,
    /// Over the type's structure: names, sizes, offsets, variants, and what it is made of, at any depth.
    pub fingerprint: Fingerprint,
}

impl TypeLayout {
    /// The layout of `T`.
    pub fn of<T: PatchType>() -> Self {
        let name = core::any::type_name::<T>();
        Self { size: size_of::<T>(), alignment: align_of::<T>(), name, fingerprint: T::FINGERPRINT }
    }

    /// Whether both describe the same layout.
    pub fn matches(&self, other: &Self) -> bool {
        self == other
    }
}

/// The hash of a name, a size and an alignment (bytes): 64-bit FNV-1a, as dynpatch 0.1 computed it.
///
/// ```
/// use dynpatch_interface::compute_type_hash;
/// assert_eq!(compute_type_hash("MyType", 8, 8), compute_type_hash("MyType", 8, 8));
/// assert_ne!(compute_type_hash("MyType", 8, 8), compute_type_hash("MyType", 16, 8));
/// ```
pub const fn compute_type_hash(type_name: &str, size: usize, align: usize) -> u64 {
    const PRIME: u64 = 0x0100_0000_01b3;
    let name = type_name.as_bytes();
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut index = 0;
    while index < name.len() {
        hash = (hash ^ name[index] as u64).wrapping_mul(PRIME);
        index += 1;
    }
    hash = (hash ^ size as u64).wrapping_mul(PRIME);
    (hash ^ align as u64).wrapping_mul(PRIME)
}

/// The typed form: the low 64 bits of `T`'s fingerprint, which is over its whole structure.
///
/// Give the same expression to the host's `RuntimeBuilder::type_hash` and to the patch's `patch!(type_hash = …)`. A chain
/// of some fifty types, each made of the next, needs `#![recursion_limit = "256"]` in the crate that asks.
///
/// ```
/// use dynpatch_interface::compute_type_hash_of;
/// assert_eq!(compute_type_hash_of::<u32>(), compute_type_hash_of::<u32>());
/// assert_ne!(compute_type_hash_of::<u32>(), compute_type_hash_of::<i32>());
/// ```
pub const fn compute_type_hash_of<T: PatchType>() -> u64 {
    T::FINGERPRINT.low64()
}
