//! Somebody writes a hundred times a second, for `DYNPATCH_WRITER_SECONDS` seconds, good and bad, in every way: four readers
//! see whole values only, none that is refused, and the last good one; and every refusal is counted.

use crate::support::{Folder, until};
use dynpatch::config::*;
use dynpatch_watcher::files::Options;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// Between two writes.
const PAUSE: Duration = Duration::from_millis(10);
/// All readers together.
const FEWEST_READS: u64 = 10_000_000;
/// Writes one by one, after the storm.
const COUNTED: u64 = 20;

#[derive(Debug, Deserialize)]
struct Pair {
    left: u64,
    right: u64,
}

/// No number of a write.
const WRONG: u64 = u64::MAX >> 1;

/// Nothing here asks whether the two fit together: a mixed pair would come into force, and readers would see it.
impl HotConfig for Pair {
    fn validate(&self) -> Result<(), Invalid> {
        if self.left == WRONG { Err("it is wrong".into()) } else { Ok(()) }
    }
}

fn good(number: u64) -> String {
    format!("left = {number}\nright = {number}\n")
}

fn duration() -> Duration {
    let seconds = std::env::var("DYNPATCH_WRITER_SECONDS").ok().map_or(2, |text| text.parse().expect("whole seconds"));
    Duration::from_secs(seconds)
}

/// With what the system says, and with looking only. Nobody has the patience to wait for the end of the storm, but enough for
/// a writer that is held up in the middle of a write.
fn both_ways(test: impl Fn(Options)) {
    let options = Options::default().patience(Duration::from_millis(500));
    test(options.clone());
    test(options.polling_only().poll_interval(Duration::from_millis(20)));
}

/// Reads until it is told to stop, and says how often.
fn read(watcher: &ConfigWatcher<Pair>, is_cached: bool, stop: &AtomicBool) -> u64 {
    let (mut reader, mut last, mut reads) = (watcher.reader(), 0, 0);
    while !stop.load(Ordering::Relaxed) {
        for _ in 0..100 {
            let left = if is_cached { whole(reader.get()) } else { whole(&watcher.get()) };
            assert!(left >= last, "{left} after {last}");
            last = left;
        }
        reads += 100;
    }
    reads
}

fn whole(pair: &Pair) -> u64 {
    assert_eq!(pair.left, pair.right, "torn, or refused");
    pair.left
}

/// Tells readers to stop.
struct Stop<'a>(&'a AtomicBool);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// `write` puts what is good for an even number and bad for an odd one.
fn run(watcher: &ConfigWatcher<Pair>, write: impl Fn(u64)) {
    let stop = AtomicBool::new(false);
    let (writes, reads) = thread::scope(|scope| {
        // The readers end when this does, by a panic too.
        let stopping = Stop(&stop);
        let start = |number| {
            scope.spawn({
                let stop = &stop;
                move || read(watcher, number % 2 == 0, stop)
            })
        };
        let readers: Vec<_> = (0..4).map(start).collect();
        let writes = storm(&write);
        until("the last good value", || watcher.get().left == writes);
        one_by_one(watcher, writes, &write);
        drop(stopping);
        (writes, readers.into_iter().map(|reader| reader.join().expect("a reader")).sum::<u64>())
    });
    let status = watcher.status();
    println!("{writes} writes, {} accepted, {} refused, {reads} reads", status.accepted, status.refused);
    assert!(writes >= 20 * duration().as_secs() && reads >= FEWEST_READS, "{writes} writes, {reads} reads");
    assert_eq!(status.accepted, status.generation, "each that was accepted was a generation");
}

/// Writes as fast as it goes, a good one last, and gives its number.
fn storm(write: &impl Fn(u64)) -> u64 {
    let start = Instant::now();
    let mut number = 0;
    while start.elapsed() < duration() || number % 2 == 1 {
        number += 1;
        write(number);
        thread::sleep(PAUSE);
    }
    number
}

/// Each is waited for, so each has to be counted.
fn one_by_one(watcher: &ConfigWatcher<Pair>, last: u64, write: &impl Fn(u64)) {
    let before = watcher.status();
    for number in last + 1..=last + COUNTED {
        write(number);
        let decided = number - last;
        until("a verdict", || {
            let now = watcher.status();
            now.accepted - before.accepted + now.refused - before.refused == decided
        });
    }
    let after = watcher.status();
    let counted =
        (after.accepted - before.accepted, after.refused - before.refused, after.unchanged - before.unchanged);
    assert_eq!(counted, (COUNTED / 2, COUNTED / 2, 0), "{after:?}");
    assert_eq!(watcher.get().left, last + COUNTED);
}

/// In another way each time.
fn write_a_file(folder: &Folder, path: &Path, number: u64) {
    let text = good(number);
    match number % 8 {
        0 => drop(folder.put("pair.toml", text)),
        2 => fs::write(path, text).unwrap(),
        4 => {
            fs::remove_file(path).unwrap();
            fs::write(path, text).unwrap();
        }
        6 => fs::write(path, format!("# A longer text than before.\n{text}")).unwrap(),
        1 => drop(folder.put("pair.toml", format!("left = {WRONG}\nright = {number}\n"))),
        3 => fs::write(path, &text[..text.len() / 2 - 2]).unwrap(),
        5 => drop(folder.put("pair.toml", format!("left = [{number}\n"))),
        _ => fs::write(path, format!("left = \"{number}\"\nright = {number}\n")).unwrap(),
    }
}

#[test]
fn of_one_file() {
    both_ways(|options| {
        let folder = Folder::new();
        let path = folder.put("pair.toml", good(0));
        let watcher = ConfigBuilder::new().options(options).file(&path).watch().unwrap();
        run(&watcher, |number| write_a_file(&folder, &path, number));
    });
}

/// Two files, as Kubernetes swaps them: under a link that is renamed. For an odd number the second is bad.
#[cfg(unix)]
#[test]
fn of_two_files_behind_a_link() {
    both_ways(|options| {
        let folder = Folder::new();
        let swap = |number: u64| {
            let version = folder.path(&format!("..{number}"));
            fs::create_dir_all(&version).unwrap();
            fs::write(version.join("left.toml"), format!("left = {number}\n")).unwrap();
            let right = if number.is_multiple_of(2) {
                format!("right = {number}\n")
            } else {
                format!("right = \"{number}\"\n")
            };
            fs::write(version.join("right.toml"), right).unwrap();
            let (link, fresh) = (folder.path("..data"), folder.path("..data_tmp"));
            std::os::unix::fs::symlink(format!("..{number}"), &fresh).unwrap();
            fs::rename(&fresh, &link).unwrap();
            let _ = fs::remove_dir_all(folder.path(&format!("..{}", number.wrapping_sub(1))));
        };
        swap(0);
        for name in ["left.toml", "right.toml"] {
            std::os::unix::fs::symlink(format!("..data/{name}"), folder.path(name)).unwrap();
        }
        let (left, right) = (folder.path("left.toml"), folder.path("right.toml"));
        let watcher = ConfigBuilder::new().options(options).file(left).file(right).watch().unwrap();
        run(&watcher, swap);
    });
}
