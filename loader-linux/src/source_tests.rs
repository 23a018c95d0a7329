use super::Source;
use crate::budget::Limits;
use dynpatch_interface::{ErrorCode, PatchError};
use rustix::fs::{MemfdFlags, memfd_create};
use std::fs::{self, File};
use std::io::{Read, Seek, Write};
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

/// A file of its own for each test, removed when dropped.
struct Scratch(PathBuf);

impl Scratch {
    fn new(bytes: &[u8]) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("dynpatch-source-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        fs::write(&path, bytes).expect("temporary files can be written");
        Self(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

/// What comes of a copy when `meanwhile` happens after the file was looked at and before it is copied, on both ways.
fn copies(meanwhile: impl Fn(&Scratch)) -> [Result<(), PatchError>; 2] {
    [false, true].map(|to_memory| {
        let scratch = Scratch::new(&[1; 100_000]);
        let source = Source::open(&scratch.0, &Limits::default()).expect("the file is there");
        meanwhile(&scratch);
        if to_memory { source.read().map(drop) } else { source.copy_to(&memory_file()) }
    })
}

fn memory_file() -> OwnedFd {
    memfd_create("test", MemfdFlags::CLOEXEC).expect("a file in memory can be made")
}

fn changed(meanwhile: impl Fn(&Scratch), how: &str) {
    for result in copies(meanwhile) {
        let error = result.expect_err("the file changed");
        assert_eq!(error.code(), ErrorCode::Changed, "{error}");
        assert!(error.cause().contains(how), "{error}");
    }
}

#[test]
fn a_file_left_alone_is_copied() {
    assert_eq!(copies(|_| ()), [Ok(()), Ok(())]);
}

#[test]
fn a_file_that_grows_is_refused() {
    let append = |scratch: &Scratch| {
        let mut file = File::options().append(true).open(&scratch.0).expect("the file is there");
        file.write_all(b"more").expect("the file can be written");
    };
    changed(append, "100000 bytes became 100004");
}

#[test]
fn a_file_that_shrinks_is_refused() {
    let truncate = |scratch: &Scratch| {
        let file = File::options().write(true).open(&scratch.0).expect("the file is there");
        file.set_len(50_000).expect("the file can be cut");
    };
    changed(truncate, "it became shorter");
}

#[test]
fn a_file_rewritten_in_place_is_refused() {
    let rewrite = |scratch: &Scratch| {
        // Beyond the granularity of the file system's clock.
        std::thread::sleep(std::time::Duration::from_millis(30));
        fs::write(&scratch.0, [2; 100_000]).expect("the file can be written");
    };
    changed(rewrite, "written to");
}

/// The way for file systems that `sendfile` cannot read.
#[test]
fn chunks_make_up_the_file() {
    let bytes: Vec<u8> = (0..200_000_u32).map(|number| number.to_le_bytes()[1]).collect();
    let scratch = Scratch::new(&bytes);
    let source = Source::open(&scratch.0, &Limits::default()).expect("the file is there");
    let to = memory_file();
    let mut left = source.length();
    while left > 0 {
        left -= source.copy_chunk_to(&to, left).expect("a chunk can be copied");
    }
    let mut copy = File::from(to);
    let mut copied = Vec::new();
    copy.rewind().and_then(|()| copy.read_to_end(&mut copied)).expect("it can be read");
    assert!(copied == bytes);
}
