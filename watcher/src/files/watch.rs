//! The thread of a watch.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::driver::{Done, Driver, Subject};
use super::error::WatchError;
use super::mailbox::{Clock, Mailbox, SystemClock};
use super::options::Options;
use super::payload::{Payload, mark};
use super::reading::Contents;
use super::set::{FileSet, Member};
use super::system::System;
use crate::panics::caught;

/// Until a turn that panicked is tried again.
const AFTER_A_PANIC: Duration = Duration::from_millis(200);

/// Watches files on a thread of its own, named `dynpatch-watch`. Dropping it ends that: when `drop` returns, the sink is not running
/// and never will be, unless it is the sink that drops.
#[must_use = "dropping it ends the watch"]
pub struct FileWatch {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

/// What a watch has done so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Status {
    /// The system reports changes. Otherwise, they are seen by looking now and then only: nothing more is asked of a system that
    /// has refused to watch one directory.
    pub native: bool,
    /// How often all files were looked at without being read.
    pub looks: u64,
    /// How often files were read, as one set or one by one.
    pub reads: u64,
    /// How often the sink was called.
    pub delivered: u64,
    /// How often it panicked.
    pub panicked: u64,
}

#[derive(Default)]
struct Shared {
    mailbox: Arc<Mailbox>,
    status: Mutex<Status>,
}

impl FileWatch {
    /// Watches the set as one.
    ///
    /// The sink is called on the watch's thread, once for each whole state of the set whose contents differ from the last one. `first`
    /// is what the caller has read already; without it, the first call is what is there now. A sink that panics is called again for
    /// the next state.
    ///
    /// # Errors
    ///
    /// If the set is empty, if a path cannot be made absolute, or if there is no thread to be had. That the system reports no changes
    /// is no error: see [`Status::native`].
    pub fn start(
        system: impl System,
        set: FileSet,
        options: Options,
        first: Option<Contents>,
        sink: impl FnMut(Contents) + Send + 'static,
    ) -> Result<Self, WatchError> {
        let mut sink = sink;
        Self::start_set(Arc::new(system), set, options, first, move |contents| {
            sink(contents);
            true
        })
    }

    /// Watches one file. The sink says whether it has taken what it was given: what it has not comes again a moment later, as
    /// it is then.
    pub(crate) fn start_file<B: Payload>(
        system: Arc<dyn System>,
        set: FileSet,
        options: Options,
        sink: impl FnMut(Contents<B>) -> bool + Send + 'static,
    ) -> Result<Self, WatchError> {
        let first = (!options.existing).then(|| set.read_patiently(&*system));
        Self::start_set(system, set, options, first, sink)
    }

    pub(crate) fn start_set<B: Payload>(
        system: Arc<dyn System>,
        set: FileSet,
        options: Options,
        first: Option<Contents<B>>,
        sink: impl FnMut(Contents<B>) -> bool + Send + 'static,
    ) -> Result<Self, WatchError> {
        if set.members.is_empty() {
            return Err(WatchError::empty());
        }
        let set = set.placed().map_err(|(path, cause)| WatchError::path(path, cause))?;
        Self::run(system, Subject::Set(set), options, first, SystemClock::new(), sink)
    }

    /// Watches each file of a directory for itself.
    pub(crate) fn start_directory<B: Payload>(
        system: Arc<dyn System>,
        set: FileSet,
        options: Options,
        sink: impl FnMut(Contents<B>) -> bool + Send + 'static,
    ) -> Result<Self, WatchError> {
        let set = set.placed().map_err(|(path, cause)| WatchError::path(path, cause))?;
        let limit = set.limit;
        let Some(Member::Directory(directory, extensions)) = set.members.into_iter().next() else {
            return Err(WatchError::empty());
        };
        Self::run(system, Subject::Directory { directory, extensions, limit }, options, None, SystemClock::new(), sink)
    }

    fn run<B: Payload>(
        system: Arc<dyn System>,
        subject: Subject,
        options: Options,
        first: Option<Contents<B>>,
        clock: impl Clock + Send + 'static,
        sink: impl FnMut(Contents<B>) -> bool + Send + 'static,
    ) -> Result<Self, WatchError> {
        let shared = Arc::<Shared>::default();
        let first = first.map(|contents| mark(&contents));
        let driver = Driver::<B>::new(system, subject, options, Arc::clone(&shared.mailbox), first);
        shared.note(driver.done());
        let of_thread = Arc::clone(&shared);
        let thread = thread::Builder::new().name("dynpatch-watch".into());
        let thread = thread.spawn(move || keep_on(driver, &of_thread, &clock, sink)).map_err(WatchError::thread)?;
        Ok(Self { shared, thread: Some(thread) })
    }

    /// Looks at all files now, and reads them even if nothing seems to have changed. Returns at once.
    pub fn look_now(&self) {
        self.shared.mailbox.look();
    }

    /// What it has done so far.
    pub fn status(&self) -> Status {
        *self.shared.status()
    }
}

impl Drop for FileWatch {
    fn drop(&mut self) {
        self.shared.mailbox.stop();
        if let Some(thread) = self.thread.take().filter(|thread| thread.thread().id() != thread::current().id()) {
            // Panics of the sink are caught, so there is nothing to hear.
            _ = thread.join();
        }
    }
}

impl fmt::Debug for FileWatch {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("FileWatch").field("status", &self.status()).finish_non_exhaustive()
    }
}

/// What the thread does until it is told to stop.
fn keep_on<B: Payload>(
    mut driver: Driver<B>,
    shared: &Shared,
    clock: &impl Clock,
    mut sink: impl FnMut(Contents<B>) -> bool,
) {
    loop {
        let mail = shared.mailbox.take();
        if mail.stop {
            return;
        }
        let turn = caught(|| driver.turn(clock.now(), &mail, &mut |contents| shared.deliver(contents, &mut sink)));
        shared.note(driver.done());
        match turn {
            Ok(until) => clock.sleep(&shared.mailbox, until),
            Err(panic) => {
                log::error!("looking at files panicked, and is tried again: {panic}");
                clock.sleep(&shared.mailbox, clock.now() + AFTER_A_PANIC);
                shared.mailbox.lost();
            }
        }
    }
}

impl Shared {
    fn status(&self) -> std::sync::MutexGuard<'_, Status> {
        self.status.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, done: Done) {
        let mut status = self.status();
        (status.native, status.looks, status.reads) = (done.native, done.looks, done.reads);
    }

    /// Whether it was taken: by a sink that panicked too.
    fn deliver<B>(&self, contents: Contents<B>, sink: &mut impl FnMut(Contents<B>) -> bool) -> bool {
        if self.mailbox.is_stopped() {
            return true;
        }
        let outcome = caught(|| sink(contents));
        let mut status = self.status();
        status.delivered += 1;
        if outcome.is_err() {
            status.panicked += 1;
            drop(status);
            log::error!("what was to be told of changed files panicked; it will be told of the next change");
        }
        outcome.unwrap_or(true)
    }
}

#[cfg(test)]
mod tests;
