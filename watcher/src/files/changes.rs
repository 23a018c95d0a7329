//! Single files, and the files of a directory one by one.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::error::WatchError;
use super::options::Options;
use super::payload::{Digest, Payload};
use super::reading::{Content, Contents};
use super::set::FileSet;
use super::system::System;
use super::watch::FileWatch;

/// A file whose content is another than before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileChange<B = Arc<[u8]>> {
    /// Its path, as given to the watch, or below the directory that was given.
    pub path: PathBuf,
    /// What it holds now.
    pub content: Content<B>,
}

/// Calls back once for each whole new content of a file, which need not exist yet. What it holds now is not new.
///
/// # Errors
///
/// As [`FileWatch::start`].
///
/// ```
/// # let directory = std::env::temp_dir().join(format!("dynpatch-watch-{}", std::process::id()));
/// # std::fs::create_dir_all(&directory)?;
/// # let path = directory.join("greeting.txt");
/// use dynpatch_watcher::files::{self, Content, Options, Portable};
///
/// let (sender, receiver) = std::sync::mpsc::channel();
/// let callback = move |change: &files::FileChange| sender.send(change.content.clone()).unwrap();
/// let watch = files::watch(Portable, &path, Options::default(), callback)?;
/// std::fs::write(&path, "hello")?;
/// assert_eq!(receiver.recv()?, Content::Whole(b"hello".as_slice().into()));
/// # drop(watch);
/// # std::fs::remove_dir_all(&directory)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn watch(
    system: impl System,
    path: impl AsRef<Path>,
    options: Options,
    callback: impl FnMut(&FileChange) + Send + 'static,
) -> Result<FileWatch, WatchError> {
    FileWatch::start_file(Arc::new(system), FileSet::file(path.as_ref()), options, each(taking(callback)))
}

/// As [`watch`], for a file too large to be held in memory, of up to 4 GiB: what is delivered is its digest. The callback says
/// whether it has taken it: what it has not is delivered again a moment later, as it is then.
///
/// # Errors
///
/// As [`FileWatch::start`].
pub fn watch_digest(
    system: impl System,
    path: impl AsRef<Path>,
    options: Options,
    callback: impl FnMut(&FileChange<Digest>) -> bool + Send + 'static,
) -> Result<FileWatch, WatchError> {
    FileWatch::start_file(Arc::new(system), FileSet::file(path.as_ref()), options, each(callback))
}

/// Calls back once for each file of a directory whose content is new and whole, in the order of their names where several are. Files
/// have one of the extensions, which are given without their dot, and a name that does not begin with one. What the directory holds
/// now is not new; the directory need not exist yet.
///
/// Each file is waited for on its own. One that is ready waits for those before it in the order of names that are being written.
///
/// # Errors
///
/// As [`FileWatch::start`].
pub fn watch_directory(
    system: impl System,
    path: impl AsRef<Path>,
    extensions: impl IntoIterator<Item = impl Into<OsString>>,
    options: Options,
    callback: impl FnMut(&FileChange) + Send + 'static,
) -> Result<FileWatch, WatchError> {
    let set = FileSet::default().and_directory(path.as_ref(), extensions);
    FileWatch::start_directory(Arc::new(system), set, options, each(taking(callback)))
}

/// As [`watch_directory`], for files too large to be held in memory, of up to 4 GiB: what is delivered is their digest. The callback
/// says whether it has taken it, as for [`watch_digest`].
///
/// # Errors
///
/// As [`FileWatch::start`].
pub fn watch_directory_digests(
    system: impl System,
    path: impl AsRef<Path>,
    extensions: impl IntoIterator<Item = impl Into<OsString>>,
    options: Options,
    callback: impl FnMut(&FileChange<Digest>) -> bool + Send + 'static,
) -> Result<FileWatch, WatchError> {
    let set = FileSet::default().and_directory(path.as_ref(), extensions);
    FileWatch::start_directory(Arc::new(system), set, options, each(callback))
}

/// Takes a set of one file apart.
fn each<B: Payload>(
    mut callback: impl FnMut(&FileChange<B>) -> bool + Send + 'static,
) -> impl FnMut(Contents<B>) -> bool + Send {
    move |contents| contents.files.into_iter().all(|(path, content)| callback(&FileChange { path, content }))
}

/// Whoever says nothing takes everything.
fn taking<B>(mut callback: impl FnMut(&FileChange<B>) + Send + 'static) -> impl FnMut(&FileChange<B>) -> bool + Send {
    move |change| {
        callback(change);
        true
    }
}
