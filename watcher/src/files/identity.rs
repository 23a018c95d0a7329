//! Which file something is, and whether it was written since, as far as the system tells without reading. The only file that
//! differs between systems.

use std::fs::{File, Metadata, OpenOptions};
use std::io;
use std::path::Path;

/// Two equal ones, a moment apart, are the same file with the same bytes, as far as the file system's clock can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Identity {
    /// The file system and the number in it, where there are such.
    pub(crate) place: [u64; 2],
    pub(crate) kind: Kind,
    size: u64,
    written: [i64; 2],
    /// When anything about it was changed, which nobody can set back. Of a system without that: when it was created.
    changed: [i64; 2],
}

/// What something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    File,
    Directory,
    Link,
    /// A pipe, a socket, a device.
    Other,
}

impl Identity {
    pub(crate) fn of(metadata: &Metadata) -> Self {
        let mut identity = system::identity(metadata, kind(metadata));
        if matches!(identity.kind, Kind::Directory | Kind::Other) {
            // What happens in a directory, or goes through a pipe, makes no other one of it.
            (identity.size, identity.written, identity.changed) = (0, [0; 2], [0; 2]);
        }
        identity
    }

    pub(crate) fn is_empty_file(&self) -> bool {
        self.kind == Kind::File && self.size == 0
    }

    pub(crate) fn size(&self) -> u64 {
        self.size
    }
}

fn kind(metadata: &Metadata) -> Kind {
    let kind = metadata.file_type();
    match () {
        () if kind.is_symlink() => Kind::Link,
        () if kind.is_file() => Kind::File,
        () if kind.is_dir() => Kind::Directory,
        () => Kind::Other,
    }
}

/// Opens for reading, without ever waiting for somebody at the other end.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    system::without_waiting(options.read(true)).open(path)
}

/// Whether a name that has just appeared may be of a file that somebody is about to write: not a link, and not a second name.
pub(crate) fn may_be_about_to_be_written(path: &Path) -> bool {
    path.symlink_metadata().is_ok_and(|found| found.is_file() && system::names(&found) < 2)
}

#[cfg(unix)]
mod system {
    use std::fs::{Metadata, OpenOptions};
    use std::os::unix::fs::{MetadataExt, OpenOptionsExt};

    use super::{Identity, Kind};

    pub(super) fn identity(found: &Metadata, kind: Kind) -> Identity {
        Identity {
            place: [found.dev(), found.ino()],
            kind,
            size: found.size(),
            written: [found.mtime(), found.mtime_nsec()],
            changed: [found.ctime(), found.ctime_nsec()],
        }
    }

    pub(super) fn without_waiting(options: &mut OpenOptions) -> &mut OpenOptions {
        options.custom_flags(libc::O_NONBLOCK | libc::O_NOCTTY)
    }

    pub(super) fn names(found: &Metadata) -> u64 {
        found.nlink()
    }
}

#[cfg(not(unix))]
mod system {
    use std::fs::{Metadata, OpenOptions};
    use std::io;
    use std::time::SystemTime;

    use super::{Identity, Kind};

    pub(super) fn identity(found: &Metadata, kind: Kind) -> Identity {
        Identity {
            place: [0; 2],
            kind,
            size: found.len(),
            written: moment(found.modified()),
            changed: moment(found.created()),
        }
    }

    fn moment(time: io::Result<SystemTime>) -> [i64; 2] {
        let since = time.ok().and_then(|time| time.duration_since(SystemTime::UNIX_EPOCH).ok()).unwrap_or_default();
        [since.as_secs() as i64, i64::from(since.subsec_nanos())]
    }

    pub(super) fn without_waiting(options: &mut OpenOptions) -> &mut OpenOptions {
        options
    }

    pub(super) fn names(_found: &Metadata) -> u64 {
        1
    }
}
