//! Who listens, and who is slow, panics, or goes.

use crate::support::{Folder, Limits, limits, until, until_connections};
use dynpatch::config::*;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(10);

type Seen = Arc<Mutex<Vec<(usize, usize, Vec<String>)>>>;

fn listen(watcher: &ConfigWatcher<Limits>) -> (Seen, Subscription) {
    let seen = Seen::default();
    let list = Arc::clone(&seen);
    let subscription = watcher.subscribe(move |change| {
        list.lock().unwrap().push((change.old.connections, change.new.connections, change.keys.clone()));
    });
    (seen, subscription)
}

fn write(folder: &Folder, watcher: &ConfigWatcher<Limits>, connections: usize) {
    folder.put("config.toml", format!("connections = {connections}"));
    until_connections(watcher, connections);
}

fn started() -> (Folder, ConfigWatcher<Limits>) {
    let folder = Folder::new();
    let path = folder.put("config.toml", "connections = 1");
    let watcher = limits(&path);
    write(&folder, &watcher, 2);
    (folder, watcher)
}

/// A callback that waits for a word after it has said that it was called. A test that fails lets go of `go` first, and
/// the callback ends.
fn waits(watcher: &ConfigWatcher<Limits>) -> (Subscription, Receiver<(usize, usize)>, Sender<()>) {
    let ((called, calls), (go, wait)) = (mpsc::channel(), mpsc::channel());
    let subscription = watcher.subscribe(move |change| {
        called.send((change.old.connections, change.new.connections)).unwrap();
        let _ = wait.recv();
    });
    (subscription, calls, go)
}

#[test]
fn old_new_and_keys_are_told() {
    let (folder, watcher) = started();
    let (seen, told) = listen(&watcher);
    folder.put("config.toml", "connections = 3\nname = \"x\"");
    until("the change", || !seen.lock().unwrap().is_empty());
    assert_eq!(*seen.lock().unwrap(), [(2, 3, vec!["connections".to_owned(), "name".to_owned()])]);
    drop(told);
}

#[test]
fn a_slow_subscriber_misses_what_lies_between_and_holds_up_nobody() {
    let (folder, watcher) = started();
    let (slow, calls, go) = waits(&watcher);
    let (seen, quick) = listen(&watcher);
    write(&folder, &watcher, 3);
    assert_eq!(calls.recv_timeout(PATIENCE).unwrap(), (2, 3));
    for connections in 4..=6 {
        write(&folder, &watcher, connections);
        until("the quick one", || seen.lock().unwrap().last().is_some_and(|last| last.1 == connections));
    }
    go.send(()).unwrap();
    assert_eq!(calls.recv_timeout(PATIENCE).unwrap(), (3, 6), "old is what it saw last, new is the newest");
    assert_eq!(seen.lock().unwrap().len(), 4);
    drop(go);
    drop((slow, quick));
}

#[test]
fn what_changed_back_meanwhile_is_no_change() {
    let (folder, watcher) = started();
    let (slow, calls, go) = waits(&watcher);
    write(&folder, &watcher, 3);
    assert_eq!(calls.recv_timeout(PATIENCE).unwrap(), (2, 3));
    write(&folder, &watcher, 4);
    write(&folder, &watcher, 3);
    go.send(()).unwrap();
    write(&folder, &watcher, 5);
    assert_eq!(calls.recv_timeout(PATIENCE).unwrap(), (3, 5));
    drop(go);
    drop(slow);
}

#[test]
fn a_panicking_subscriber_stays_and_harms_nobody() {
    let (folder, watcher) = started();
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    let bad = watcher.subscribe(move |_| {
        counted.fetch_add(1, Ordering::Relaxed);
        panic!("bad subscriber");
    });
    let (seen, good) = listen(&watcher);
    for connections in 3..=5 {
        write(&folder, &watcher, connections);
        until("both", || {
            count.load(Ordering::Relaxed) == connections - 2 && seen.lock().unwrap().len() == connections - 2
        });
    }
    until("three counted", || watcher.status().subscriber_panics == 3);
    drop((bad, good));
}

#[test]
fn a_dropped_subscription_is_told_nothing_more() {
    let (folder, watcher) = started();
    let (seen, gone) = listen(&watcher);
    let (other, stays) = listen(&watcher);
    write(&folder, &watcher, 3);
    until("both", || seen.lock().unwrap().len() == 1 && other.lock().unwrap().len() == 1);
    drop(gone);
    write(&folder, &watcher, 4);
    until("the other", || other.lock().unwrap().len() == 2);
    assert_eq!(seen.lock().unwrap().len(), 1);
    drop(stays);
}

#[test]
fn a_subscription_may_end_itself_and_hold_the_watcher() {
    let (folder, watcher) = started();
    let own: Arc<Mutex<Option<Subscription>>> = Arc::default();
    let (slot, handle, count) = (Arc::clone(&own), watcher.clone(), Arc::new(AtomicUsize::new(0)));
    let counted = Arc::clone(&count);
    let subscription = watcher.subscribe(move |change| {
        assert!(handle.get().connections >= change.new.connections);
        counted.fetch_add(1, Ordering::Relaxed);
        drop(slot.lock().unwrap().take());
    });
    *own.lock().unwrap() = Some(subscription);
    write(&folder, &watcher, 3);
    until("the call", || count.load(Ordering::Relaxed) == 1 && own.lock().unwrap().is_none());
    let (seen, other) = listen(&watcher);
    write(&folder, &watcher, 4);
    until("the other", || seen.lock().unwrap().len() == 1);
    assert_eq!(count.load(Ordering::Relaxed), 1);
    drop(other);
}

#[test]
fn a_subscription_keeps_the_watch_and_a_detached_one_ends_with_it() {
    let (folder, watcher) = started();
    let (seen, kept) = listen(&watcher);
    let alive = Arc::new(());
    let (held, detached_seen) = (Arc::clone(&alive), Seen::default());
    let list = Arc::clone(&detached_seen);
    watcher
        .subscribe(move |change| {
            let _ = &held;
            list.lock().unwrap().push((change.old.connections, change.new.connections, Vec::new()));
        })
        .detach();
    drop(watcher);
    folder.put("config.toml", "connections = 3");
    until("both", || seen.lock().unwrap().len() == 1 && detached_seen.lock().unwrap().len() == 1);
    assert_eq!(Arc::strong_count(&alive), 2);
    drop(kept);
    until("the detached callback is gone", || Arc::strong_count(&alive) == 1);
}
