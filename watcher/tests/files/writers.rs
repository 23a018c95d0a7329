//! Somebody writes a hundred times a second, for `DYNPATCH_WRITER_SECONDS` seconds: nothing torn is delivered, and the last state is.

use std::path::Path;
use std::time::{Duration, Instant};

use dynpatch_watcher::files::FileSet;

use super::harness::{Scratch, Watched, Way, every_way, pause, replace};
use super::told as fs;

fn duration() -> Duration {
    let seconds = std::env::var("DYNPATCH_WRITER_SECONDS").ok().map_or(2, |text| text.parse().expect("whole seconds"));
    Duration::from_secs(seconds)
}

/// What a state says, if it is whole: one number, many times over.
fn number(state: &str) -> u64 {
    let mut words = state.split(' ');
    let first = words.next().and_then(|word| word.parse().ok());
    let first = first.unwrap_or_else(|| panic!("torn: {state:?}"));
    assert_eq!(state, text(first), "torn");
    first
}

fn text(number: u64) -> String {
    vec![number.to_string(); 1000].join(" ")
}

/// Writes, and checks what was delivered meanwhile.
fn run(way: &Way, path: &Path, write: impl Fn(&Path, u64)) {
    // Nobody waits for the end of the storm, but for a writer that is held up.
    let watched =
        Watched::new(FileSet::file(path), &way.clone().with(|options| options.patience(Duration::from_millis(500))));
    let (start, mut last) = (Instant::now(), 0);
    while start.elapsed() < duration() {
        last += 1;
        write(path, last);
        pause(10);
    }
    let states = watched.until(&text(last));
    let numbers: Vec<u64> = states.iter().map(|state| number(state)).collect();
    assert!(numbers.is_sorted_by(|one, other| one < other), "{numbers:?}");
    assert!(last > 10 && numbers.len() > 2, "{last} writes, {numbers:?}");
    println!("{last} writes, {} deliveries", numbers.len());
    watched.expect_nothing_more(path);
}

#[test]
fn who_renames() {
    every_way(|way| {
        let scratch = Scratch::new();
        run(&way, &scratch.path("file"), |path, number| replace(path, &text(number)));
    });
}

#[test]
fn who_writes_in_place() {
    every_way(|way| {
        let scratch = Scratch::new();
        run(&way, &scratch.path("file"), |path, number| fs::write(path, text(number)).expect("written"));
    });
}

#[test]
fn who_deletes_and_creates() {
    every_way(|way| {
        let scratch = Scratch::new();
        run(&way, &scratch.path("file"), |path, number| {
            _ = fs::remove_file(path);
            fs::write(path, text(number)).expect("written");
        });
    });
}

#[cfg(unix)]
#[test]
fn who_swaps_links() {
    every_way(|way| {
        let scratch = Scratch::new();
        let link = scratch.path("..data_tmp");
        run(&way, &scratch.path("file"), |path, number| {
            let target = path.with_file_name(format!("..{number}"));
            fs::write(&target, text(number)).expect("written");
            fs::symlink(&target, &link).expect("a link");
            fs::rename(&link, path).expect("a rename");
            _ = fs::remove_file(path.with_file_name(format!("..{}", number - 1)));
        });
    });
}
