//! What all threads of a process share: the published word, and who is known.

use super::record::{Record, state};
use super::sync::{AtomicPtr, AtomicUsize, Ordering, const_unless_modelled, fence};

/// A line of its own: every call reads it, only a commit writes it.
#[derive(Debug)]
#[repr(align(64))]
struct Published(AtomicUsize);

/// What is written more often.
#[derive(Debug)]
#[repr(align(64))]
struct Written {
    /// Calls of threads that have no word of their own to say it.
    shared: AtomicUsize,
    /// Publications so far.
    epoch: AtomicUsize,
    records: AtomicPtr<Record>,
    /// Whether readers need fences of their own.
    symmetric: AtomicUsize,
}

/// The published word of a slot section, and the threads that read through it.
#[derive(Debug)]
pub struct Domain {
    live: Published,
    written: Written,
}

impl Domain {
    const_unless_modelled! {
        /// The built-in generation is live. Readers use fences of their own until
        /// [`use_barrier`](Self::use_barrier).
        pub fn new() -> Self {
            Self {
                live: Published(AtomicUsize::new(0)),
                written: Written {
                    shared: AtomicUsize::new(0),
                    epoch: AtomicUsize::new(1),
                    records: AtomicPtr::new(core::ptr::null_mut()),
                    symmetric: AtomicUsize::new(1),
                },
            }
        }
    }

    /// Readers that become known from now on leave the fence to the updater.
    pub fn use_barrier(&self) {
        self.written.symmetric.store(0, Ordering::Release);
    }

    pub(super) fn is_symmetric(&self) -> bool {
        self.written.symmetric.load(Ordering::Acquire) != 0
    }

    /// The bias of the live generation.
    #[inline(always)]
    pub fn live(&self) -> usize {
        // Acquire: pairs with `publish`, so that the slots behind the bias are seen (note, 1).
        self.live.0.load(Ordering::Acquire)
    }

    /// The published word itself, for readers that need no pin.
    #[cfg(not(any(loom, shuttle)))]
    pub const fn published(&self) -> &AtomicUsize {
        &self.live.0
    }

    /// The word of a thread that is in no generation.
    pub(super) fn idle_word(&self) -> usize {
        if self.is_symmetric() { state::SYMMETRIC } else { state::IDLE }
    }

    /// Makes a generation live, and gives the bias of the one that was and the epoch that it was retired at.
    pub fn publish(&self, bias: usize) -> (usize, usize) {
        // Release: what the bias leads to comes before (note, 1).
        let before = self.live.0.swap(bias, Ordering::AcqRel);
        // Release: who sees the epoch sees the bias (note, 6).
        let epoch = self.written.epoch.fetch_add(1, Ordering::Release) + 1;
        (before, epoch)
    }

    /// A call of a thread whose word cannot say it.
    pub(super) fn enter_shared(&self) -> usize {
        self.written.shared.fetch_add(1, Ordering::SeqCst);
        // The count before the bias (note, 5).
        fence(Ordering::SeqCst);
        self.live()
    }

    pub(super) fn leave_shared(&self) {
        // Release: whatever was done inside comes before (note, 5).
        self.written.shared.fetch_sub(1, Ordering::Release);
    }

    /// Calls under way that only the shared count knows.
    pub fn shared(&self) -> usize {
        self.written.shared.load(Ordering::Acquire)
    }

    /// In the child of a fork: only the calls of the forking thread are left.
    pub fn set_shared(&self, calls: usize) {
        self.written.shared.store(calls, Ordering::Release);
    }

    pub(super) fn records(&self) -> &AtomicPtr<Record> {
        &self.written.records
    }

    /// Tells that the calling thread uses nothing of any generation at this moment, and what it calls from now on is
    /// what is live. Puts the thread online. For the policy without pins.
    #[inline]
    pub fn checkpoint(&self, record: &Record) {
        // Acquire: who sees the epoch sees the bias that it was published with (note, 6).
        let epoch = self.written.epoch.load(Ordering::Acquire);
        if record.seen() == epoch {
            return;
        }
        let was_online = record.is_online();
        record.see(epoch);
        if !was_online {
            // Online before any bias is read (note, 6).
            fence(Ordering::SeqCst);
        }
    }
}

impl Default for Domain {
    fn default() -> Self {
        Self::new()
    }
}
