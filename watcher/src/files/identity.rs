//! What something is, and which, without reading it.

use std::fs::Metadata;

use super::system::{Stamp, System};

/// Two equal ones, a moment apart, are the same file with the same bytes, as far as the file system's clock can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Identity {
    pub(crate) kind: Kind,
    pub(crate) size: u64,
    stamp: Stamp,
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
    pub(crate) fn of(metadata: &Metadata, system: &dyn System) -> Self {
        let (kind, size, stamp) = (kind(metadata), metadata.len(), system.stamp(metadata));
        match kind {
            Kind::File | Kind::Link => Self { kind, size, stamp },
            // What happens in a directory, or goes through a pipe, makes no other one of it.
            Kind::Directory | Kind::Other => {
                Self { kind, size: 0, stamp: Stamp { place: stamp.place, ..Stamp::default() } }
            }
        }
    }

    pub(crate) fn is_empty_file(&self) -> bool {
        self.kind == Kind::File && self.size == 0
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
