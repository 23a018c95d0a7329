//! What the benchmarks call. Linked into the host as version 1, into the patches as version 2: the same source, built
//! twice.
//!
//! - here: the items, each beside the plain function it is compared with.
//! - `case.rs`: loops over one item each, run by the host, or by a patch.

mod case;

pub use case::{Case, run, run_in_patch};

use dynpatch::prelude::*;
use std::hint::black_box;
use std::sync::atomic::{AtomicU64, Ordering};

/// Which build this is.
const VERSION: u64 = match option_env!("BENCH_SUBJECT_VERSION") {
    Some(text) => match u64::from_str_radix(text, 10) {
        Ok(version) => version,
        Err(_) => panic!("BENCH_SUBJECT_VERSION is a number"),
    },
    None => 1,
};

/// Which build is live.
#[patchable]
#[must_use]
pub fn version() -> u64 {
    VERSION
}

/// The argument of every call. An atomic, so that no compiler knows what it holds.
pub static OBJECT: AtomicU64 = AtomicU64::new(1);

/// What every callee does: two dependent instructions, little enough for a dispatch to show.
#[inline(always)]
fn work(object: &AtomicU64, x: u64) -> u64 {
    x.wrapping_mul(3).wrapping_add(object.load(Ordering::Relaxed))
}

/// What a call costs that nothing can replace.
#[inline(never)]
pub fn direct(object: &AtomicU64, x: u64) -> u64 {
    work(object, x)
}

/// The same, replaceable.
#[patchable]
pub fn function(object: &AtomicU64, x: u64) -> u64 {
    work(object, x)
}

/// The same, blind to snapshots.
#[patchable(latest)]
pub fn latest(object: &AtomicU64, x: u64) -> u64 {
    work(object, x)
}

/// A call from within a call. The step after it keeps both from becoming one jump.
#[inline(never)]
pub fn direct_nested(object: &AtomicU64, x: u64) -> u64 {
    direct(object, x) ^ 1
}

/// The same, both replaceable.
#[patchable]
pub fn nested(object: &AtomicU64, x: u64) -> u64 {
    function(object, x) ^ 1
}

/// May panic, and nobody can see that it does not.
#[inline(never)]
pub fn opaque(object: &AtomicU64, x: u64) -> u64 {
    let result = black_box(work(object, x));
    assert_ne!(result, 0x_dead_beef_dead_beef, "one chance in 2^64");
    result
}

/// A body whose panic has to be caught where the border is. Its own call is the last thing it does: the shortest form,
/// so that what a catch adds shows most.
#[inline(never)]
pub fn direct_catching(object: &AtomicU64, x: u64) -> u64 {
    opaque(object, x)
}

/// The same, replaceable.
#[patchable]
pub fn catching(object: &AtomicU64, x: u64) -> u64 {
    opaque(object, x)
}

/// A service.
#[patch_trait]
pub trait Worker {
    /// What [`direct`] does.
    fn step(&self, x: u64) -> u64;
}

/// Its implementation.
#[derive(Debug)]
pub struct Adder(AtomicU64);

#[patch_impl(new = Adder(AtomicU64::new(1)))]
impl Worker for Adder {
    fn step(&self, x: u64) -> u64 {
        work(&self.0, x)
    }
}

/// The built-in object.
pub static ADDER: Adder = Adder(AtomicU64::new(1));

/// The service around it.
pub static WORKER: Service<dyn Worker> = Service::new(&ADDER);

/// The method as a plain function.
#[inline(never)]
pub fn direct_method(adder: &Adder, x: u64) -> u64 {
    work(&adder.0, x)
}
