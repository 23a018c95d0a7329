//! The process-wide memory barrier of Windows.

use crate::sys;
use core::sync::atomic::{Ordering, fence};
use dynpatch_core::Barrier;

/// `FlushProcessWriteBuffers`; since Windows Vista. No registration is needed and no call fails.
#[derive(Debug)]
pub struct ProcessBarrier(());

impl ProcessBarrier {
    /// Every Windows has one. See [`distrusted`](Self::distrusted) for what else has one.
    pub fn register() -> Option<Self> {
        Some(Self(()))
    }

    /// Why this system's barrier is not to be relied on although it offers one: wine's does nothing.
    pub fn distrusted() -> Option<&'static str> {
        sys::is_wine().then_some("this is wine, whose FlushProcessWriteBuffers does nothing")
    }
}

impl Barrier for ProcessBarrier {
    fn run(&self) -> bool {
        // The system fences the calling thread as well; these say so to the compiler and to whoever checks the order.
        fence(Ordering::SeqCst);
        sys::flush_process_write_buffers();
        fence(Ordering::SeqCst);
        true
    }
}
