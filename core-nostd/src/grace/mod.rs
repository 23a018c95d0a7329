//! Grace periods: who may still be inside of what was retired.
//!
//! A thread that calls through a slot says so in a word of its own: it *pins* the live generation, and everything it
//! calls from there is of the same generation. Whoever wants to unmap a retired generation runs a [`survey`]: when no
//! thread's word names the generation and nobody owns a reference to it, it can never be reached again. Readers never
//! wait and write only their own word; the updater pays, with a barrier that reaches into all threads.
//!
//! What an operating system has to give comes through [`System`].
//!
#![doc = include_str!("ordering.md")]

mod domain;
mod pin;
#[expect(unsafe_code, reason = "a list through raw pointers; the one block carries its proof")]
mod raw;
mod record;
mod references;
mod survey;
mod sync;

pub use domain::Domain;
pub use pin::{Slow, pin, pin_slow, unpin, unpin_slow};
pub use raw::{Walk, own_word, register};
pub use record::{Record, is_idle, is_inside, is_settled, is_unregistered};
pub use references::References;
pub use survey::{Candidate, Holder, survey};

/// What grace periods need of the operating system.
pub trait System {
    /// The reader's half of the fence, between the store of its word and the second look at the published bias. A
    /// compiler fence, where [`heavy`](Self::heavy) reaches into all threads.
    fn light(&self);

    /// The updater's half: a full fence here, and one in every thread that has not fenced itself. Says whether it was
    /// run; if not, nothing is reclaimed.
    fn heavy(&self) -> bool;

    /// Sees to it that the calling thread's record is forgotten before the thread's memory goes, and names the thread
    /// in it. Takes no lock and no memory. `false` when the thread is ending already.
    fn adopt(&self, record: &'static Record) -> bool;

    /// Called between any two steps of a pin. Nothing, but in tests, which let a signal or a barrier in here.
    #[inline(always)]
    fn step(&self) {}
}
