//! A platform where the ends of threads cannot be seen: nothing here succeeds that would need them.
#![expect(unsafe_code, reason = "declarations like those of platforms that have them; there is no unsafe block")]

use core::ffi::c_void;
use core::ptr::from_ref;
use std::io;

/// No such value.
#[derive(Debug)]
pub(crate) enum AtThreadEnd {}

impl AtThreadEnd {
    pub(crate) fn new(_: unsafe extern "C" fn(*mut c_void)) -> io::Result<Self> {
        Err(io::ErrorKind::Unsupported.into())
    }

    /// # Safety
    /// None is needed.
    pub(crate) unsafe fn arm(&self, _: *mut c_void) -> bool {
        match *self {}
    }
}

/// Blocks none: no handler can get to what needs [`AtThreadEnd`].
pub(crate) fn with_signals_blocked<R>(f: impl FnOnce() -> R) -> R {
    f()
}

pub(crate) fn around_fork(_: extern "C" fn(), _: extern "C" fn(), _: extern "C" fn()) -> bool {
    false
}

/// A number that no other living thread has.
pub(crate) fn current_thread() -> u64 {
    thread_local!(static HERE: u8 = const { 0 });
    HERE.with(|here| from_ref(here).addr() as u64)
}

pub(crate) fn thread_name(_: u64) -> Option<String> {
    None
}

type Start = unsafe extern "C" fn(*mut ()) -> *mut ();

/// # Safety
/// None is needed: it always fails.
pub(crate) unsafe fn start_thread(_: *mut (), _: *const (), _: Start, _: *mut ()) -> i32 {
    FAILED
}

/// # Safety
/// None is needed: it always fails.
pub(crate) unsafe fn at_thread_exit(_: unsafe extern "C" fn(*mut ()), _: *mut ()) -> i32 {
    FAILED
}

/// Any status but zero.
const FAILED: i32 = 1;
