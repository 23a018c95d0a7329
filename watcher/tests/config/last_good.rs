//! A process that is started on bad files begins with the last good ones.

use crate::support::{Folder, Limits, builder, until, until_connections};
use dynpatch::config::*;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

fn kept(folder: &Folder) -> ConfigBuilder {
    builder().file(folder.path("config.toml")).state_directory(folder.path("state"))
}

fn start(folder: &Folder) -> Result<ConfigWatcher<Limits>, ConfigError> {
    kept(folder).watch()
}

/// A state that knows 1 and then 2 connections.
fn run_once(folder: &Folder) {
    folder.put("config.toml", "connections = 1");
    let watcher = start(folder).unwrap();
    folder.put("config.toml", "connections = 2");
    until_connections(&watcher, 2);
    assert_eq!((watcher.status().origin, watcher.status().state_error), (Origin::Files, None));
}

fn slots(folder: &Folder) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder.path("state")).unwrap();
    let mut slots: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    slots.sort();
    slots
}

#[test]
fn a_bad_start_is_on_the_last_good_one() {
    let folder = Folder::new();
    run_once(&folder);
    folder.put("config.toml", "connections = \"spoilt\"");
    let watcher = start(&folder).unwrap();
    let status = watcher.status();
    assert_eq!(watcher.get().connections, 2);
    assert_eq!((status.origin, status.accepted, status.refused, status.generation), (Origin::LastGood, 0, 1, 1));
    assert_eq!(status.refusing.unwrap().code(), "config-type");
    folder.put("config.toml", "connections = 3");
    until_connections(&watcher, 3);
    let status = watcher.status();
    assert_eq!((status.origin, status.accepted, status.refused), (Origin::Files, 1, 1));
    drop(watcher);
    fs::remove_file(folder.path("config.toml")).unwrap();
    assert_eq!(start(&folder).unwrap().get().connections, 3, "what mended it is the last good one now");
}

#[test]
fn without_a_state_a_bad_start_is_an_error() {
    let folder = Folder::new();
    folder.put("config.toml", "connections = 0");
    assert_eq!(start(&folder).unwrap_err().code(), "config-invalid");
    assert!(!folder.path("state").exists(), "nothing was good, so nothing is kept");
}

#[test]
fn what_was_refused_is_not_kept() {
    let folder = Folder::new();
    run_once(&folder);
    let before: Vec<_> = slots(&folder).iter().map(|slot| fs::read(slot).unwrap()).collect();
    let watcher = start(&folder).unwrap();
    folder.put("config.toml", "connections = 0");
    until("the refusal", || watcher.status().refused == 1);
    drop(watcher);
    let after: Vec<_> = slots(&folder).iter().map(|slot| fs::read(slot).unwrap()).collect();
    assert_eq!(before, after);
    assert_eq!(after.len(), 2);
}

#[test]
fn a_torn_state_is_ignored_loudly_and_never_gives_a_wrong_value() {
    let folder = Folder::new();
    run_once(&folder);
    folder.put("config.toml", "spoilt");
    let files = slots(&folder);
    let whole: Vec<_> = files.iter().map(|slot| fs::read(slot).unwrap()).collect();
    for (number, slot) in files.iter().enumerate() {
        let length = whole[number].len();
        let cuts = (0..length).map(|cut| whole[number][..cut].to_vec());
        let flips = (0..length).step_by(5).map(|at| flipped(&whole[number], at));
        for spoilt in cuts.chain(flips) {
            fs::write(slot, &spoilt).unwrap();
            let builder = kept(&folder).polling(std::time::Duration::from_secs(60));
            let watcher = builder.watch::<Limits>().unwrap();
            assert!([1, 2].contains(&watcher.get().connections));
            assert!(watcher.status().state_error.is_some());
        }
        fs::write(slot, &whole[number]).unwrap();
    }
    for slot in &files {
        fs::write(slot, "nonsense").unwrap();
    }
    assert_eq!(start(&folder).unwrap_err().code(), "config-syntax", "the error of the files, not of the state");
    folder.put("config.toml", "connections = 7");
    let watcher = start(&folder).unwrap();
    assert_eq!(watcher.get().connections, 7, "a damaged state is no reason not to start");
    assert!(watcher.status().state_error.is_some(), "and it is said");
    folder.put("config.toml", "connections = 8");
    until_connections(&watcher, 8);
    until("a sound state", || watcher.status().state_error.is_none());
}

fn flipped(bytes: &[u8], at: usize) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes[at] ^= 1 << (at % 8);
    bytes
}

#[test]
fn a_state_that_cannot_be_written_is_said_and_refuses_nothing() {
    let folder = Folder::new();
    folder.put("state", "a file in the place of the directory");
    folder.put("config.toml", "connections = 1");
    let watcher = start(&folder).unwrap();
    assert!(watcher.status().state_error.is_some());
    folder.put("config.toml", "connections = 2");
    until_connections(&watcher, 2);
}

#[test]
fn what_could_not_be_kept_is_kept_as_soon_as_it_can_be() {
    let folder = Folder::new();
    folder.put("state", "a file in the place of the directory");
    folder.put("config.toml", "connections = 1");
    let watcher = start(&folder).unwrap();
    assert!(watcher.status().state_error.is_some());
    fs::remove_file(folder.path("state")).unwrap();
    // What is refused is not kept, but what is in force is.
    folder.put("config.toml", "connections = 0");
    until("the refusal", || watcher.status().refused == 1);
    assert_eq!(watcher.status().state_error, None);
    drop(watcher);
    assert_eq!(start(&folder).unwrap().get().connections, 1);
}

#[cfg(unix)]
#[test]
fn nobody_else_can_read_what_is_kept() {
    use std::os::unix::fs::MetadataExt;

    let folder = Folder::new();
    run_once(&folder);
    let modes: Vec<u32> = slots(&folder).iter().map(|slot| fs::metadata(slot).unwrap().mode() & 0o777).collect();
    assert_eq!(modes, [0o600, 0o600]);
}

const CHILD: &str = "CONFIG_TEST_STATE";

/// What the next test starts.
#[test]
fn child() {
    let Ok(folder) = std::env::var(CHILD) else { return };
    let folder = PathBuf::from(folder);
    let made = ConfigBuilder::new().file(folder.join("config.toml")).state_directory(folder.join("state"));
    let watcher = made.watch::<Limits>().unwrap();
    println!("<{} {:?}>", watcher.get().connections, watcher.status().origin);
    // No destructor runs.
    std::process::exit(0);
}

fn process(folder: &Folder) -> String {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "last_good::child", "--nocapture"]).env(CHILD, folder.path(""));
    String::from_utf8_lossy(&command.output().unwrap().stdout).into_owned()
}

#[test]
fn it_outlives_the_process() {
    let folder = Folder::new();
    folder.put("config.toml", "connections = 5");
    assert!(process(&folder).contains("<5 Files>"));
    folder.put("config.toml", "connections = 0");
    let said = process(&folder);
    assert!(said.contains("<5 LastGood>"), "{said}");
}
