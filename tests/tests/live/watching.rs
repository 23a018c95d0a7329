//! Patches that are applied because their files change.

use dynpatch::prelude::*;
use dynpatch::{FileWatch, PatchOutcome, watch_patch, watch_patches};
use dynpatch_tests::{fixture, isolated, scratch_directory};
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

/// How long a file may take to be seen on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);
/// Longer than what is written and closed has to rest.
const A_WHILE: Duration = Duration::from_millis(300);

/// A watched directory, and what became of the files in it.
struct Watched {
    directory: PathBuf,
    outcomes: Receiver<(String, std::result::Result<(), ErrorCode>, u64)>,
    _watch: FileWatch,
}

impl Watched {
    fn new(directory: &Path) -> Self {
        let (sender, outcomes) = channel();
        let watch = watch_patches(directory, move |outcome: &PatchOutcome| {
            let name = outcome.path.file_name().unwrap().to_string_lossy().into_owned();
            let result = outcome.result.as_ref().map(|_| ()).map_err(PatchError::code);
            sender.send((name, result, test_app::version())).unwrap();
        });
        Self { directory: directory.to_owned(), outcomes, _watch: watch.unwrap() }
    }

    fn next(&self) -> (String, std::result::Result<(), ErrorCode>, u64) {
        self.outcomes.recv_timeout(PATIENCE).expect("something became of a file")
    }

    fn nothing_more(&self) {
        assert_eq!(self.outcomes.recv_timeout(A_WHILE), Err(RecvTimeoutError::Timeout));
    }

    /// As a careful program puts it there.
    fn put(&self, package: &str, name: &str) {
        let copy = self.directory.join(".copy");
        fs::copy(fixture(package), &copy).unwrap();
        fs::rename(copy, self.directory.join(name)).unwrap();
    }
}

#[test]
fn what_lies_in_a_directory_is_applied_in_the_order_of_names() {
    isolated("watching::what_lies_in_a_directory_is_applied_in_the_order_of_names", || {
        init().unwrap();
        assert_eq!(test_app::version(), 1);
        let directory = scratch_directory("patches");
        fs::copy(fixture("hotfix"), directory.join("20-second.so")).unwrap();
        fs::copy(fixture("same-source"), directory.join("10-first.so")).unwrap();
        fs::write(directory.join("15-text.so"), "no library").unwrap();
        fs::write(directory.join("notes.txt"), "no patch").unwrap();
        fs::write(directory.join(".hidden.so"), "no library").unwrap();
        let watched = Watched::new(&directory);
        let names: Vec<_> = (0..3).map(|_| watched.next()).map(|(name, result, _)| (name, result)).collect();
        let expected = [("10-first.so", Ok(())), ("15-text.so", Err(ErrorCode::NotAnObject)), ("20-second.so", Ok(()))];
        assert_eq!(names, expected.map(|(name, result)| (name.to_owned(), result)));
        watched.nothing_more();
        assert_eq!(history().len(), 3);
    });
}

#[test]
fn a_patch_that_is_still_being_written_is_not_touched() {
    isolated("watching::a_patch_that_is_still_being_written_is_not_touched", || {
        init().unwrap();
        let watched = Watched::new(&scratch_directory("patches"));
        let bytes = fs::read(fixture("same-source")).unwrap();
        let file = watched.directory.join("slow.so");
        let mut linker = OpenOptions::new().create(true).append(true).open(&file).unwrap();
        for piece in bytes.chunks(bytes.len() / 8) {
            linker.write_all(piece).unwrap();
            std::thread::sleep(Duration::from_millis(30));
        }
        watched.nothing_more();
        assert!(history().is_empty(), "nobody has looked into half a file: {:?}", history());
        drop(linker);
        let (name, result, version) = watched.next();
        assert_eq!((name.as_str(), result), ("slow.so", Ok(())));
        assert_ne!(version, 1, "the patch is live when its outcome is told");
        assert_eq!(history().len(), 1);
    });
}

#[test]
fn a_refused_patch_changes_nothing_and_is_tried_again_when_it_is_another() {
    isolated("watching::a_refused_patch_changes_nothing_and_is_tried_again_when_it_is_another", || {
        init().unwrap();
        let watched = Watched::new(&scratch_directory("patches"));
        watched.put("entry-error", "fix.so");
        assert_eq!(watched.next(), ("fix.so".to_owned(), Err(ErrorCode::EntryFailed), 1));
        fs::File::options().append(true).open(watched.directory.join("fix.so")).unwrap();
        filetime_now(&watched.directory.join("fix.so"));
        watched.nothing_more();
        watched.put("same-source", "fix.so");
        let (name, result, version) = watched.next();
        assert_eq!((name.as_str(), result), ("fix.so", Ok(())));
        assert_ne!(version, 1);
        fs::remove_file(watched.directory.join("fix.so")).unwrap();
        watched.nothing_more();
        assert_eq!(test_app::version(), version, "a file that goes away takes nothing with it");
    });
}

/// A touch: another time, the same content.
fn filetime_now(path: &Path) {
    fs::File::open(path).unwrap().set_modified(std::time::SystemTime::now()).unwrap();
}

#[test]
fn one_file_is_applied_whenever_it_becomes_another() {
    isolated("watching::one_file_is_applied_whenever_it_becomes_another", || {
        init().unwrap();
        let file = scratch_directory("patch").join("libpatch.so");
        fs::copy(fixture("same-source"), &file).unwrap();
        let (sender, outcomes) = channel();
        let _watch = watch_patch(&file, move |outcome: &PatchOutcome| {
            sender.send(outcome.result.is_ok()).unwrap();
        });
        assert_eq!(outcomes.recv_timeout(A_WHILE), Err(RecvTimeoutError::Timeout), "what is there now is not applied");
        assert_eq!(test_app::version(), 1);
        let other = file.with_extension("new");
        fs::copy(fixture("hotfix"), &other).unwrap();
        fs::rename(other, &file).unwrap();
        assert_eq!(outcomes.recv_timeout(PATIENCE), Ok(true));
        assert_eq!(history().len(), 1);
    });
}
