//! Where the watch's thread hears of what happened, and the clock it goes by.

use std::mem;
use std::path::PathBuf;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::system::Hint;

/// More unread hints than this are as good as none: everything is looked at instead.
const MOST: usize = 4096;

/// What has come in for the watch's thread.
#[derive(Debug, Default)]
pub(crate) struct Mailbox {
    mail: Mutex<Mail>,
    bell: Condvar,
}

/// What is in it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Mail {
    pub(crate) hints: Vec<(PathBuf, Hint)>,
    /// Hints were lost.
    pub(crate) lost: bool,
    /// Nothing more will be heard.
    pub(crate) ended: bool,
    /// Somebody wants a look now.
    pub(crate) look: bool,
    pub(crate) stop: bool,
}

impl Mail {
    fn is_empty(&self) -> bool {
        self.hints.is_empty() && !self.lost && !self.ended && !self.look && !self.stop
    }
}

impl Mailbox {
    pub(crate) fn hint(&self, path: PathBuf, hint: Hint) {
        self.put(|mail| match mail.hints.last() {
            // A large file is written in many pieces.
            Some((last, Hint::Written)) if hint == Hint::Written && *last == path => {}
            _ if mail.hints.len() >= MOST => {
                mail.hints.clear();
                mail.lost = true;
            }
            _ => mail.hints.push((path, hint)),
        });
    }

    pub(crate) fn lost(&self) {
        self.put(|mail| mail.lost = true);
    }

    pub(crate) fn ended(&self) {
        self.put(|mail| mail.ended = true);
    }

    pub(crate) fn look(&self) {
        self.put(|mail| mail.look = true);
    }

    pub(crate) fn stop(&self) {
        self.put(|mail| mail.stop = true);
    }

    fn put(&self, change: impl FnOnce(&mut Mail)) {
        change(&mut self.open());
        self.bell.notify_all();
    }

    fn open(&self) -> MutexGuard<'_, Mail> {
        self.mail.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes what is there.
    pub(crate) fn take(&self) -> Mail {
        mem::take(&mut self.open())
    }

    pub(crate) fn is_stopped(&self) -> bool {
        self.open().stop
    }

    /// Sleeps until there is something, for at most that long.
    fn sleep(&self, longest: Duration) {
        let mail = self.open();
        drop(self.bell.wait_timeout_while(mail, longest, |mail| mail.is_empty()));
    }
}

/// What tells the time, and lets it pass.
pub(crate) trait Clock {
    /// The time since some start.
    fn now(&self) -> Duration;

    /// Sleeps until that time, or until something is in the mailbox.
    fn sleep(&self, mailbox: &Mailbox, until: Duration);
}

/// The system's.
pub(crate) struct SystemClock(Instant);

impl SystemClock {
    pub(crate) fn new() -> Self {
        Self(Instant::now())
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Duration {
        self.0.elapsed()
    }

    fn sleep(&self, mailbox: &Mailbox, until: Duration) {
        mailbox.sleep(until.saturating_sub(self.now()));
    }
}
