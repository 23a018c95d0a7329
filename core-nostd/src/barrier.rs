//! A memory barrier in every thread of a process, for updaters who pay so that readers need none.

/// Makes every running thread of this process pass a full memory barrier before it returns.
///
/// What is promised for a successful [`run`](Self::run): at some moment between its start and its end, each other thread
/// of the process passes through a state in which all its earlier loads and stores, in program order, have happened and
/// none of its later ones has. A thread that is not running passes through such a state by being switched out or in. The
/// calling thread does too, at the start and at the end. So a reader that stores and then loads needs no more than a
/// compiler fence in between: an updater that stores, runs the barrier and then loads either sees the reader's store or
/// is seen by the reader's load.
///
/// Where the promise comes from: `MEMBARRIER_CMD_PRIVATE_EXPEDITED` of membarrier(2) on Linux, `FlushProcessWriteBuffers`
/// on Windows. No other platform has one, and Rust's memory model has none; there readers use fences of their own.
///
/// Nothing is promised about instruction caches, devices, or threads of other processes that share memory with this one.
pub trait Barrier: Sync {
    /// Runs the barrier. Takes microseconds and interrupts the other processors; no other thread waits for it.
    ///
    /// `false` if the system refused, which may happen at any time, for instance when it is out of memory or a sandbox was
    /// entered: then nothing was ordered, and a caller must do nothing that the barrier would have made safe. Trying
    /// again later is fine.
    #[must_use = "a barrier that was refused has ordered nothing"]
    fn run(&self) -> bool;
}
