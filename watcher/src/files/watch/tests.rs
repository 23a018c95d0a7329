//! The whole watch against a clock that is none: nobody sleeps, and every moment is exact.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::super::system::{EventSource, Hint, Portable, Reports};
use super::*;

/// Listens, and hears what the test says.
#[derive(Debug, Default)]
struct Told(Arc<Mutex<Option<Reports>>>);

impl System for Told {
    fn listen(&self, reports: Reports) -> std::io::Result<Box<dyn EventSource>> {
        *self.0.lock().expect("a lock") = Some(reports);
        Ok(Box::new(Self::default()))
    }
}

impl EventSource for Told {
    fn watch(&mut self, _directory: &Path) -> std::io::Result<()> {
        Ok(())
    }

    fn unwatch(&mut self, _directory: &Path) {}
}

/// What somebody does at a time, and what is said of it.
type Act<'a> = (Duration, &'a dyn Fn(), Option<Hint>);

/// A clock that jumps from one thing to do to the next, and ends the watch at its end.
struct Jumping<'a> {
    now: Cell<Duration>,
    end: Duration,
    acts: RefCell<VecDeque<Act<'a>>>,
    path: PathBuf,
    reports: Arc<Mutex<Option<Reports>>>,
}

impl Clock for Jumping<'_> {
    fn now(&self) -> Duration {
        self.now.get()
    }

    fn sleep(&self, mailbox: &Mailbox, until: Duration) {
        let mut acts = self.acts.borrow_mut();
        match acts.pop_front_if(|(time, ..)| *time <= until) {
            Some((time, act, hint)) => {
                self.now.set(self.now.get().max(time));
                act();
                let reports = self.reports.lock().expect("a lock");
                reports.iter().zip(hint).for_each(|(reports, hint)| reports.happened(self.path.clone(), hint));
            }
            None if until >= self.end => mailbox.stop(),
            None => self.now.set(until),
        }
    }
}

/// A file that is removed in the end.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let directory = std::env::temp_dir().canonicalize().expect("a directory for what is temporary");
        let path = directory.join(format!("dynpatch-clock-{}-{name}", std::process::id()));
        fs::write(&path, "old").expect("written");
        Self(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        _ = fs::remove_file(&self.0);
    }
}

const fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

/// Watches the file until the end. Returns what was delivered with the time of it, and what was done.
fn run(
    told: Option<Told>,
    scratch: &Scratch,
    options: Options,
    acts: &[Act<'_>],
    end: Duration,
) -> (Vec<(Duration, String)>, Status) {
    let clock = Jumping {
        now: Cell::new(Duration::ZERO),
        end,
        acts: RefCell::new(acts.iter().copied().collect()),
        path: scratch.0.clone(),
        reports: told.as_ref().map(|told| Arc::clone(&told.0)).unwrap_or_default(),
    };
    let system: Arc<dyn System> = told.map_or_else(|| Arc::new(Portable) as Arc<dyn System>, |told| Arc::new(told));
    let set = FileSet::file(&scratch.0).placed().expect("a path");
    let first = mark(&set.read_patiently::<Arc<[u8]>>(&*system));
    let shared = Shared::default();
    let driver = Driver::<Arc<[u8]>>::new(system, Subject::Set(set), options, Arc::clone(&shared.mailbox), Some(first));
    let mut delivered = Vec::new();
    keep_on(driver, &shared, &clock, |contents| {
        let content = contents.iter().next().expect("one file").1.clone();
        delivered.push((clock.now(), format!("{content:?}")));
        true
    });
    assert!(clock.acts.borrow().is_empty(), "the end comes before all is done");
    let status = *shared.status();
    (delivered, status)
}

fn whole(text: &str) -> String {
    format!("{:?}", super::super::reading::Content::<Arc<[u8]>>::Whole(text.as_bytes().into()))
}

#[test]
fn a_day_of_looks_reads_twice() {
    let scratch = Scratch::new("day");
    let day = Duration::from_secs(24 * 60 * 60);
    let (delivered, status) = run(None, &scratch, Options::default(), &[], day);
    assert_eq!(delivered, []);
    // Five a second, and those that settle what was found at the start.
    let (looks, reads) = (status.looks, status.reads);
    assert_eq!((looks, reads, status.native), (5 * 24 * 60 * 60, 2, false));
}

#[test]
fn what_is_written_in_pieces_is_delivered_a_moment_after_it_is_closed() {
    let scratch = Scratch::new("pieces");
    let put = |text: &'static str| {
        let path = scratch.0.clone();
        move || fs::write(&path, text).expect("written")
    };
    let (one, two, three) = (put("n"), put("ne"), put("new"));
    let acts: &[Act<'_>] = &[
        (ms(10_000), &one, Some(Hint::Written)),
        (ms(10_900), &two, Some(Hint::Written)),
        (ms(11_800), &three, Some(Hint::Written)),
        (ms(11_800), &|| {}, Some(Hint::Closed)),
    ];
    let (delivered, status) = run(Some(Told::default()), &scratch, Options::default(), acts, ms(20_000));
    assert_eq!(delivered, [(ms(11_810), whole("new"))]);
    assert!(status.native);
}

#[test]
fn what_is_never_closed_is_delivered_a_second_after_it_was_written() {
    let scratch = Scratch::new("open");
    let path = scratch.0.clone();
    let put = move || fs::write(&path, "new").expect("written");
    let acts: &[Act<'_>] = &[(ms(10_000), &put, Some(Hint::Written))];
    let (delivered, _) = run(Some(Told::default()), &scratch, Options::default(), acts, ms(20_000));
    assert_eq!(delivered, [(ms(11_000), whole("new"))]);
}

#[test]
fn a_file_that_comes_back_in_time_was_never_gone() {
    let scratch = Scratch::new("back");
    let remove = || fs::remove_file(&scratch.0).expect("removed");
    let put = || fs::write(&scratch.0, "new").expect("written");
    let missing = format!("{:?}", super::super::reading::Content::<Arc<[u8]>>::Missing);
    let acts: &[Act<'_>] = &[
        (ms(10_000), &remove, Some(Hint::Removed)),
        (ms(10_099), &put, Some(Hint::Renamed)),
        (ms(15_000), &remove, Some(Hint::Removed)),
        (ms(16_000), &put, Some(Hint::Renamed)),
    ];
    let (delivered, _) = run(Some(Told::default()), &scratch, Options::default(), acts, ms(20_000));
    assert_eq!(delivered, [(ms(10_109), whole("new")), (ms(15_100), missing), (ms(16_010), whole("new"))]);
}

#[test]
fn without_events_three_looks_that_agree_are_enough() {
    let scratch = Scratch::new("looks");
    let put = || fs::write(&scratch.0, "newer").expect("written");
    let acts: &[Act<'_>] = &[(ms(10_050), &put, None)];
    let (delivered, _) = run(None, &scratch, Options::default(), acts, ms(20_000));
    assert_eq!(delivered, [(ms(10_600), whole("newer"))]);
}
