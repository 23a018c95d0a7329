//! What Linux adds to watches of files: inotify, the inode and its change time, opening without waiting for anybody, modes, and
//! directories that are synchronised.

use dynpatch_watcher::files::{EventSource, Hint, Reports, Stamp, System};
use notify::event::{AccessKind, AccessMode, EventKind, ModifyKind, RenameMode};
use notify::{ErrorKind, INotifyWatcher, RecursiveMode, Watcher};
use std::fs::{File, Metadata, OpenOptions};
use std::io;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

/// Linux, for watches of files.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct NativeFiles;

impl System for NativeFiles {
    fn listen(&self, reports: Reports) -> io::Result<Box<dyn EventSource>> {
        let pass_on = move |event: notify::Result<notify::Event>| match event {
            Ok(event) if !event.need_rescan() => {
                hints(event).into_iter().for_each(|(path, hint)| reports.happened(path, hint));
            }
            Ok(_) | Err(_) => reports.lost(),
        };
        let watcher = guarded(|| INotifyWatcher::new(pass_on, notify::Config::default()))?;
        Ok(Box::new(Inotify(Some(watcher))))
    }

    fn stamp(&self, found: &Metadata) -> Stamp {
        Stamp {
            place: [found.dev(), found.ino()],
            written: [found.mtime(), found.mtime_nsec()],
            changed: [found.ctime(), found.ctime_nsec()],
        }
    }

    fn open(&self, path: &Path) -> io::Result<File> {
        OpenOptions::new().read(true).custom_flags(libc::O_NONBLOCK | libc::O_NOCTTY).open(path)
    }

    fn create_private(&self, path: &Path) -> io::Result<File> {
        OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)
    }

    fn sync_directory(&self, directory: &Path) -> io::Result<()> {
        File::open(directory)?.sync_all()
    }
}

/// One instance of it.
struct Inotify(Option<INotifyWatcher>);

impl EventSource for Inotify {
    fn watch(&mut self, directory: &Path) -> io::Result<()> {
        let Some(watcher) = &mut self.0 else { return Err(ended()) };
        guarded(|| watcher.watch(directory, RecursiveMode::NonRecursive))
    }

    fn unwatch(&mut self, directory: &Path) {
        if let Some(watcher) = &mut self.0 {
            // The kernel forgets a directory that was removed by itself.
            _ = guarded(|| watcher.unwatch(directory));
        }
    }
}

impl Drop for Inotify {
    fn drop(&mut self) {
        let watcher = self.0.take();
        _ = guarded(|| {
            drop(watcher);
            Ok(())
        });
    }
}

/// `notify` panics where its thread has ended. That must not end the watch.
fn guarded<T>(action: impl FnOnce() -> notify::Result<T>) -> io::Result<T> {
    catch_unwind(AssertUnwindSafe(action)).map_or_else(|_| Err(ended()), |result| result.map_err(of_notify))
}

fn ended() -> io::Error {
    io::Error::other("the thread that listens has ended")
}

fn of_notify(error: notify::Error) -> io::Error {
    match error.kind {
        ErrorKind::Io(error) => error,
        ErrorKind::PathNotFound => io::ErrorKind::NotFound.into(),
        _ => io::Error::other(error),
    }
}

/// What an event says. Most say nothing: files are opened and read.
fn hints(event: notify::Event) -> Vec<(PathBuf, Hint)> {
    let mut hints = Vec::new();
    for (place, path) in event.paths.into_iter().enumerate() {
        let hint = match event.kind {
            EventKind::Modify(ModifyKind::Name(RenameMode::Both)) if place == 0 => Some(Hint::Removed),
            kind => hint(kind, &path),
        };
        hints.extend(hint.map(|hint| (path, hint)));
    }
    hints
}

fn hint(kind: EventKind, path: &Path) -> Option<Hint> {
    match kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write)) => Some(Hint::Closed),
        EventKind::Access(_) => None,
        EventKind::Create(_) if may_be_about_to_be_written(path) => Some(Hint::Created),
        EventKind::Create(_) => Some(Hint::Renamed),
        EventKind::Remove(_) | EventKind::Modify(ModifyKind::Name(RenameMode::From)) => Some(Hint::Removed),
        EventKind::Modify(ModifyKind::Name(_)) => Some(Hint::Renamed),
        EventKind::Modify(ModifyKind::Metadata(_)) => Some(Hint::Touched),
        EventKind::Modify(_) | EventKind::Any | EventKind::Other => Some(Hint::Written),
    }
}

/// Whether a name that has just appeared may be of a file that somebody is about to write: not a link, and not a second name.
fn may_be_about_to_be_written(path: &Path) -> bool {
    path.symlink_metadata().is_ok_and(|found| found.is_file() && found.nlink() < 2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use notify::event::{CreateKind, DataChange, RemoveKind};

    fn heard(kind: EventKind) -> Vec<(PathBuf, Hint)> {
        hints(notify::Event::new(kind).add_path("/nowhere/file".into()))
    }

    fn one(hint: Hint) -> Vec<(PathBuf, Hint)> {
        vec![("/nowhere/file".into(), hint)]
    }

    #[test]
    fn each_kind_has_its_meaning() {
        let renamed = |mode| heard(EventKind::Modify(ModifyKind::Name(mode)));
        assert_eq!(heard(EventKind::Access(AccessKind::Close(AccessMode::Write))), one(Hint::Closed));
        assert_eq!(heard(EventKind::Access(AccessKind::Open(AccessMode::Any))), vec![]);
        assert_eq!(heard(EventKind::Modify(ModifyKind::Data(DataChange::Any))), one(Hint::Written));
        assert_eq!(heard(EventKind::Remove(RemoveKind::File)), one(Hint::Removed));
        assert_eq!(renamed(RenameMode::From), one(Hint::Removed));
        assert_eq!(renamed(RenameMode::To), one(Hint::Renamed));
        // What is gone already is nothing that somebody is about to write.
        assert_eq!(heard(EventKind::Create(CreateKind::File)), one(Hint::Renamed));
    }

    #[test]
    fn a_rename_in_one_event_is_two_hints() {
        let event = notify::Event::new(EventKind::Modify(ModifyKind::Name(RenameMode::Both)));
        let event = event.add_path("/nowhere/old".into()).add_path("/nowhere/new".into());
        let both = vec![("/nowhere/old".into(), Hint::Removed), ("/nowhere/new".into(), Hint::Renamed)];
        assert_eq!(hints(event), both);
    }

    #[test]
    fn a_directory_that_has_gone_is_told_from_one_that_cannot_be_heard() {
        let gone = of_notify(notify::Error::io(io::Error::from_raw_os_error(libc::ENOENT)));
        assert_eq!(gone.kind(), io::ErrorKind::NotFound);
        assert_eq!(of_notify(notify::Error::path_not_found()).kind(), io::ErrorKind::NotFound);
        let full = of_notify(notify::Error::new(ErrorKind::MaxFilesWatch));
        assert!(!matches!(full.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory), "{full}");
    }
}
