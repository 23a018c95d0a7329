//! Readers see whole values only, and the last one that was written.

use crate::support::{Folder, builder, until};
use dynpatch::config::*;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

#[derive(Debug, Deserialize)]
struct Pair {
    left: u64,
    right: u64,
    text: String,
}

impl HotConfig for Pair {}

fn pair(number: u64) -> String {
    format!("left = {number}\nright = {number}\ntext = \"{number}\"\n")
}

fn is_whole(pair: &Pair) -> bool {
    pair.left == pair.right && pair.text == pair.left.to_string()
}

#[test]
fn values_are_whole_and_the_last_one_wins() {
    let folder = Folder::new();
    let path = folder.put("a.toml", pair(0));
    let watcher = builder().file(&path).watch::<Pair>().unwrap();
    let (stop, reads) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let readers: Vec<_> = (0..4)
        .map(|number| {
            let (watcher, stop, reads) = (watcher.clone(), Arc::clone(&stop), Arc::clone(&reads));
            thread::spawn(move || read(&watcher, number % 2 == 0, &stop, &reads))
        })
        .collect();
    for number in 1..=200 {
        folder.put("a.toml", pair(number));
        if number % 20 == 0 {
            until("a value on the way", || watcher.get().left == number);
        }
    }
    until("the last value", || watcher.get().left == 200);
    until("reads", || reads.load(Ordering::Relaxed) > 10_000);
    stop.store(true, Ordering::Relaxed);
    let seen: Vec<u64> = readers.into_iter().map(|reader| reader.join().unwrap()).collect();
    assert!(seen.iter().sum::<u64>() > 4, "no reader saw a change: {seen:?}");
    let status = watcher.status();
    assert_eq!((status.refused, status.accepted, status.generation), (0, status.generation, watcher.generation()));
}

/// Returns how many generations were seen.
fn read(watcher: &ConfigWatcher<Pair>, cached: bool, stop: &AtomicBool, reads: &AtomicU64) -> u64 {
    let (mut reader, mut last, mut seen) = (watcher.reader(), 0, 0);
    while !stop.load(Ordering::Relaxed) {
        let generation = if cached {
            assert!(is_whole(reader.get()));
            reader.generation()
        } else {
            let guard = watcher.get();
            assert!(is_whole(&guard));
            Guard::generation(&guard)
        };
        assert!(generation >= last, "values never go back");
        seen += u64::from(generation > last);
        last = generation;
        reads.fetch_add(1, Ordering::Relaxed);
    }
    seen
}

#[test]
fn a_guard_keeps_what_it_holds() {
    let folder = Folder::new();
    let path = folder.put("a.toml", pair(1));
    let watcher = builder().file(&path).watch::<Pair>().unwrap();
    let (guard, kept, mut reader) = (watcher.get(), watcher.current(), watcher.reader());
    folder.put("a.toml", pair(2));
    until("the change", || reader.get().left == 2);
    assert_eq!((guard.left, kept.left, watcher.get().left), (1, 1, 2));
    assert_eq!((Guard::generation(&guard), reader.generation()), (1, 2));
}
