//! Generations of slots, and the word that makes one of them live.
//!
//! A generation is a copy of the host's slot section. What is published is one word, the *bias*: the distance in bytes
//! from the section to the copy. The slot at address `s` runs what the word at `s + bias` says; the built-in generation
//! is the section itself, bias zero. One store makes every function and service of a patch live.
//!
//! Where there are no link sections and no heap, `SwapTable` (with the feature `swap-table`) is a table by itself.

#[cfg(feature = "swap-table")]
mod pairs;
#[expect(unsafe_code, reason = "a slot read through a bias; every block carries its proof")]
mod raw;

#[cfg(feature = "swap-table")]
pub use pairs::{Busy, NothingOlder, SlotIndex, Stage, SwapTable, Update};
pub use raw::{Bias, code_at};
