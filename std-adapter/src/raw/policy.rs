//! When old code may go: decided once, before the first patch.

use std::cell::UnsafeCell;
use std::hint::unreachable_unchecked;
use std::sync::atomic::{AtomicBool, Ordering};

struct Flag(UnsafeCell<bool>);

// SAFETY: written as an atomic only, and read as one, but by `assume_pins`, which carries its own proof.
unsafe impl Sync for Flag {}

impl Flag {
    #[inline(always)]
    fn as_atomic(&self) -> &AtomicBool {
        // SAFETY: the flag is static, aligned for a `bool`, and accessed otherwise by `assume_pins` alone, which reads it
        // when no store to it can come any more.
        unsafe { AtomicBool::from_ptr(self.0.get()) }
    }
}

/// Whether calls pin. Only `RuntimeBuilder::reclaim` can reach the store, so that an optimised executable without it
/// knows the answer.
static PINS: Flag = Flag(UnsafeCell::new(false));

/// Whether generations are counted by who owns them. As for [`PINS`], an optimised executable without such a policy knows
/// the answer.
static COUNTS: AtomicBool = AtomicBool::new(false);

/// Calls pin from now on.
pub(crate) fn pin_calls() {
    COUNTS.store(true, Ordering::Release);
    PINS.as_atomic().store(true, Ordering::Release);
}

/// Calls do not pin, threads make checkpoints.
pub(crate) fn count_owners() {
    COUNTS.store(true, Ordering::Release);
}

/// Whether calls pin.
#[inline(always)]
// Acquire: see `assume_pins`.
pub(crate) fn pins() -> bool {
    PINS.as_atomic().load(Ordering::Acquire)
}

/// Whether owners of a generation have to be counted: otherwise nothing is ever freed.
#[inline(always)]
pub(crate) fn counts() -> bool {
    COUNTS.load(Ordering::Relaxed)
}

/// Tells the optimiser that calls pin: where they never do, the way to here can go.
///
/// # Safety
/// The calling thread has seen [`pins`] be true.
#[inline(always)]
pub(crate) unsafe fn assume_pins() {
    // SAFETY: the flag is stored once, and this thread has read that store (caller), with every store of its own word
    // after it; so this read races with nothing. It is no atomic one because the optimiser keeps those.
    let pins = unsafe { *PINS.0.get() };
    if !pins {
        // SAFETY: as the caller vouches, and the flag is never reset.
        unsafe { unreachable_unchecked() }
    }
}
