//! A thread enters the live generation, and leaves it.

use super::record::{Record, state};
use super::sync::{Ordering, fence};
use super::{Domain, System, raw};
use core::hint::cold_path;

/// What a thread has to undo when it leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "whoever entered has to leave"]
pub struct Slow {
    /// The bias of the generation it entered.
    pub bias: usize,
    way: Way,
}

/// How a thread keeps the generation that it is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// By its word, which goes back to the given state.
    Word(usize),
    /// By the count that all threads share, and its word names the generation for calls inside.
    SharedAndWord,
    /// By that count alone: the word belongs to the frame that a signal has interrupted.
    Shared,
}

impl Slow {
    /// Whether only the count that all threads share knows of it.
    pub const fn is_shared(self) -> bool {
        !matches!(self.way, Way::Word(_))
    }

    /// Two words, for a frame that another image keeps.
    pub const fn to_words(self) -> [usize; 2] {
        let way = match self.way {
            Way::Word(state) => state,
            Way::SharedAndWord => SHARED_AND_WORD,
            Way::Shared => SHARED,
        };
        [self.bias, way]
    }

    /// What [`to_words`](Self::to_words) gave.
    pub const fn from_words([bias, way]: [usize; 2]) -> Self {
        let way = match way {
            SHARED_AND_WORD => Way::SharedAndWord,
            SHARED => Way::Shared,
            state => Way::Word(state),
        };
        Self { bias, way }
    }
}

/// No states of a word.
const SHARED_AND_WORD: usize = 0;
const SHARED: usize = 2;

/// Enters the live generation: for a record whose word is idle. `None` when another generation went live meanwhile;
/// then [`pin_slow`] does it.
#[inline(always)]
pub fn pin(domain: &Domain, record: &Record, system: &impl System) -> Option<usize> {
    let bias = domain.live();
    system.step();
    // Pending: keeps the generation, but a signal handler that lands here must not take it for entered, since nobody
    // has checked yet that it is still live. Release: note, 3.
    record.word.store(bias.wrapping_add(state::PENDING), Ordering::Release);
    system.step();
    system.light();
    let live = domain.live();
    system.step();
    if live != bias {
        cold_path();
        // A word that stayed pending would keep the generation for good. Release: note, 3.
        record.word.store(state::IDLE, Ordering::Release);
        system.step();
        return None;
    }
    record.word.store(bias, Ordering::Release);
    system.step();
    Some(bias)
}

/// Leaves a generation that [`pin`] entered.
#[inline(always)]
pub fn unpin(record: &Record) {
    // Release: whatever was done inside comes before (note, 3).
    record.word.store(state::IDLE, Ordering::Release);
}

/// Enters the live generation, whatever the calling thread's word says but that it is inside of one already.
#[cold]
#[inline(never)]
pub fn pin_slow(domain: &Domain, record: &'static Record, system: &impl System) -> Slow {
    raw::register(domain, record, system);
    match record.word() {
        idle @ (state::IDLE | state::SYMMETRIC) => {
            Slow { bias: validated(domain, record, system, idle), way: Way::Word(idle) }
        }
        state::DEAD => {
            let bias = domain.enter_shared();
            record.word.store(bias, Ordering::Release);
            Slow { bias, way: Way::SharedAndWord }
        }
        // A pending word: this is a signal handler, and the frame it interrupted may be validating what its word
        // names. To change it, even for a moment, would give up what that frame is about to enter.
        _ => Slow { bias: domain.enter_shared(), way: Way::Shared },
    }
}

fn validated(domain: &Domain, record: &Record, system: &impl System, idle: usize) -> usize {
    loop {
        let bias = domain.live();
        system.step();
        record.word.store(pending(bias, idle), Ordering::Release);
        system.step();
        if idle == state::SYMMETRIC {
            fence(Ordering::SeqCst)
        } else {
            system.light()
        }
        let live = domain.live();
        system.step();
        if live == bias {
            record.word.store(bias, Ordering::Release);
            return bias;
        }
    }
}

/// What the word of a thread that rests with `idle` says until its second look. The built-in generation is never
/// reclaimed, so nothing has to keep it; and its bias with the pending bit would be [`state::IDLE`], which a signal handler
/// on a thread that needs a fence must not find: it would pin without one.
const fn pending(bias: usize, idle: usize) -> usize {
    if bias == 0 { idle } else { bias.wrapping_add(state::PENDING) }
}

/// Leaves a generation that [`pin_slow`] entered.
#[cold]
#[inline(never)]
pub fn unpin_slow(domain: &Domain, record: &Record, entered: Slow) {
    match entered.way {
        Way::Word(idle) => record.word.store(idle, Ordering::Release),
        Way::SharedAndWord => {
            record.word.store(state::DEAD, Ordering::Release);
            domain.leave_shared();
        }
        Way::Shared => domain.leave_shared(),
    }
}
