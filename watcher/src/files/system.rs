//! What a system adds to the standard library: who says that something has changed, what tells files apart, and how they are kept.
//! Looking now and then needs nothing of it.

use std::fmt;
use std::fs::{File, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::SystemTime;

use super::mailbox::Mailbox;
use super::survey::Ground;

/// A system, as far as watches need it. What is provided is what the standard library tells on every system.
pub trait System: fmt::Debug + Send + Sync + 'static {
    /// Begins to listen. Nothing is heard before a directory is [watched](EventSource::watch).
    ///
    /// # Errors
    ///
    /// The system cannot be heard, for the reason that is given: the files are looked at now and then instead.
    fn listen(&self, reports: Reports) -> io::Result<Box<dyn EventSource>> {
        _ = reports;
        Err(io::ErrorKind::Unsupported.into())
    }

    /// Tells a file apart, by what was found about it without reading.
    fn stamp(&self, found: &Metadata) -> Stamp {
        Stamp { place: [0; 2], written: moment(found.modified()), changed: moment(found.created()) }
    }

    /// Opens a file for reading. Where it can be told to, it waits for nobody at the other end of what turns out to be a pipe.
    ///
    /// # Errors
    ///
    /// As [`File::open`].
    fn open(&self, path: &Path) -> io::Result<File> {
        File::open(path)
    }

    /// Creates a file to be written, or empties it. Where it can be told to, no other user can read it.
    ///
    /// # Errors
    ///
    /// As [`File::create`].
    fn create_private(&self, path: &Path) -> io::Result<File> {
        File::create(path)
    }

    /// Waits until the names in a directory are on the disk, where that can be asked for.
    ///
    /// # Errors
    ///
    /// They may not be.
    fn sync_directory(&self, directory: &Path) -> io::Result<()> {
        _ = directory;
        Ok(())
    }
}

/// What the standard library does on every system: it tells of no events, and files apart by their times and lengths. Of two files
/// with the same times and length it takes one for the other. What it keeps, others may read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Portable;

impl System for Portable {}

/// Who says that something has changed, in the directories that are watched. Dropping it ends that.
pub trait EventSource: Send {
    /// Watches what happens to the names in a directory, not below it, and whether the directory itself is
    /// [removed](Hint::Removed): deleted, or moved to another name. The path is free of symbolic links; reports name what they
    /// speak of by it.
    ///
    /// # Errors
    ///
    /// [`NotFound`](io::ErrorKind::NotFound) and [`NotADirectory`](io::ErrorKind::NotADirectory): the directory has gone
    /// meanwhile. With anything else the system is not listened to any longer.
    fn watch(&mut self, directory: &Path) -> io::Result<()>;

    /// Watches a directory no longer, which may have gone.
    fn unwatch(&mut self, directory: &Path);
}

/// Which file something is and whether it was written since, as far as a system tells without reading. Two equal ones, a moment
/// apart, of files of one length: the same file with the same bytes, as far as the file system's clock can tell.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stamp {
    /// The file system, and the number of the file in it, where there are such.
    pub place: [u64; 2],
    /// When it was written, in seconds and nanoseconds.
    pub written: [i64; 2],
    /// When anything about it was changed, which nobody can set back. Of a system without that: when it was created.
    pub changed: [i64; 2],
}

/// What happened to a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hint {
    /// Something was written, by somebody who has not closed the file yet.
    Written,
    /// The name has appeared, and its file may be about to be written.
    Created,
    /// Who had written to it has closed it.
    Closed,
    /// Something that was made elsewhere has come to have this name; or something that nobody writes, as a directory or a link.
    Renamed,
    /// Its times or its permissions were changed.
    Touched,
    /// The name is gone.
    Removed,
}

/// Where an event source says what it has heard, from whatever thread. Dropping it says that nothing more will be heard: from
/// then on the files are looked at now and then.
pub struct Reports {
    pub(crate) ground: Arc<RwLock<Ground>>,
    pub(crate) mailbox: Arc<Mailbox>,
}

impl Reports {
    /// Something happened to a name in a watched directory. What is of no concern is passed over.
    pub fn happened(&self, path: PathBuf, hint: Hint) {
        let concerns = self.ground.read().unwrap_or_else(PoisonError::into_inner).concerns(&path);
        if concerns {
            self.mailbox.hint(path, hint);
        }
    }

    /// Reports were lost: anything may have happened.
    pub fn lost(&self) {
        self.mailbox.lost();
    }
}

impl Drop for Reports {
    fn drop(&mut self) {
        self.mailbox.ended();
    }
}

impl fmt::Debug for Reports {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Reports").finish_non_exhaustive()
    }
}

fn moment(time: io::Result<SystemTime>) -> [i64; 2] {
    let since = time.ok().and_then(|time| time.duration_since(SystemTime::UNIX_EPOCH).ok()).unwrap_or_default();
    [i64::try_from(since.as_secs()).unwrap_or(i64::MAX), i64::from(since.subsec_nanos())]
}
