//! The atomics of this module: the core's, or those of a model checker that runs the same code.

#[cfg(not(any(loom, shuttle)))]
pub(crate) use core::sync::atomic::{AtomicPtr, AtomicU64, AtomicUsize, Ordering, fence};
#[cfg(loom)]
pub(crate) use loom::sync::atomic::{AtomicPtr, AtomicU64, AtomicUsize, Ordering, fence};
#[cfg(shuttle)]
pub(crate) use shuttle::sync::atomic::{AtomicPtr, AtomicU64, AtomicUsize, Ordering, fence};

/// A constructor that is `const`, but for a model checker's atomics, which are made at run time.
macro_rules! const_unless_modelled {
    ($(#[$meta:meta])* $visibility:vis fn $name:ident($($argument:ident: $type:ty),*) -> $result:ty $body:block) => {
        #[cfg(not(any(loom, shuttle)))]
        $(#[$meta])*
        $visibility const fn $name($($argument: $type),*) -> $result $body
        #[cfg(any(loom, shuttle))]
        $(#[$meta])*
        $visibility fn $name($($argument: $type),*) -> $result $body
    };
}
pub(crate) use const_unless_modelled;
