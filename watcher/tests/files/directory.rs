//! The files of a directory one by one.

use std::io::Write;
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use dynpatch_watcher::files::{self, Content, Digest, FileWatch, Options};

use super::harness::{Scratch, Way, every_way, pause, replace, text};
use super::told::{self as fs, File};

const LONG: Duration = Duration::from_secs(10);

struct Changes {
    _watch: FileWatch,
    receiver: Receiver<(String, String)>,
}

impl Changes {
    fn new(scratch: &Scratch, way: Way) -> Self {
        let (sender, receiver) = mpsc::channel();
        let watch = files::watch_directory(way.system, scratch.path("patches"), ["so"], way.options, move |change| {
            let name = change.path.file_name().expect("a name").to_string_lossy().into_owned();
            _ = sender.send((name, text(&change.content)));
        });
        Self { _watch: watch.expect("a watch"), receiver }
    }

    fn expect(&self, name: &str, content: &str) {
        let next = self.receiver.recv_timeout(Duration::from_secs(10)).expect("a change");
        assert_eq!((next.0.as_str(), next.1.as_str()), (name, content));
    }
}

#[test]
fn each_file_is_delivered_when_it_is_whole() {
    every_way(|way| {
        let scratch = Scratch::new();
        let directory = scratch.path("patches");
        fs::create_dir(&directory).expect("a directory");
        fs::write(directory.join("00.so"), "there already").expect("written");
        let changes = Changes::new(&scratch, way);
        // A linker makes room first, and fills it in any order.
        let file = File::create_new(directory.join("02.so")).expect("created");
        file.set_len(4).expect("room");
        let mut file = file;
        for piece in ["c", "o", "d", "e"] {
            pause(40);
            file.write_all(piece.as_bytes()).expect("written");
        }
        drop(file);
        changes.expect("02.so", "code");
        fs::write(directory.join("notes.txt"), "not counted").expect("written");
        fs::write(directory.join(".01.so"), "not counted").expect("written");
        fs::write(directory.join("01.so"), "one").expect("written");
        changes.expect("01.so", "one");
        fs::write(directory.join("00.so"), "changed").expect("written");
        changes.expect("00.so", "changed");
        fs::remove_file(directory.join("02.so")).expect("removed");
        changes.expect("02.so", "missing");
        fs::write(directory.join("02.so"), "code").expect("written");
        changes.expect("02.so", "code");
    });
}

/// In the middle of writing, when its directory comes to be watched.
#[test]
fn a_file_that_is_being_written_in_a_new_directory_is_waited_for() {
    every_way(|way| {
        let scratch = Scratch::new();
        let directory = scratch.path("patches");
        let changes = Changes::new(&scratch, way);
        for (round, is_moved) in [false, true, false, true].into_iter().enumerate() {
            let made = if is_moved { scratch.path("elsewhere") } else { directory.clone() };
            fs::create_dir(&made).expect("a directory");
            let mut file = File::create(made.join("a.so")).expect("created");
            file.write_all(b"half").expect("written");
            if is_moved {
                fs::rename(&made, &directory).expect("a rename");
                file.moved(directory.join("a.so"));
            }
            pause(300);
            file.write_all(format!("whole {round}").as_bytes()).expect("written");
            drop(file);
            changes.expect("a.so", &format!("halfwhole {round}"));
            fs::remove_dir_all(&directory).expect("removed");
            changes.expect("a.so", "missing");
        }
    });
}

#[test]
fn files_that_come_together_are_delivered_in_the_order_of_their_names() {
    every_way(|way| {
        let scratch = Scratch::new();
        let directory = scratch.path("patches");
        let changes = Changes::new(&scratch, way);
        fs::create_dir(scratch.path("new")).expect("a directory");
        for name in ["c.so", "a.so", "b.so"] {
            fs::write(scratch.path("new").join(name), name).expect("written");
        }
        fs::rename(scratch.path("new"), &directory).expect("a rename");
        for name in ["a.so", "b.so", "c.so"] {
            changes.expect(name, name);
        }
        // The first is still being written when the second is whole.
        let mut first = File::create(directory.join("a.so")).expect("created");
        first.write_all(b"slow").expect("written");
        fs::write(directory.join("b.so"), "quick").expect("written");
        pause(100);
        first.write_all(b"ly").expect("written");
        drop(first);
        changes.expect("a.so", "slowly");
        changes.expect("b.so", "quick");
    });
}

#[test]
fn a_directory_that_is_moved_away_takes_its_files_along() {
    every_way(|way| {
        let scratch = Scratch::new();
        let directory = scratch.path("patches");
        fs::create_dir(&directory).expect("a directory");
        fs::write(directory.join("a.so"), "a").expect("written");
        let changes = Changes::new(&scratch, way.with(Options::existing));
        changes.expect("a.so", "a");
        fs::rename(&directory, scratch.path("away")).expect("away");
        changes.expect("a.so", "missing");
        fs::rename(scratch.path("away"), &directory).expect("back");
        changes.expect("a.so", "a");
        fs::write(directory.join("b.so"), "b").expect("written");
        changes.expect("b.so", "b");
    });
}

#[test]
fn large_files_are_delivered_as_digests() {
    every_way(|way| {
        let scratch = Scratch::new();
        let directory = scratch.path("patches");
        fs::create_dir(&directory).expect("a directory");
        let (sender, receiver) = mpsc::channel();
        let watch = files::watch_directory_digests(way.system, &directory, ["so"], way.options, move |change| {
            sender.send(change.content.clone()).is_ok()
        });
        let bytes: Vec<u8> = (0..40_u32 << 20).map(|place| (place >> 8) as u8).collect();
        fs::write(directory.join("large.so"), &bytes).expect("written");
        let content = receiver.recv_timeout(Duration::from_secs(60)).expect("a change");
        let digest = Digest { blake3: blake3::hash(&bytes).into(), size: bytes.len() as u64 };
        assert_eq!(content, Content::Whole(digest));
        drop(watch);
    });
}

#[test]
fn what_was_not_taken_comes_again() {
    every_way(|way| {
        let scratch = Scratch::new();
        let path = scratch.path("patch.so");
        let (sender, receiver) = mpsc::channel();
        let mut refusals = 2;
        let watch = files::watch_digest(way.system, &path, way.options, move |change| {
            _ = sender.send(change.content.clone());
            refusals -= 1;
            refusals < 0
        });
        let watch = watch.expect("a watch");
        replace(&path, "content");
        let [first, second, third] = [(); 3].map(|()| receiver.recv_timeout(LONG).expect("a delivery"));
        assert!(matches!(&first, Content::Whole(digest) if digest.size == 7), "{first:?}");
        assert_eq!((&second, &third), (&first, &first));
        // It was taken: the next delivery is another.
        replace(&path, "another");
        assert_ne!(receiver.recv_timeout(LONG).expect("a delivery"), first);
        drop(watch);
    });
}
