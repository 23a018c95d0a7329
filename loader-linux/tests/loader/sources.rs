//! What is sealed, and what is refused before a byte of it is looked at.

use crate::fixture::{Scratch, patch};
use dynpatch_core::Loader;
use dynpatch_interface::{ErrorCode, PatchError};
use dynpatch_loader_linux::{Limits, NativeLoader};
use rustix::fs::{CWD, FileType, Mode, mknodat};
use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::Path;

fn refused(path: &Path) -> PatchError {
    let error = NativeLoader::new().seal(path).expect_err("this is no patch file");
    assert_eq!(error.subject(), path.display().to_string());
    error
}

#[test]
fn a_copy_has_the_bytes_of_its_source() {
    let scratch = Scratch::new();
    let source = scratch.write("patch.so", patch());
    for force_private_file in [false, true] {
        let loader = NativeLoader::with_limits(Limits { force_private_file, ..Limits::default() });
        let sealed = loader.seal(&source).expect("a file can be sealed");
        assert!(sealed.bytes() == patch());
        fs::write(&source, b"something else").expect("the source stays writable");
        assert!(sealed.bytes() == patch());
        scratch.write("patch.so", patch());
    }
}

#[test]
fn a_link_to_a_file_is_followed() {
    let scratch = Scratch::new();
    scratch.write("patch.so", patch());
    let link = scratch.path().join("link");
    symlink("patch.so", &link).expect("a link can be made");
    assert!(NativeLoader::new().seal(&link).expect("a link is followed").bytes() == patch());
}

#[test]
fn what_is_not_there_is_not_found() {
    let scratch = Scratch::new();
    let file = scratch.write("file", b"x");
    assert_eq!(refused(&scratch.path().join("missing.so")).code(), ErrorCode::NotFound);
    assert_eq!(refused(&file.join("below")).code(), ErrorCode::NotFound);
    let dangling = scratch.path().join("dangling");
    symlink("nowhere", &dangling).expect("a link can be made");
    assert_eq!(refused(&dangling).code(), ErrorCode::NotFound);
}

/// None of these may block or do anything.
#[test]
fn only_plain_files_are_opened() {
    let scratch = Scratch::new();
    let pipe = scratch.path().join("pipe");
    mknodat(CWD, &pipe, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).expect("a pipe can be made");
    let socket = scratch.path().join("socket");
    let listener = UnixListener::bind(&socket);
    let link = scratch.path().join("link");
    symlink(&pipe, &link).expect("a link can be made");
    let directory = scratch.path();
    let mut paths = vec![directory, &pipe, &link, Path::new("/dev/zero"), Path::new("/dev/null")];
    // The path of a socket may be too long to bind.
    paths.extend(listener.is_ok().then_some(socket.as_path()));
    for path in paths {
        assert_eq!(refused(path).code(), ErrorCode::NotAFile, "{}", path.display());
    }
}

#[test]
fn an_empty_file_is_refused() {
    let scratch = Scratch::new();
    assert_eq!(refused(&scratch.write("empty.so", b"")).code(), ErrorCode::Empty);
}

/// Two gibibytes without a block on disk: reading them would take long and fill memory.
#[test]
fn a_huge_file_is_refused_unread() {
    let scratch = Scratch::new();
    let path = scratch.path().join("huge.so");
    File::create(&path).and_then(|file| file.set_len(2 << 30)).expect("a sparse file can be made");
    let error = refused(&path);
    assert_eq!(error.code(), ErrorCode::TooLarge);
    assert!(error.cause().contains("2147483648") && error.cause().contains("268435456"), "{error}");
}

#[test]
fn the_limit_of_a_file_is_inclusive() {
    let scratch = Scratch::new();
    let path = scratch.write("ten", &[7; 10]);
    let seal = |max_file_bytes| NativeLoader::with_limits(Limits { max_file_bytes, ..Limits::default() }).seal(&path);
    assert_eq!(seal(10).expect("as long as allowed").bytes(), [7; 10]);
    assert_eq!(seal(9).expect_err("one too long").code(), ErrorCode::TooLarge);
}

/// A writer that never stops: each copy is refused, or is a whole version of the file that was there at one time.
#[test]
fn a_growing_file_is_never_copied_in_part() {
    use std::io::Write;
    use std::sync::atomic::{AtomicBool, Ordering};
    const RECORD: usize = 4096;
    let scratch = Scratch::new();
    let path = scratch.write("growing.so", &[1; RECORD]);
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut file = File::options().append(true).open(&path).expect("the file is there");
            let mut written = 1;
            while !stop.load(Ordering::Relaxed) && written < 4000 {
                file.write_all(&[1; RECORD]).expect("the file can be written");
                written += 1;
            }
        });
        for _ in 0..200 {
            match NativeLoader::new().seal(&path) {
                Ok(sealed) => assert_eq!(sealed.bytes().len() % RECORD, 0),
                Err(error) => assert_eq!(error.code(), ErrorCode::Changed, "{error}"),
            }
        }
        stop.store(true, Ordering::Relaxed);
    });
}
