//! The process-wide memory barrier of Linux.

use core::sync::atomic::{Ordering, fence};
use dynpatch_core::Barrier;
use rustix::thread::{MembarrierCommand, membarrier};

/// `membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED)`, for which this process is registered; since Linux 4.14. A child made
/// by `fork` is registered too.
#[derive(Debug)]
pub struct ProcessBarrier(());

impl ProcessBarrier {
    /// Registers this process. None when the kernel does not know the command, or a sandbox forbids it.
    pub fn register() -> Option<Self> {
        membarrier(MembarrierCommand::RegisterPrivateExpedited).ok()?;
        let barrier = Self(());
        // A sandbox may let the one through and not the other.
        barrier.run().then_some(barrier)
    }

    /// Why this system's barrier is not to be relied on although it offers one: no such case is known.
    pub fn distrusted() -> Option<&'static str> {
        None
    }
}

impl Barrier for ProcessBarrier {
    /// The kernel may be out of memory, or a sandbox may have been entered since.
    fn run(&self) -> bool {
        // The kernel fences the calling thread as well; these say so to the compiler and to whoever checks the order.
        fence(Ordering::SeqCst);
        let held = membarrier(MembarrierCommand::PrivateExpedited).is_ok();
        fence(Ordering::SeqCst);
        held
    }
}
