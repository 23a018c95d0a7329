//! One file, written as programs do.

use std::fs::OpenOptions;
use std::io::{Seek, Write};
use std::path::Path;
use std::time::{Duration, SystemTime};

use super::harness::{Scratch, Watched, Way, every_way, pause, replace};
use super::told::{self as fs, File};

/// A file that holds "old", with a watch on it.
fn old_file(way: &Way) -> (Scratch, std::path::PathBuf, Watched) {
    let scratch = Scratch::new();
    let path = scratch.path("file.toml");
    fs::write(&path, "old").expect("written");
    let watched = Watched::file(&path, way);
    (scratch, path, watched)
}

/// Writes "new" in some way and sees nothing but that, twice.
fn sees_only_new(way: &Way, write: impl Fn(&Path, &str)) {
    let (_scratch, path, watched) = old_file(way);
    write(&path, "new");
    watched.expect("new");
    write(&path, "newer by far");
    watched.expect("newer by far");
    watched.expect_nothing_more(&path);
}

fn write_in_pieces(path: &Path, text: &str, options: &mut OpenOptions) {
    let mut file = File::open(path, options.write(true)).expect("opened");
    for piece in text.as_bytes().chunks(2) {
        file.write_all(piece).expect("a piece");
        pause(30);
    }
}

#[test]
fn written_in_place() {
    every_way(|way| sees_only_new(&way, |path, text| fs::write(path, text).expect("written")));
}

#[test]
fn truncated_and_written_in_pieces() {
    every_way(|way| {
        sees_only_new(&way, |path, text| write_in_pieces(path, text, OpenOptions::new().truncate(true)));
    });
}

#[test]
fn truncated_long_before_it_is_written() {
    every_way(|way| {
        sees_only_new(&way, |path, text| {
            let mut file = File::create(path).expect("truncated");
            pause(300);
            file.write_all(text.as_bytes()).expect("written");
        });
    });
}

#[test]
fn written_and_renamed() {
    every_way(|way| sees_only_new(&way, replace));
}

#[test]
fn vim_without_backup_copies() {
    every_way(|way| {
        sees_only_new(&way, |path, text| {
            let backup = path.with_file_name("file.toml~");
            fs::rename(path, &backup).expect("the backup");
            pause(5);
            write_in_pieces(path, text, OpenOptions::new().create_new(true));
            fs::remove_file(&backup).expect("no backup");
        });
    });
}

#[test]
fn vim_with_backup_copies() {
    every_way(|way| {
        sees_only_new(&way, |path, text| {
            // It finds out first whether it may create files here.
            let probe = path.with_file_name("4913");
            drop(File::create(&probe).expect("the probe"));
            fs::remove_file(&probe).expect("no probe");
            let backup = path.with_file_name("file.toml~");
            fs::copy(path, &backup).expect("the backup");
            write_in_pieces(path, text, OpenOptions::new().truncate(true));
            fs::remove_file(&backup).expect("no backup");
        });
    });
}

#[test]
fn nano() {
    every_way(|way| {
        sees_only_new(&way, |path, text| {
            let lock = path.with_file_name(".file.toml.swp");
            fs::write(&lock, "lock").expect("the lock");
            let mut file = File::create(path).expect("opened");
            file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).expect("written");
            drop(file);
            fs::remove_file(&lock).expect("no lock");
        });
    });
}

#[cfg(unix)]
#[test]
fn emacs() {
    every_way(|way| {
        sees_only_new(&way, |path, text| {
            // The lock is a link that leads nowhere.
            let lock = path.with_file_name(".#file.toml");
            fs::symlink("somebody@somewhere.1", &lock).expect("the lock");
            fs::rename(path, path.with_file_name("file.toml~")).expect("the backup");
            let mut file = File::create_new(path).expect("created");
            file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).expect("written");
            drop(file);
            fs::remove_file(&lock).expect("no lock");
        });
    });
}

#[test]
fn deleted_and_created_again() {
    every_way(|way| {
        sees_only_new(&way, |path, text| {
            fs::remove_file(path).expect("removed");
            pause(20);
            fs::write(path, text).expect("written");
        });
    });
}

#[test]
fn deleted_for_good_and_back_in_the_end() {
    every_way(|way| {
        let (_scratch, path, watched) = old_file(&way);
        fs::remove_file(&path).expect("removed");
        watched.expect("missing");
        fs::write(&path, "back").expect("written");
        watched.expect("back");
        watched.expect_nothing_more(&path);
    });
}

#[test]
fn written_by_somebody_who_never_closes_it() {
    every_way(|way| {
        let (_scratch, path, watched) = old_file(&way);
        let mut file = File::open(&path, OpenOptions::new().write(true)).expect("opened");
        file.write_all(b"new").expect("written");
        watched.expect("new");
        file.rewind().and_then(|()| file.write_all(b"two")).expect("written");
        watched.expect("two");
        drop(file);
        watched.expect_nothing_more(&path);
    });
}

#[test]
fn touched_without_a_change() {
    every_way(|way| {
        let (_scratch, path, watched) = old_file(&way);
        fs::write(&path, "new").expect("written");
        watched.expect("new");
        let reads = watched.watch.status().reads;
        let file = File::open(&path, OpenOptions::new().append(true)).expect("opened");
        file.set_modified(SystemTime::now() + Duration::from_secs(100)).expect("touched");
        drop(file);
        watched.wait_for_read_after(reads);
        let reads = watched.watch.status().reads;
        fs::write(&path, "new").expect("the same again");
        watched.wait_for_read_after(reads);
        watched.expect_nothing_more(&path);
    });
}

#[test]
fn written_with_the_time_of_before() {
    every_way(|way| {
        let (_scratch, path, watched) = old_file(&way);
        let time = path.metadata().and_then(|found| found.modified()).expect("a time");
        let mut file = File::open(&path, OpenOptions::new().write(true)).expect("opened");
        file.write_all(b"new").and_then(|()| file.set_modified(time)).expect("written");
        drop(file);
        watched.expect("new");
    });
}

#[test]
fn of_two_quick_writes_the_last_wins() {
    every_way(|way| {
        let (_scratch, path, watched) = old_file(&way);
        for round in 0..5 {
            for gap in [0, 1, 15] {
                fs::write(&path, "first").expect("written");
                pause(gap);
                let last = format!("last {round} {gap}");
                fs::write(&path, &last).expect("written");
                let states = watched.until(&last);
                assert!(
                    states.len() <= 2 && states.iter().all(|state| *state == last || state == "first"),
                    "{states:?}"
                );
            }
        }
        watched.expect_nothing_more(&path);
    });
}

#[test]
fn emptied_for_good() {
    every_way(|way| {
        let (_scratch, path, watched) = old_file(&way);
        drop(File::create(&path).expect("truncated"));
        watched.expect("");
        watched.expect_nothing_more(&path);
    });
}
