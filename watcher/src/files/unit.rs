//! What is delivered as one.

use std::marker::PhantomData;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::payload::{Mark, Payload, mark};
use super::reading::Contents;
use super::set::FileSet;
use super::settle::{Next, Observation, Settle};
use super::survey::{Ground, Survey};
use super::system::System;

/// Until what was not taken is delivered again.
const AGAIN: Duration = Duration::from_millis(200);

/// Files that can be looked at and read: those of the file system, or those of a test.
pub(crate) trait Source {
    /// What a look finds.
    type Seen: Observation;
    /// What reading finds.
    type State;

    /// Looks.
    fn look(&mut self) -> Self::Seen;

    /// Reads, with what looks before and after agreed on. `None`: they never did.
    fn read(&mut self) -> Option<(Self::Seen, Self::State)>;

    /// Tells states apart.
    fn mark(state: &Self::State) -> Mark;
}

/// The files of a set, in the file system.
pub(crate) struct OnDisk<B> {
    system: Arc<dyn System>,
    set: FileSet,
    /// On what it depended lately what the set is made of.
    ground: Ground,
    payload: PhantomData<fn() -> B>,
}

impl<B: Payload> OnDisk<B> {
    pub(crate) fn new(system: Arc<dyn System>, set: FileSet) -> Self {
        Self { system, set, ground: Ground::default(), payload: PhantomData }
    }

    /// On what it depends now what the set is made of.
    pub(crate) fn ground(&mut self) -> Ground {
        self.ground = Survey::of(&self.set, &*self.system).ground();
        self.ground.clone()
    }

    /// Whether what happened to that name can have changed something here.
    pub(crate) fn concerns(&self, path: &Path) -> bool {
        self.ground.concerns(path)
    }
}

impl<B: Payload> Source for OnDisk<B> {
    type Seen = Survey;
    type State = Contents<B>;

    fn look(&mut self) -> Survey {
        Survey::of(&self.set, &*self.system)
    }

    fn read(&mut self) -> Option<(Survey, Contents<B>)> {
        self.set.read_once(&*self.system)
    }

    fn mark(contents: &Contents<B>) -> Mark {
        mark(contents)
    }
}

/// One source with what is known of it.
pub(crate) struct Unit<F: Source> {
    pub(crate) files: F,
    pub(crate) settle: Settle<F::Seen>,
    /// What was delivered last.
    pub(crate) last: Option<Mark>,
    pub(crate) reads: u64,
}

/// What came of a turn.
pub(crate) enum Turn<T> {
    /// A whole new state. There is more to do.
    New(T),
    Wait(Duration),
    Idle,
}

impl<F: Source> Unit<F> {
    pub(crate) fn new(files: F, settle: Settle<F::Seen>, last: Option<Mark>) -> Self {
        Self { files, settle, last, reads: 0 }
    }

    /// Looks, whether there is cause to or not.
    pub(crate) fn look(&mut self, now: Duration) {
        let found = self.files.look();
        self.settle.look(now, found);
    }

    /// Does what there is to do at that time. If it may not read yet, it waits for the next turn.
    pub(crate) fn turn(&mut self, now: Duration, may_read: bool) -> Turn<F::State> {
        loop {
            match self.settle.next(now) {
                Next::Look => self.look(now),
                Next::Read if !may_read => return Turn::Idle,
                Next::Read => {
                    if let Some(state) = self.read(now) {
                        return Turn::New(state);
                    }
                }
                Next::Wait(until) => return Turn::Wait(until),
                Next::Idle => return Turn::Idle,
            }
        }
    }

    /// What was delivered last was not taken: it is read again a moment later, and is new then.
    pub(crate) fn again(&mut self, now: Duration) {
        self.last = None;
        self.settle.ask(now + AGAIN);
    }

    /// The state, if it is whole and another than the last.
    fn read(&mut self, now: Duration) -> Option<F::State> {
        self.reads += 1;
        let Some((seen, state)) = self.files.read() else {
            self.settle.unread(now);
            return None;
        };
        if !self.settle.read(now, seen) {
            return None;
        }
        let mark = F::mark(&state);
        let new = self.last.replace(mark) != Some(mark);
        if new {
            self.settle.surprise(now);
        }
        new.then_some(state)
    }
}

#[cfg(test)]
mod tests;
