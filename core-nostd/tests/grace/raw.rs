//! Memory that nothing but grace periods protects, and the promises that the models make to the code under test.

use super::checker::Mutex;
use dynpatch_core::grace::{Domain, Record, Walk};
use std::ptr::NonNull;

#[cfg(loom)]
use loom::cell::UnsafeCell;

/// As the model checker's, without its tracking.
#[cfg(not(loom))]
struct UnsafeCell<T>(std::cell::UnsafeCell<T>);

#[cfg(not(loom))]
impl<T> UnsafeCell<T> {
    fn new(value: T) -> Self {
        Self(std::cell::UnsafeCell::new(value))
    }

    fn with<R>(&self, read: impl FnOnce(*const T) -> R) -> R {
        read(self.0.get())
    }

    fn with_mut<R>(&self, write: impl FnOnce(*mut T) -> R) -> R {
        write(self.0.get())
    }
}

const NOT_YET: u32 = 0;
const MAPPED: u32 = 1;
const UNMAPPED: u32 = 2;

/// Stands for code and its slots. Running it reads, mapping and unmapping write: without the order that grace periods
/// give, that is a data race, which loom and Miri report; elsewhere a wrong value tells.
pub struct Code(UnsafeCell<u32>);

// SAFETY: that nobody reads while somebody writes is what the models are to prove. Where the code under test is wrong the
// test has undefined behaviour: it does not read anything but this word, by volatile accesses.
unsafe impl Sync for Code {}
// SAFETY: a number.
unsafe impl Send for Code {}

impl Code {
    pub fn new() -> Self {
        Self(UnsafeCell::new(NOT_YET))
    }

    pub fn map(&self) {
        self.write(NOT_YET, MAPPED);
    }

    pub fn unmap(&self) {
        self.write(MAPPED, UNMAPPED);
    }

    /// Fails unless it is mapped.
    pub fn run(&self) {
        // SAFETY: the cell's own memory; see above for who writes it.
        let found = self.0.with(|code| unsafe { code.read_volatile() });
        assert_eq!(found, MAPPED, "ran what is not mapped");
    }

    fn write(&self, before: u32, after: u32) {
        self.0.with_mut(|code| {
            // SAFETY: as in `run`.
            let found = unsafe { code.read_volatile() };
            assert_eq!(found, before, "mapped or unmapped out of turn");
            // SAFETY: as in `run`.
            unsafe { code.write_volatile(after) };
        });
    }
}

/// Walks the list of a domain, one at a time.
pub fn with_walk<R>(walking: &Mutex<()>, domain: &Domain, f: impl FnOnce(&mut Walk<'_>) -> R) -> R {
    let _walking = walking.lock().expect("no walk has failed");
    // SAFETY: every walk of a test's domain begins here, under that domain's lock.
    f(&mut unsafe { Walk::begin(domain) })
}

/// A value that threads see as static, and that goes with this: a model runs far too often to leak it each time.
pub struct Lent<T>(NonNull<T>);

impl<T> Lent<T> {
    pub fn new(value: T) -> Self {
        Self(NonNull::from(Box::leak(Box::new(value))))
    }

    /// To be used by no thread that outlives this. Every model joins its threads before it ends.
    pub fn lend(&self) -> &'static T {
        // SAFETY: it lives until `drop`, and who borrows it ends before that, as said above.
        unsafe { self.0.as_ref() }
    }
}

impl<T> Drop for Lent<T> {
    fn drop(&mut self) {
        // A failed test may have threads left that use it.
        if !std::thread::panicking() {
            // SAFETY: `new` made it from a box, and nobody uses it any more, as said in `lend`.
            drop(unsafe { Box::from_raw(self.0.as_ptr()) });
        }
    }
}

/// A record, as every thread has one for as long as it lives.
pub type LentRecord = Lent<Record>;
