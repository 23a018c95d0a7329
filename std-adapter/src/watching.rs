//! Patches that are applied when their files change: once they are whole, with the guarantees of [`reload`](crate::reload).

use crate::runtime::{Applied, Runtime, runtime};
use dynpatch_interface::{ErrorCode, PatchError};
use dynpatch_watcher::files::{
    Content, Digest, FileChange, FileWatch, Options, WatchError, watch_digest, watch_directory_digests,
};
use std::error::Error as _;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

/// How often, and how long after each other, a patch is tried while another apply is under way.
const ATTEMPTS: u32 = 100;
const PAUSE: Duration = Duration::from_millis(20);

/// What became of a patch that came to lie where it is watched for.
#[derive(Debug)]
#[non_exhaustive]
pub struct PatchOutcome {
    /// The file, below the directory that was given.
    pub path: PathBuf,
    /// What [`reload`](crate::reload) said to it.
    pub result: Result<Applied, PatchError>,
}

/// Applies every patch in a directory, now and whenever one comes or changes, in the order of the names of those that are ready
/// together; and tells what became of each. Files have the extension of this platform's libraries (`so`, `dll`, `dylib`) and a
/// name that does not begin with a dot; the directory need not exist yet.
///
/// A file is applied once it is whole: written and closed, or renamed, and at rest; and only if the bytes that are loaded are
/// those that were found to be whole. A content is tried once: a refused patch is tried again when it is another. A file that
/// goes away changes nothing: what was applied is taken back by [`rollback`](crate::rollback).
///
/// The callback is called on the watch's thread, which waits for it. Dropping what is returned ends the watch.
///
/// # Errors
/// `NotInitialised` without a runtime, `Io` when the directory's path cannot be made absolute or the system gives no thread.
pub fn watch_patches(
    directory: impl AsRef<Path>,
    callback: impl FnMut(&PatchOutcome) + Send + 'static,
) -> Result<FileWatch, PatchError> {
    let (runtime, directory) = (runtime()?, directory.as_ref());
    let extensions = [std::env::consts::DLL_EXTENSION];
    watch_directory_digests(directory, extensions, Options::default().existing(), applying(runtime, callback))
        .map_err(|error| of_watch(directory, &error))
}

/// The same for one file, which is not applied as it is now, but whenever it has become another: a patch that is built again
/// and again.
///
/// # Errors
/// As [`watch_patches`].
pub fn watch_patch(
    path: impl AsRef<Path>,
    callback: impl FnMut(&PatchOutcome) + Send + 'static,
) -> Result<FileWatch, PatchError> {
    let (runtime, path) = (runtime()?, path.as_ref());
    watch_digest(path, Options::default(), applying(runtime, callback)).map_err(|error| of_watch(path, &error))
}

fn applying(
    runtime: &'static Runtime,
    mut callback: impl FnMut(&PatchOutcome) + Send + 'static,
) -> impl FnMut(&FileChange<Digest>) + Send {
    move |change| {
        let result = match &change.content {
            Content::Missing => return,
            Content::Whole(digest) => apply(runtime, &change.path, *digest),
            Content::Unreadable(reason) => Err(PatchError::new(ErrorCode::Io, change.path.display(), &reason.message)),
        };
        callback(&PatchOutcome { path: change.path.clone(), result });
    }
}

/// Waits for other applies, but not for ever.
fn apply(runtime: &Runtime, path: &Path, whole: Digest) -> Result<Applied, PatchError> {
    let is_whole = |bytes: &[u8]| *blake3::hash(bytes).as_bytes() == whole.blake3;
    for _ in 1..ATTEMPTS {
        match runtime.reload_if(path, is_whole) {
            Err(error) if error.code() == ErrorCode::Busy => sleep(PAUSE),
            other => return other,
        }
    }
    runtime.reload_if(path, is_whole)
}

fn of_watch(path: &Path, error: &WatchError) -> PatchError {
    let cause = error.source().map_or_else(|| error.to_string(), |cause| format!("{error}: {cause}"));
    PatchError::new(ErrorCode::Io, path.display(), cause)
}
