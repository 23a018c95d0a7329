//! Watches that begin, panic, and end.

use std::error::Error;
use std::fs::Metadata;
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use dynpatch::config::NativeFiles;
use dynpatch_watcher::files::{
    self, Content, EventSource, FileChange, FileSet, FileWatch, Options, Portable, Reports, Stamp, System,
};

use super::harness::{Scratch, Watched, Way, every_way, replace, text, wait_for};
use super::told as fs;

const LONG: Duration = Duration::from_secs(10);

#[test]
fn without_a_first_state_the_one_that_is_there_is_delivered() {
    every_way(|way| {
        let scratch = Scratch::new();
        let path = scratch.path("file");
        fs::write(&path, "there").expect("written");
        let (sender, receiver) = mpsc::channel();
        let sink = move |contents| _ = sender.send(contents);
        let watch = FileWatch::start(way.system, FileSet::file(&path), way.options, None, sink).expect("a watch");
        let contents = receiver.recv_timeout(LONG).expect("a delivery");
        assert_eq!(contents, FileSet::file(&path).read(&NativeFiles));
        drop(watch);
        assert!(receiver.recv().is_err(), "a dropped watch has let go of its sink");
    });
}

#[test]
fn a_panicking_sink_is_called_again() {
    let scratch = Scratch::new();
    let path = scratch.path("file");
    let (sender, receiver) = mpsc::channel();
    let watch = files::watch(NativeFiles, &path, Options::default(), move |change| {
        assert_eq!(std::thread::current().name(), Some("dynpatch-watch"));
        _ = sender.send(text(&change.content));
        assert_ne!(text(&change.content), "bad", "on purpose");
    });
    let watch = watch.expect("a watch");
    replace(&path, "bad");
    assert_eq!(receiver.recv_timeout(LONG).as_deref(), Ok("bad"));
    wait_for("the panic", || watch.status().panicked == 1);
    replace(&path, "good");
    assert_eq!(receiver.recv_timeout(LONG).as_deref(), Ok("good"));
    wait_for("two deliveries", || watch.status().delivered == 2);
    assert_eq!(watch.status().panicked, 1);
}

#[test]
fn a_watch_may_be_dropped_by_its_sink() {
    let scratch = Scratch::new();
    let path = scratch.path("file");
    let kept = Arc::new(Mutex::new(None::<FileWatch>));
    let of_sink = Arc::clone(&kept);
    let (sender, receiver) = mpsc::channel();
    let watch = files::watch(NativeFiles, &path, Options::default(), move |_| {
        let own = of_sink.lock().expect("a lock").take();
        _ = sender.send(own.is_some());
    });
    *kept.lock().expect("a lock") = Some(watch.expect("a watch"));
    replace(&path, "new");
    assert_eq!(receiver.recv_timeout(LONG), Ok(true));
    assert!(receiver.recv_timeout(LONG).is_err_and(|error| error == mpsc::RecvTimeoutError::Disconnected));
}

#[test]
fn what_is_there_at_the_start_is_a_change_only_if_asked_for() {
    every_way(|way| {
        let scratch = Scratch::new();
        let path = scratch.path("file");
        fs::write(&path, "there").expect("written");
        for existing in [false, true] {
            let options = if existing { way.options.clone().existing() } else { way.options.clone() };
            let (sender, receiver) = mpsc::channel();
            let watch = files::watch(way.system, &path, options, move |change| _ = sender.send(change.clone()));
            let watch = watch.expect("a watch");
            if existing {
                assert_eq!(receiver.recv_timeout(LONG).map(|change| text(&change.content)).as_deref(), Ok("there"));
            }
            wait_for("a read", || watch.status().reads > 0);
            replace(&path, if existing { "second" } else { "first" });
            let change = receiver.recv_timeout(LONG).expect("a change");
            assert_eq!(change.path, path);
            assert_ne!(text(&change.content), "there");
            replace(&path, "there");
        }
    });
}

#[test]
fn a_look_reads_even_what_seems_to_be_the_same() {
    let scratch = Scratch::new();
    let path = scratch.path("file");
    fs::write(&path, "old").expect("written");
    let watched = Watched::file(&path, &Way::native());
    watched.rest();
    let reads = watched.watch.status().reads;
    watched.watch.look_now();
    watched.wait_for_read_after(reads);
    watched.expect_nothing_more(&path);
}

#[test]
fn a_watch_at_rest_reads_nothing() {
    let scratch = Scratch::new();
    let path = scratch.path("file");
    fs::write(&path, "old").expect("written");
    let watched = Watched::file(&path, &Way::native().with(|options| options.poll_interval(Duration::from_millis(5))));
    // The first read, and the one that confirms it.
    watched.wait_for_read_after(1);
    let before = watched.watch.status();
    wait_for("many looks", || watched.watch.status().looks > before.looks + 100);
    assert_eq!(watched.watch.status().reads, before.reads);
}

#[test]
fn relative_paths_are_delivered_as_they_were_given() {
    let contents = FileSet::file("Cargo.toml").and_directory("src", ["rs"]).read(&NativeFiles);
    let paths: Vec<_> = contents.iter().map(|(path, _)| path.display().to_string()).collect();
    assert_eq!(paths[..2], ["Cargo.toml", "src/lib.rs"]);
    assert!(contents.iter().all(|(_, content)| matches!(content, Content::Whole(_))));
}

#[test]
fn errors_have_codes() {
    let empty =
        FileWatch::start(Portable, FileSet::default(), Options::default(), None, |_| {}).expect_err("nothing to watch");
    assert_eq!((empty.code(), empty.to_string().as_str()), ("watch-empty", "watch an empty set of files"));
    let path = files::watch(Portable, "", Options::default(), |_| {}).expect_err("no path");
    assert_eq!(path.code(), "watch-path");
    assert!(path.source().is_some());
}

#[test]
fn reports_that_are_lost_are_made_good_by_a_look() {
    let scratch = Scratch::new();
    let path = scratch.path("file");
    fs::write(&path, "old").expect("written");
    let watched = Watched::file(&path, &Way::scripted());
    watched.rest();
    std::fs::write(&path, "behind its back").expect("written");
    fs::tell_of_loss(path.parent().expect("a directory"));
    watched.expect("behind its back");
    watched.expect_nothing_more(&path);
}

/// Reports that are not dropped.
static KEPT: Mutex<Vec<Reports>> = Mutex::new(Vec::new());

/// A system that is not heard, or no longer.
#[derive(Debug, Clone, Copy)]
enum Deaf {
    AtOnce,
    AtTheFirstDirectory,
    PanickingAtOnce,
    PanickingAtTheFirstDirectory,
    EndingAtOnce,
}

impl System for Deaf {
    fn listen(&self, reports: Reports) -> io::Result<Box<dyn EventSource>> {
        match self {
            Self::AtOnce => Err(io::Error::other("no instance is left")),
            Self::PanickingAtOnce => panic!("on purpose"),
            // Its reports are dropped.
            Self::EndingAtOnce => Ok(Box::new(*self)),
            Self::AtTheFirstDirectory | Self::PanickingAtTheFirstDirectory => {
                KEPT.lock().expect("a lock").push(reports);
                Ok(Box::new(*self))
            }
        }
    }
}

impl EventSource for Deaf {
    fn watch(&mut self, _directory: &Path) -> io::Result<()> {
        match self {
            Self::PanickingAtTheFirstDirectory => panic!("on purpose"),
            Self::EndingAtOnce => Ok(()),
            _ => Err(io::Error::other("no watch is left")),
        }
    }

    fn unwatch(&mut self, _directory: &Path) {}
}

#[test]
fn where_nothing_is_reported_changes_are_looked_for() {
    use Deaf::{AtOnce, AtTheFirstDirectory, EndingAtOnce, PanickingAtOnce, PanickingAtTheFirstDirectory};

    for deaf in [AtOnce, AtTheFirstDirectory, PanickingAtOnce, PanickingAtTheFirstDirectory, EndingAtOnce] {
        let scratch = Scratch::new();
        let path = scratch.path("file");
        fs::write(&path, "old").expect("written");
        let (sender, receiver) = mpsc::channel();
        let callback = move |change: &FileChange| _ = sender.send(text(&change.content));
        let watch = files::watch(deaf, &path, Options::default(), callback).expect("a watch");
        wait_for("the end of the events", || !watch.status().native);
        replace(&path, "another");
        assert_eq!(receiver.recv_timeout(LONG).as_deref(), Ok("another"), "{deaf:?}");
    }
}

/// Panics a few times.
#[derive(Debug)]
struct Clumsily(Arc<AtomicU32>);

impl System for Clumsily {
    fn stamp(&self, found: &Metadata) -> Stamp {
        let left = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
        assert!(left.is_err(), "on purpose");
        NativeFiles.stamp(found)
    }
}

#[test]
fn a_system_that_panics_ends_nothing() {
    let scratch = Scratch::new();
    let path = scratch.path("file");
    let clumsy = Arc::new(AtomicU32::new(0));
    let (sender, receiver) = mpsc::channel();
    let callback = move |change: &FileChange| _ = sender.send(text(&change.content));
    let system = Clumsily(Arc::clone(&clumsy));
    let watch = files::watch(system, &path, Options::default(), callback).expect("a watch");
    clumsy.store(5, Ordering::Relaxed);
    replace(&path, "new");
    assert_eq!(receiver.recv_timeout(LONG).as_deref(), Ok("new"));
    assert_eq!(clumsy.load(Ordering::Relaxed), 0, "it did panic");
    drop(watch);
}
