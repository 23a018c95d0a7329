//! What is watched on this system: files, configuration, and patches that are applied when their files change: once they are
//! whole, with the guarantees of [`reload`](crate::reload).

use crate::platform::NativeFiles;
use crate::runtime::{Applied, Runtime, runtime};
use dynpatch_interface::{ErrorCode, PatchError};
use dynpatch_watcher::config::{ConfigBuilder, ConfigError, ConfigWatcher, HotConfig};
use dynpatch_watcher::files::{
    self, Content, Digest, FileChange, FileWatch, Options, WatchError, watch_digest, watch_directory_digests,
};
use std::error::Error as _;
use std::path::{Path, PathBuf};

/// Calls back once for each whole new content of a file, which need not exist yet. What it holds now is not new.
///
/// # Errors
/// As [`FileWatch::start`].
pub fn watch(
    path: impl AsRef<Path>,
    callback: impl FnMut(&FileChange) + Send + 'static,
) -> Result<FileWatch, WatchError> {
    files::watch(NativeFiles, path, Options::default(), callback)
}

/// Watches one file, whose extension names its format.
///
/// # Errors
/// The file is refused: there is no configuration to begin with.
///
/// ```no_run
/// use dynpatch::config::*;
///
/// #[derive(Debug, Clone, Deserialize, Serialize)]
/// struct AppConfig {
///     max_connections: usize,
///     timeout_ms: u64,
/// }
///
/// impl HotConfig for AppConfig {}
///
/// let watcher = watch::<AppConfig, _>("config.toml").unwrap();
/// println!("{}", watcher.get().max_connections);
/// ```
pub fn watch_config<T: HotConfig, P: AsRef<Path>>(path: P) -> Result<ConfigWatcher<T>, ConfigError> {
    ConfigBuilder::on(NativeFiles).file(path).watch()
}

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
/// those that were found to be whole. A content is tried once, unless the file was away in between: a refused patch is tried again
/// when it is another. A patch waits for an apply that is under way. A file that goes away changes nothing: what was applied is
/// taken back by [`rollback`](crate::rollback).
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
    watch_directory_digests(
        NativeFiles,
        directory,
        extensions,
        Options::default().existing(),
        applying(runtime, callback),
    )
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
    watch_digest(NativeFiles, path, Options::default(), applying(runtime, callback))
        .map_err(|error| of_watch(path, &error))
}

fn applying(
    runtime: &'static Runtime,
    mut callback: impl FnMut(&PatchOutcome) + Send + 'static,
) -> impl FnMut(&FileChange<Digest>) -> bool + Send {
    move |change| {
        let result = match &change.content {
            Content::Missing => return true,
            Content::Whole(digest) => apply(runtime, &change.path, *digest),
            Content::Unreadable(reason) => Err(PatchError::new(ErrorCode::Io, change.path.display(), &reason.message)),
        };
        if result.as_ref().is_err_and(|error| is_for_the_moment(error.code())) {
            return false;
        }
        callback(&PatchOutcome { path: change.path.clone(), result });
        true
    }
}

/// If its bytes are those that were found to be whole.
fn apply(runtime: &Runtime, path: &Path, whole: Digest) -> Result<Applied, PatchError> {
    runtime.reload_if(path, |bytes| *blake3::hash(bytes).as_bytes() == whole.blake3)
}

/// Another apply is under way, or somebody has begun to write the file again: a moment later it is another answer.
fn is_for_the_moment(code: ErrorCode) -> bool {
    matches!(code, ErrorCode::Busy | ErrorCode::Changed | ErrorCode::NotFound)
}

fn of_watch(path: &Path, error: &WatchError) -> PatchError {
    let cause = error.source().map_or_else(|| error.to_string(), |cause| format!("{error}: {cause}"));
    PatchError::new(ErrorCode::Io, path.display(), cause)
}
