//! A directory to write in, and a watch whose deliveries are waited for.

use std::fs::Metadata;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use dynpatch::config::NativeFiles;
use dynpatch_watcher::files::{Content, Contents, EventSource, FileSet, FileWatch, Options, Reports, Stamp, System};

use super::told::{self as fs, Scripted};

const DEADLINE: Duration = Duration::from_secs(10);

/// A directory that is removed in the end.
pub(crate) struct Scratch(PathBuf);

impl Scratch {
    pub(crate) fn new() -> Self {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("dynpatch-files-{}-{number}", std::process::id()));
        fs::create_dir(&path).expect("a new directory");
        Self(path)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        _ = std::fs::remove_dir_all(&self.0);
    }
}

/// How a watch hears of changes.
#[derive(Debug, Clone)]
pub(crate) struct Way {
    pub(crate) system: Heard,
    pub(crate) options: Options,
    is_heard: bool,
}

/// Who tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Heard {
    Native,
    Scripted,
}

impl Way {
    /// As the system reports changes, with no look to help out.
    pub(crate) fn native() -> Self {
        let options = Options::default().poll_interval(Duration::from_secs(3600));
        Self { system: Heard::Native, options, is_heard: true }
    }

    /// As the test reports them, with no look to help out.
    pub(crate) fn scripted() -> Self {
        Self { system: Heard::Scripted, ..Self::native() }
    }

    /// By looking only.
    pub(crate) fn polling() -> Self {
        Self { system: Heard::Native, options: Options::default().polling_only(), is_heard: false }
    }

    pub(crate) fn with(self, change: impl FnOnce(Options) -> Options) -> Self {
        Self { options: change(self.options), ..self }
    }
}

impl System for Heard {
    fn listen(&self, reports: Reports) -> io::Result<Box<dyn EventSource>> {
        match self {
            Self::Native => NativeFiles.listen(reports),
            Self::Scripted => Scripted.listen(reports),
        }
    }

    fn stamp(&self, found: &Metadata) -> Stamp {
        NativeFiles.stamp(found)
    }

    fn open(&self, path: &Path) -> io::Result<std::fs::File> {
        NativeFiles.open(path)
    }
}

/// Runs a test of the list that holds however changes are heard of, in each way at the same time.
pub(crate) fn every_way(test: fn(Way)) {
    let ways = [Way::native(), Way::scripted(), Way::polling()];
    let running = ways.map(|way| (way.clone(), thread::spawn(move || test(way))));
    let failed = running.map(|(way, thread)| thread.join().is_err().then_some(way));
    let failed: Vec<Way> = failed.into_iter().flatten().collect();
    assert!(failed.is_empty(), "{failed:?}");
}

/// A watched set.
pub(crate) struct Watched {
    pub(crate) watch: FileWatch,
    deliveries: Receiver<Contents>,
}

impl Watched {
    /// Watches the set from what it holds now.
    pub(crate) fn new(set: FileSet, way: &Way) -> Self {
        let (sender, deliveries) = mpsc::channel();
        let sink = move |contents| _ = sender.send(contents);
        let first = set.read(&NativeFiles);
        let watch = FileWatch::start(way.system, set, way.options.clone(), Some(first), sink).expect("a watch");
        let watched = Self { watch, deliveries };
        assert_eq!(watched.watch.status().native, way.is_heard, "{way:?}");
        if way.is_heard {
            // The first read and the one that confirms it: what is seen from now on was reported.
            wait_for("the end of the beginning", || watched.watch.status().reads >= 2);
        }
        watched
    }

    pub(crate) fn file(path: &Path, way: &Way) -> Self {
        Self::new(FileSet::file(path), way)
    }

    /// The next state.
    pub(crate) fn next(&self) -> Vec<String> {
        let contents = self.deliveries.recv_timeout(DEADLINE).expect("a delivery");
        contents.iter().map(|(_, content)| text(content)).collect()
    }

    /// States up to this one, which is the last that is waited for.
    pub(crate) fn until(&self, last: &str) -> Vec<String> {
        let mut states = Vec::new();
        while states.last().is_none_or(|state| state != last) {
            states.push(self.next().join(" "));
        }
        states
    }

    /// The next state is this one, and not one on the way to it.
    pub(crate) fn expect(&self, state: &str) {
        assert_eq!(self.next().join(" "), state);
    }

    /// Nothing was delivered since, and the watch goes on.
    pub(crate) fn expect_nothing_more(&self, path: &Path) {
        replace(path, "the end");
        self.expect("the end");
    }

    /// Waits until nothing is read any more, not even to confirm what was read: what is seen after this was reported.
    pub(crate) fn rest(&self) {
        loop {
            let reads = self.watch.status().reads;
            pause(2500);
            if self.watch.status().reads == reads {
                return;
            }
        }
    }

    /// Waits until files were read once more.
    pub(crate) fn wait_for_read_after(&self, reads: u64) {
        wait_for("a read", || self.watch.status().reads > reads);
    }
}

pub(crate) fn wait_for(what: &str, condition: impl Fn() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < DEADLINE, "no sign of {what}");
        thread::sleep(Duration::from_millis(2));
    }
}

/// What a file held, in words.
pub(crate) fn text(content: &Content) -> String {
    match content {
        Content::Whole(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        Content::Missing => "missing".into(),
        Content::Unreadable(why) => format!("{:?}", why.kind),
    }
}

/// Writes another file and gives it the name.
pub(crate) fn replace(path: &Path, text: &str) {
    let temporary = path.with_extension("temporary");
    fs::write(&temporary, text).expect("a temporary file");
    fs::rename(&temporary, path).expect("a rename");
}

pub(crate) fn pause(milliseconds: u64) {
    thread::sleep(Duration::from_millis(milliseconds));
}
