//! The file system, and a system whose events are told by whoever changes it through this module: as inotify would tell them, but
//! on the thread that makes the change, before it goes on.

use std::collections::BTreeSet;
use std::fs::{self, FileTimes, Metadata};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use dynpatch::config::NativeFiles;
use dynpatch_watcher::files::{EventSource, Hint, Reports, Stamp, System};

/// The system whose events are told.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scripted;

struct Listener {
    number: u64,
    reports: Reports,
    watched: BTreeSet<PathBuf>,
}

static LISTENERS: Mutex<Vec<Listener>> = Mutex::new(Vec::new());

fn listeners() -> MutexGuard<'static, Vec<Listener>> {
    LISTENERS.lock().unwrap_or_else(PoisonError::into_inner)
}

impl System for Scripted {
    fn listen(&self, reports: Reports) -> io::Result<Box<dyn EventSource>> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        listeners().push(Listener { number, reports, watched: BTreeSet::new() });
        Ok(Box::new(Listening(number)))
    }

    fn stamp(&self, found: &Metadata) -> Stamp {
        NativeFiles.stamp(found)
    }

    fn open(&self, path: &Path) -> io::Result<fs::File> {
        NativeFiles.open(path)
    }
}

struct Listening(u64);

impl Listening {
    fn change(&self, change: impl FnOnce(&mut BTreeSet<PathBuf>)) {
        let mut all = listeners();
        let own = all.iter_mut().find(|listener| listener.number == self.0).expect("it is dropped with its source");
        change(&mut own.watched);
    }
}

impl EventSource for Listening {
    fn watch(&mut self, directory: &Path) -> io::Result<()> {
        if !directory.metadata()?.is_dir() {
            return Err(io::ErrorKind::NotADirectory.into());
        }
        self.change(|watched| _ = watched.insert(directory.to_owned()));
        Ok(())
    }

    fn unwatch(&mut self, directory: &Path) {
        self.change(|watched| _ = watched.remove(directory));
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        listeners().retain(|listener| listener.number != self.0);
    }
}

/// Where a name lies, free of symbolic links.
fn place(path: &Path) -> Option<PathBuf> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    Some(parent.canonicalize().ok()?.join(path.file_name()?))
}

/// Tells everybody who watches its directory what happened to a name; of one that is gone also who watches what it was.
pub(crate) fn tell(path: &Path, hint: Hint) {
    let Some(place) = place(path) else { return };
    let parent = place.parent().expect("a parent");
    for listener in listeners().iter() {
        if listener.watched.contains(parent) || hint == Hint::Removed && listener.watched.contains(&place) {
            listener.reports.happened(place.clone(), hint);
        }
    }
}

/// Tells everybody who watches a directory that events were lost.
pub(crate) fn tell_of_loss(directory: &Path) {
    let directory = directory.canonicalize().expect("a directory");
    let all = listeners();
    let losing = all.iter().filter(|listener| listener.watched.contains(&directory));
    losing.for_each(|listener| listener.reports.lost());
}

/// Of a name that was changed, if it was.
fn told<T>(path: &Path, hint: Hint, outcome: io::Result<T>) -> io::Result<T> {
    outcome.inspect(|_| tell(path, hint))
}

/// As [`fs::write`].
pub(crate) fn write(path: impl AsRef<Path>, text: impl AsRef<[u8]>) -> io::Result<()> {
    File::create(path)?.write_all(text.as_ref())
}

/// As [`fs::copy`].
pub(crate) fn copy(from: impl AsRef<Path>, to: impl AsRef<Path>) -> io::Result<()> {
    write(to, fs::read(from)?)
}

/// As [`fs::rename`].
pub(crate) fn rename(from: impl AsRef<Path>, to: impl AsRef<Path>) -> io::Result<()> {
    let outcome = fs::rename(&from, &to);
    told(from.as_ref(), Hint::Removed, outcome)?;
    told(to.as_ref(), Hint::Renamed, Ok(()))
}

/// As [`fs::remove_file`].
pub(crate) fn remove_file(path: impl AsRef<Path>) -> io::Result<()> {
    told(path.as_ref(), Hint::Removed, fs::remove_file(&path))
}

/// As [`fs::remove_dir`].
pub(crate) fn remove_dir(path: impl AsRef<Path>) -> io::Result<()> {
    told(path.as_ref(), Hint::Removed, fs::remove_dir(&path))
}

/// As [`fs::remove_dir_all`].
pub(crate) fn remove_dir_all(path: impl AsRef<Path>) -> io::Result<()> {
    for entry in fs::read_dir(&path)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            remove_dir_all(entry.path())?;
        } else {
            remove_file(entry.path())?;
        }
    }
    remove_dir(path)
}

/// As [`fs::create_dir`].
pub(crate) fn create_dir(path: impl AsRef<Path>) -> io::Result<()> {
    told(path.as_ref(), Hint::Renamed, fs::create_dir(&path))
}

/// As [`fs::create_dir_all`].
pub(crate) fn create_dir_all(path: impl AsRef<Path>) -> io::Result<()> {
    let path = path.as_ref();
    if path.is_dir() {
        return Ok(());
    }
    create_dir_all(path.parent().expect("a root is a directory"))?;
    create_dir(path)
}

/// As [`std::os::unix::fs::symlink`].
#[cfg(unix)]
pub(crate) fn symlink(target: impl AsRef<Path>, link: impl AsRef<Path>) -> io::Result<()> {
    told(link.as_ref(), Hint::Renamed, std::os::unix::fs::symlink(target, &link))
}

/// A pipe with a name.
#[cfg(unix)]
pub(crate) fn pipe(path: &Path) {
    let made = std::process::Command::new("mkfifo").arg(path).status().expect("mkfifo");
    assert!(made.success());
    tell(path, Hint::Renamed);
}

/// A file that is being written.
pub(crate) struct File {
    inner: fs::File,
    path: PathBuf,
}

impl File {
    /// As [`fs::File::create`].
    pub(crate) fn create(path: impl AsRef<Path>) -> io::Result<Self> {
        Self::open(path, fs::OpenOptions::new().write(true).create(true).truncate(true))
    }

    /// As [`fs::File::create_new`].
    pub(crate) fn create_new(path: impl AsRef<Path>) -> io::Result<Self> {
        Self::open(path, fs::OpenOptions::new().write(true).create_new(true))
    }

    /// As [`fs::OpenOptions::open`].
    pub(crate) fn open(path: impl AsRef<Path>, options: &fs::OpenOptions) -> io::Result<Self> {
        let path = path.as_ref();
        let before = path.metadata().ok();
        let file = Self { inner: options.open(path)?, path: path.to_owned() };
        match before {
            None => tell(path, Hint::Created),
            Some(before) if before.len() != file.inner.metadata()?.len() => tell(path, Hint::Written),
            Some(_) => {}
        }
        Ok(file)
    }

    /// Its directory has another name now.
    pub(crate) fn moved(&mut self, path: PathBuf) {
        self.path = path;
    }

    /// As [`fs::File::set_len`].
    pub(crate) fn set_len(&self, length: u64) -> io::Result<()> {
        told(&self.path, Hint::Written, self.inner.set_len(length))
    }

    /// As [`fs::File::set_modified`].
    pub(crate) fn set_modified(&self, time: SystemTime) -> io::Result<()> {
        told(&self.path, Hint::Touched, self.inner.set_times(FileTimes::new().set_modified(time)))
    }

    /// As [`fs::File::sync_all`].
    pub(crate) fn sync_all(&self) -> io::Result<()> {
        self.inner.sync_all()
    }
}

impl Write for File {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let outcome = self.inner.write(bytes);
        told(&self.path, Hint::Written, outcome)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl Seek for File {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.inner.seek(to)
    }
}

impl Drop for File {
    fn drop(&mut self) {
        tell(&self.path, Hint::Closed);
    }
}
