//! When what was written counts as whole.
//!
//! A pure state machine. Into it go what happened ([`Hint`]), what a look found ([`Observation`]), and what time it is, as the time
//! since some start. It says what to do [next](Next).

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::system::Hint;

/// What a look found. Two equal ones: nothing was written in between, as far as can be told without reading.
pub(crate) trait Observation: Clone + PartialEq {
    /// What may be unfinished, compared with what was read last.
    fn doubt(&self, read: Option<&Self>) -> Doubt;
}

/// What a look found that may be a moment in the middle of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Doubt {
    None,
    /// A file has gone, and may be about to come back.
    Gone,
    /// A file has become empty, and may be about to be written.
    Empty,
}

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    /// Look.
    Look,
    /// Read.
    Read,
    /// Nothing before that time, unless something happens.
    Wait(Duration),
    /// Nothing until something happens.
    Idle,
}

/// How long to wait for what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Timing {
    pub(crate) closed: Duration,
    pub(crate) open: Duration,
    pub(crate) gone: Duration,
    /// Of a change that only looks have shown: three of them in a row must see the same, this far apart.
    pub(crate) between_looks: Duration,
    pub(crate) patience: Duration,
    /// Until a second read: what is written in the same tick of the file system's clock as a read is seen by no look.
    pub(crate) confirm: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            closed: Duration::from_millis(10),
            open: Duration::from_secs(1),
            gone: Duration::from_millis(100),
            between_looks: Duration::from_millis(200),
            patience: Duration::from_secs(5),
            confirm: Duration::from_secs(2),
        }
    }
}

/// How many looks in a row must find the same as the one before, of a change that nothing but looks has shown.
const STILL: u32 = 2;

/// What was last known to have happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cause {
    Finished,
    Gone,
    /// Nothing said so, a look shows it.
    Unexplained,
}

#[derive(Debug, Clone, Copy)]
struct Pending {
    since: Duration,
    last: Duration,
    cause: Cause,
}

/// The state of one set of files.
#[derive(Debug)]
pub(crate) struct Settle<S> {
    timing: Timing,
    /// Written to and not closed.
    open: BTreeSet<PathBuf>,
    pending: Option<Pending>,
    /// Hints were lost, so those that come now do not tell all.
    blind: bool,
    seen: Option<S>,
    looked: Option<Duration>,
    /// How many looks in a row, far enough apart, have found the same as the one before; and when the last of them was.
    still: u32,
    counted: Option<Duration>,
    /// Something has happened since the last look, which explains what the next one finds.
    explained: bool,
    read: Option<S>,
    confirm: Option<Duration>,
}

impl<S: Observation> Settle<S> {
    /// A set of which nothing is known, to be read once it rests.
    pub(crate) fn new(timing: Timing, now: Duration) -> Self {
        Self {
            timing,
            open: BTreeSet::new(),
            pending: Some(Pending { since: now, last: now, cause: Cause::Finished }),
            blind: false,
            seen: None,
            looked: None,
            still: 0,
            counted: None,
            explained: true,
            read: None,
            confirm: None,
        }
    }

    /// A set that was found by a look, with nothing said about it yet.
    pub(crate) fn found(timing: Timing, now: Duration) -> Self {
        let mut settle = Self::new(timing, now);
        settle.change(now, Cause::Unexplained);
        settle
    }

    /// Something has happened to a name.
    pub(crate) fn hint(&mut self, now: Duration, path: &Path, hint: Hint) {
        match hint {
            Hint::Written | Hint::Created => _ = self.open.insert(path.to_owned()),
            Hint::Closed | Hint::Renamed | Hint::Removed => _ = self.open.remove(path),
            Hint::Touched => {}
        }
        let cause = if hint == Hint::Removed { Cause::Gone } else { Cause::Finished };
        self.change(now, if self.blind { Cause::Unexplained } else { cause });
        self.explained = true;
    }

    /// Something may have happened to anything.
    pub(crate) fn lost(&mut self, now: Duration) {
        self.open.clear();
        self.unheard(now);
    }

    /// Something may have happened to anything before it was listened to: somebody may be writing who has said so to nobody.
    pub(crate) fn unheard(&mut self, now: Duration) {
        self.blind = true;
        self.change(now, Cause::Unexplained);
    }

    /// Somebody wants to know now: reads even if a look finds nothing new.
    pub(crate) fn ask(&mut self, now: Duration) {
        self.confirm = Some(now);
    }

    fn change(&mut self, now: Duration, cause: Cause) {
        let since = self.pending.map_or(now, |pending| pending.since);
        self.pending = Some(Pending { since, last: now, cause });
        (self.still, self.counted) = (0, None);
    }

    /// A look was taken.
    pub(crate) fn look(&mut self, now: Duration, found: S) {
        if self.seen.as_ref() != Some(&found) && !self.explained {
            self.change(now, Cause::Unexplained);
        }
        match self.counted {
            Some(counted) if now < counted + self.timing.between_looks => {}
            counted => {
                self.still += u32::from(counted.is_some() && self.seen.as_ref() == Some(&found));
                self.counted = Some(now);
            }
        }
        self.seen = Some(found);
        self.looked = Some(now);
        self.explained = false;
    }

    /// The set was read, and what two looks around that agreed on is given. Says whether what was read counts.
    pub(crate) fn read(&mut self, now: Duration, found: S) -> bool {
        if self.seen.as_ref() != Some(&found) {
            self.unrest(now, found);
            return false;
        }
        let second = self.pending.is_none();
        self.confirm = (!second).then(|| now + self.timing.confirm);
        self.pending = None;
        self.open.clear();
        self.blind = false;
        self.read = Some(found);
        true
    }

    /// What was read by the second read was new after all, so somebody writes without being seen.
    pub(crate) fn surprise(&mut self, now: Duration) {
        self.confirm.get_or_insert(now + self.timing.confirm);
    }

    /// Reading was given up: something changed each time.
    pub(crate) fn unread(&mut self, now: Duration) {
        self.change(now, Cause::Unexplained);
        self.explained = true;
        self.looked = Some(now);
    }

    fn unrest(&mut self, now: Duration, found: S) {
        self.explained = false;
        self.look(now, found);
    }

    /// What to do at that time.
    pub(crate) fn next(&self, now: Duration) -> Next {
        match self.pending {
            Some(pending) => self.next_of(pending, now),
            None => match self.confirm {
                Some(due) if due > now => Next::Wait(due),
                Some(_) if self.looked != Some(now) => Next::Look,
                Some(_) => Next::Read,
                None => Next::Idle,
            },
        }
    }

    fn next_of(&self, pending: Pending, now: Duration) -> Next {
        let due = self.due(pending);
        let fresh = self.looked == Some(now) && !self.explained;
        if self.explained {
            // What a look finds now is what the last hint speaks of. Were it different later, somebody would be writing.
            return Next::Look;
        }
        let wants_looks = pending.cause == Cause::Unexplained && self.still < STILL && !self.is_late(pending, now);
        let again = self.counted.map_or(now, |counted| counted + self.timing.between_looks);
        match () {
            () if wants_looks && now >= again => Next::Look,
            () if wants_looks => Next::Wait(again),
            () if now < due => Next::Wait(due),
            () if fresh => Next::Read,
            () => Next::Look,
        }
    }

    fn due(&self, pending: Pending) -> Duration {
        let quiet = pending.last + self.quiet(pending);
        if !self.open.is_empty() {
            // No patience makes a file whole that somebody is known to be writing.
            return quiet;
        }
        let late = pending.since + self.timing.patience;
        // Even then nothing must happen for a moment.
        quiet.min(late.max(pending.last + self.timing.closed.min(self.quiet(pending)) / self.haste()))
    }

    /// Nobody is known to be writing, so a shorter moment does when patience has come to its end.
    fn haste(&self) -> u32 {
        if self.doubt() == Doubt::None { 4 } else { 1 }
    }

    fn is_late(&self, pending: Pending, now: Duration) -> bool {
        now >= pending.since + self.timing.patience
    }

    /// A change has been waited out for less time than patience allows.
    pub(crate) fn is_settling(&self, now: Duration) -> bool {
        self.pending.is_some_and(|pending| !self.is_late(pending, now))
    }

    fn quiet(&self, pending: Pending) -> Duration {
        let known = match pending.cause {
            Cause::Finished => self.timing.closed,
            Cause::Gone => self.timing.gone,
            Cause::Unexplained => self.timing.between_looks,
        };
        let doubt = match self.doubt() {
            Doubt::None => Duration::ZERO,
            Doubt::Gone => self.timing.gone,
            Doubt::Empty => self.timing.open,
        };
        let open = if self.open.is_empty() { Duration::ZERO } else { self.timing.open };
        known.max(doubt).max(open)
    }

    fn doubt(&self) -> Doubt {
        self.seen.as_ref().map_or(Doubt::None, |seen| seen.doubt(self.read.as_ref()))
    }

    /// What the last look found, if nothing has happened since.
    pub(crate) fn at_rest(&self) -> Option<&S> {
        self.seen.as_ref().filter(|_| self.pending.is_none())
    }
}

#[cfg(test)]
mod tests;
