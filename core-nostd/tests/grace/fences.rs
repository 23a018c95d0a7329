//! The two fences between a reader and the updater, and how they are modelled.

use super::checker::{AtomicUsize, Ordering, fence};
use dynpatch_core::grace::{Record, System};
use std::cell::Cell;
use std::sync::atomic::AtomicBool;

/// Who fences.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fences {
    /// Both halves are full fences of the system.
    Symmetric,
    /// The system has no barrier: readers know, and fence by themselves.
    Own,
    /// Readers have nothing at all. The updater asks each of them for a fence, which it runs between any two steps, as a
    /// processor answers an interrupt. This is what a process-wide barrier really does.
    Interrupt,
}

impl Fences {
    pub const ALL: [Self; 3] = [Self::Symmetric, Self::Own, Self::Interrupt];
}

/// The line on which the updater interrupts a reader.
pub struct Line {
    requested: AtomicUsize,
    acknowledged: AtomicUsize,
    // The next two are no part of the model: to look at them neither orders anything nor lets another thread run. So they
    // cannot hide a bug, as a fence that every reader runs at its end would.
    has_answered: AtomicBool,
    has_ended: AtomicBool,
}

impl Line {
    pub fn new() -> Self {
        Self {
            requested: AtomicUsize::new(0),
            acknowledged: AtomicUsize::new(0),
            has_answered: AtomicBool::new(false),
            has_ended: AtomicBool::new(false),
        }
    }

    /// A point at which the interrupt may land.
    fn interrupt(&self) {
        if !self.has_answered.load(Ordering::Relaxed) && self.requested.load(Ordering::Relaxed) != 0 {
            fence(Ordering::SeqCst);
            self.acknowledged.store(1, Ordering::Relaxed);
            self.has_answered.store(true, Ordering::Relaxed);
        }
    }

    /// The reader's thread ends. If it has not been interrupted by then it is switched out, which is a fence. An
    /// execution in which the request came before has the interrupt instead, at any earlier point.
    fn end(&self) {
        self.interrupt();
        if !self.has_answered.load(Ordering::Relaxed) {
            fence(Ordering::SeqCst);
            self.has_ended.store(true, Ordering::Relaxed);
        }
    }

    fn request(&self) {
        self.requested.store(1, Ordering::Relaxed);
    }

    fn is_answered(&self) -> bool {
        self.has_ended.load(Ordering::Relaxed) || self.acknowledged.load(Ordering::Relaxed) != 0
    }
}

/// What a reader's thread has of the system.
pub struct ReaderSystem<'a> {
    pub fences: Fences,
    pub line: &'a Line,
    /// Whether the thread is ending already when it is first asked.
    pub is_ending: bool,
    /// Before which step a signal comes, and what its handler does.
    pub signal: Option<(usize, &'a dyn Fn())>,
    pub steps: Cell<usize>,
}

impl ReaderSystem<'_> {
    pub fn end(&self) {
        if self.fences == Fences::Interrupt {
            self.line.end();
        }
    }
}

impl System for ReaderSystem<'_> {
    fn light(&self) {
        assert_ne!(self.fences, Fences::Own, "a reader without a barrier has left its fence to one");
        if self.fences == Fences::Symmetric {
            fence(Ordering::SeqCst);
        }
    }

    fn heavy(&self) -> bool {
        unreachable!("a reader runs no barrier")
    }

    fn adopt(&self, _: &'static Record) -> bool {
        !self.is_ending
    }

    fn step(&self) {
        let step = self.steps.replace(self.steps.get() + 1);
        if let Some((at, handler)) = self.signal
            && at == step
        {
            handler();
        }
        if self.fences == Fences::Interrupt {
            self.line.interrupt();
        }
    }
}

/// What the updater has of the system: the lines of all readers that run.
pub struct UpdaterSystem<'a> {
    pub fences: Fences,
    pub lines: Vec<&'a Line>,
}

impl System for UpdaterSystem<'_> {
    fn light(&self) {
        unreachable!("the updater enters nothing")
    }

    /// Does not wait for answers, since that would hide executions: the answer has come, or this execution tells nothing.
    fn heavy(&self) -> bool {
        fence(Ordering::SeqCst);
        if self.fences == Fences::Interrupt {
            self.lines.iter().for_each(|line| line.request());
            if !self.lines.iter().all(|line| line.is_answered()) {
                return false;
            }
            fence(Ordering::SeqCst);
        }
        true
    }

    fn adopt(&self, _: &'static Record) -> bool {
        unreachable!("the updater enters nothing")
    }
}
