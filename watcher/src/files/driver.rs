//! All units of a watch, turn by turn. It does not know what a clock or a thread is.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::events::Events;
use super::mailbox::{Mail, Mailbox};
use super::options::Options;
use super::payload::{Mark, Payload, mark};
use super::reading::{Content, Contents};
use super::set::{FileSet, Named};
use super::settle::{Settle, Timing};
use super::survey::{Ground, Listing, Survey};
use super::system::{Hint, System};
use super::trail::Trail;
use super::unit::{OnDisk, Source, Turn, Unit};

/// What is watched.
pub(crate) enum Subject {
    /// All files of a set as one.
    Set(FileSet),
    /// Each file of a directory for itself.
    Directory { directory: Named, extensions: Vec<OsString>, limit: Option<u64> },
}

/// What a watch has done so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Done {
    pub(crate) native: bool,
    pub(crate) looks: u64,
    pub(crate) reads: u64,
}

pub(crate) struct Driver<B: Payload> {
    system: Arc<dyn System>,
    subject: Subject,
    /// In the order of their names.
    units: BTreeMap<PathBuf, Unit<OnDisk<B>>>,
    events: Events,
    options: Options,
    timing: Timing,
    next_look: Duration,
    looks: u64,
    reads_of_gone: u64,
    /// It was said that there is no directory to watch.
    complained: bool,
}

impl<B: Payload> Driver<B> {
    /// Begins to listen. Whatever happens after this is seen, and whatever is not what `first` says.
    pub(crate) fn new(
        system: Arc<dyn System>,
        subject: Subject,
        options: Options,
        mailbox: Arc<Mailbox>,
        first: Option<Mark>,
    ) -> Self {
        let events = Events::new(Arc::clone(&system), mailbox, options.polling_only);
        let timing = options.timing();
        let mut driver = Self {
            system,
            subject,
            units: BTreeMap::new(),
            events,
            options,
            timing,
            next_look: Duration::ZERO,
            looks: 0,
            reads_of_gone: 0,
            complained: false,
        };
        driver.begin(first);
        driver
    }

    fn begin(&mut self, first: Option<Mark>) {
        if let Subject::Set(set) = &self.subject {
            let settle = match first {
                None => Settle::new(self.timing, Duration::ZERO),
                Some(_) => Settle::found(self.timing, Duration::ZERO),
            };
            self.units
                .insert(PathBuf::new(), Unit::new(OnDisk::new(Arc::clone(&self.system), set.clone()), settle, first));
        }
        // Units begin as if something may have happened.
        self.follow(Duration::ZERO);
        if self.is_directory() && !self.options.existing {
            for unit in self.units.values_mut() {
                unit.last = unit.files.read().map(|(_, contents)| mark(&contents)).or(unit.last);
            }
        }
    }

    fn is_directory(&self) -> bool {
        matches!(self.subject, Subject::Directory { .. })
    }

    pub(crate) fn done(&self) -> Done {
        let reads = self.units.values().map(|unit| unit.reads).sum::<u64>() + self.reads_of_gone;
        Done { native: self.events.are_native(), looks: self.looks, reads }
    }

    /// Does what there is to do at that time, after what has come in. Returns until when there is nothing more.
    pub(crate) fn turn(
        &mut self,
        now: Duration,
        mail: &Mail,
        deliver: &mut dyn FnMut(Contents<B>) -> bool,
    ) -> Duration {
        let look = mail.look || mail.ended || now >= self.next_look;
        let added = self.hear(now, mail, look);
        self.dispatch(now, mail, added);
        if look {
            self.look(now);
        }
        if mail.look {
            self.units.values_mut().for_each(|unit| unit.settle.ask(now));
        }
        let until = self.advance(now, deliver);
        until.unwrap_or(self.next_look).min(self.next_look)
    }

    /// Finds what there is to listen to now, and whether some of it was not listened to before.
    fn hear(&mut self, now: Duration, mail: &Mail, look: bool) -> bool {
        if mail.ended {
            self.events.end();
        }
        let names = mail.hints.iter().filter(|(_, hint)| moves_names(*hint));
        let moved: Vec<&PathBuf> = names.map(|(path, _)| path).collect();
        moved.iter().for_each(|path| self.events.moved(path));
        if mail.lost {
            self.events.lost();
        }
        (look || mail.lost || !moved.is_empty()) && self.follow(now)
    }

    fn dispatch(&mut self, now: Duration, mail: &Mail, added: bool) {
        let is_set = !self.is_directory();
        for unit in self.units.values_mut() {
            for (path, hint) in &mail.hints {
                if is_set || unit.files.concerns(path) {
                    unit.settle.hint(now, path, *hint);
                }
            }
            if mail.lost || mail.ended {
                unit.settle.lost(now);
            } else if added {
                unit.settle.unheard(now);
            }
        }
    }

    fn look(&mut self, now: Duration) {
        self.looks += 1;
        self.next_look = now + self.options.look_interval(self.events.are_native());
        self.units.values_mut().for_each(|unit| unit.look(now));
    }

    /// Each unit in turn. One that is ready waits for those before it that are still settling, so that files that come together are
    /// delivered in the order of their names.
    fn advance(&mut self, now: Duration, deliver: &mut dyn FnMut(Contents<B>) -> bool) -> Option<Duration> {
        let mut until: Option<Duration> = None;
        let mut free = true;
        for unit in self.units.values_mut() {
            loop {
                match unit.turn(now, free) {
                    Turn::New(contents) => {
                        if !deliver(contents) {
                            unit.again(now);
                        }
                    }
                    Turn::Wait(time) => {
                        until = Some(until.map_or(time, |until| until.min(time)));
                        break;
                    }
                    Turn::Idle => break,
                }
            }
            free &= !unit.settle.is_settling(now);
        }
        self.forget_the_gone();
        until
    }

    /// Watches the directories on which it depends what is there. What was added is looked at again, until nothing was. Whether
    /// something was.
    fn follow(&mut self, now: Duration) -> bool {
        for round in 0..4 {
            let ground = self.ground(now);
            if !self.events.follow(ground) {
                return round > 0;
            }
        }
        true
    }

    fn ground(&mut self, now: Duration) -> Ground {
        let Subject::Directory { directory, extensions, limit } = &self.subject else {
            return self.units.values_mut().next().map(|unit| unit.files.ground()).unwrap_or_default();
        };
        let trail = Trail::of(&directory.at, &*self.system);
        let why_none = trail.why_no_directory();
        if let Some(why) = why_none.filter(|_| !self.complained) {
            log::warn!("nothing is watched in {}: {why}", directory.given.display());
        }
        self.complained = why_none.is_some();
        let mut ground = Ground { names: trail.names.clone(), listings: Vec::new() };
        if let Some(at) = trail.directory() {
            let listing = Listing { directory: at.to_owned(), extensions: extensions.clone() };
            for name in listing.names().unwrap_or_default() {
                let named = directory.join(&name);
                let unit =
                    || new_file(Arc::clone(&self.system), named.clone(), *limit, Settle::found(self.timing, now));
                self.units.entry(named.given.clone()).or_insert_with(unit);
            }
            ground.listings.push(listing);
        }
        self.units.values_mut().for_each(|unit| ground.merge(unit.files.ground()));
        ground
    }

    /// A file that is missing, and was delivered so, is known no more.
    fn forget_the_gone(&mut self) {
        if self.is_directory() {
            let gone = self.units.extract_if(.., |_, unit| unit.settle.at_rest().is_some_and(Survey::is_missing));
            self.reads_of_gone += gone.map(|(_, unit)| unit.reads).sum::<u64>();
        }
    }
}

/// A file that was missing as far as anybody knew.
fn new_file<B: Payload>(
    system: Arc<dyn System>,
    named: Named,
    limit: Option<u64>,
    settle: Settle<Survey>,
) -> Unit<OnDisk<B>> {
    let missing = Contents::<B> { files: vec![(named.given.clone(), Content::Missing)] };
    Unit::new(OnDisk::new(system, FileSet::only(named, limit)), settle, Some(mark(&missing)))
}

/// Whether another file or directory may lie under the name now.
fn moves_names(hint: Hint) -> bool {
    matches!(hint, Hint::Created | Hint::Renamed | Hint::Removed)
}
