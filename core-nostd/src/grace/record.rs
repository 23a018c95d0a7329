//! What a thread says of itself: one word for the generation it is in.

use super::sync::{AtomicPtr, AtomicU64, AtomicUsize, Ordering, const_unless_modelled};

/// What a thread's word can say besides an even word, the bias of the generation that it is in. All are odd, and smaller
/// than any pending word but that of the built-in generation, which is never reclaimed.
pub(super) mod state {
    /// In no generation; readers need no fence. Also the built-in generation's pending word, for such readers.
    pub(in super::super) const IDLE: usize = 1;
    /// Unknown to any survey so far.
    pub(in super::super) const UNREGISTERED: usize = 3;
    /// In no generation; readers need a fence of their own.
    pub(in super::super) const SYMMETRIC: usize = 5;
    /// Forgotten already: the thread is ending.
    pub(in super::super) const DEAD: usize = 7;
    /// Becoming known.
    pub(in super::super) const REGISTERING: usize = 9;
    /// Added to a bias that has been read and is not validated yet.
    pub(in super::super) const PENDING: usize = 1;
}

/// The checkpoint of a thread that is in no generation, whatever is live.
const OFFLINE: usize = usize::MAX;

/// A thread's record. Other threads read it while it is in a registry.
#[derive(Debug)]
pub struct Record {
    /// See [`state`].
    pub(super) word: AtomicUsize,
    /// The word of the thread when it is in no generation.
    resting: AtomicUsize,
    /// The epoch of the last checkpoint, [`OFFLINE`] for a thread that never made one.
    seen: AtomicUsize,
    /// What the operating system calls the thread.
    thread: AtomicU64,
    /// The next record of the registry.
    pub(super) next: AtomicPtr<Record>,
}

impl Record {
    const_unless_modelled! {
        /// The record of a thread that nobody knows yet.
        pub fn new() -> Self {
            Self {
                word: AtomicUsize::new(state::UNREGISTERED),
                resting: AtomicUsize::new(state::UNREGISTERED),
                seen: AtomicUsize::new(OFFLINE),
                thread: AtomicU64::new(0),
                next: AtomicPtr::new(core::ptr::null_mut()),
            }
        }
    }

    /// The word as its own thread sees it.
    #[inline(always)]
    pub fn word(&self) -> usize {
        self.word.load(Ordering::Relaxed)
    }

    /// The word that its own thread goes back to from every generation.
    pub fn resting(&self) -> usize {
        self.resting.load(Ordering::Relaxed)
    }

    /// From now on the thread, which is in no generation, rests with the given word.
    pub(super) fn rest(&self, word: usize) {
        self.resting.store(word, Ordering::Relaxed);
        // Release: whatever the thread did in a generation comes before (note, 3).
        self.word.store(word, Ordering::Release);
    }

    /// Puts the thread into a generation that something else keeps, or back to what an earlier exchange gave. Only the
    /// record's own thread asks, and only while [`is_settled`] holds of the word.
    pub fn exchange(&self, word: usize) -> usize {
        let before = self.word();
        // Release: whatever was done in the generation before comes before (note, 3).
        self.word.store(word, Ordering::Release);
        before
    }

    /// Names the thread for reports.
    pub fn identify(&self, thread: u64) {
        self.thread.store(thread, Ordering::Relaxed);
    }

    /// What the operating system calls the thread; zero where nobody said.
    pub fn thread(&self) -> u64 {
        self.thread.load(Ordering::Relaxed)
    }

    /// Whether the thread is in the generation of `bias`, or may be about to be.
    pub(super) fn holds(&self, bias: usize) -> bool {
        // Acquire: whatever the thread did in a generation that it has left comes before (note, 3).
        self.word.load(Ordering::Acquire) & !state::PENDING == bias
    }

    /// Whether the thread may still use what was retired at `epoch`.
    pub(super) fn is_behind(&self, epoch: usize) -> bool {
        // Acquire: whatever the thread did before its checkpoint comes before (note, 6).
        self.seen.load(Ordering::Acquire) < epoch
    }

    pub(super) fn seen(&self) -> usize {
        self.seen.load(Ordering::Relaxed)
    }

    pub(super) fn see(&self, epoch: usize) {
        // Release: pairs with `is_behind` (note, 6).
        self.seen.store(epoch, Ordering::Release);
    }

    /// Whether the thread makes checkpoints.
    pub(super) fn is_online(&self) -> bool {
        self.seen() != OFFLINE
    }

    /// The thread uses nothing until it is online again.
    pub fn offline(&self) {
        self.see(OFFLINE);
    }
}

impl Default for Record {
    fn default() -> Self {
        Self::new()
    }
}

/// Whether a word names the generation that its thread is in.
#[inline(always)]
pub const fn is_inside(word: usize) -> bool {
    word & state::PENDING == 0
}

/// Whether a word names a thread in no generation that needs no fence to enter one.
#[inline(always)]
pub const fn is_idle(word: usize) -> bool {
    word == state::IDLE
}

/// Whether the thread is not in the middle of entering a generation, so that its word may be exchanged. In a signal
/// handler it can be.
pub const fn is_settled(word: usize) -> bool {
    is_inside(word) || matches!(word, state::IDLE | state::SYMMETRIC | state::DEAD)
}

/// Whether nobody knows of the thread yet.
pub const fn is_unregistered(word: usize) -> bool {
    word == state::UNREGISTERED
}
