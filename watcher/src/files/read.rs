//! Reading a set of files so that the result never mixes two states of it.
//!
//! Everything is looked at, then read, then looked at again. Had anything been replaced or written between the two looks, they would
//! differ: a link that was swapped is another link. So what both looks agree on was there all the while, and belongs together.

use std::path::Path;
use std::thread;
use std::time::Duration;
use std::{io, iter};

use super::identity::{Identity, Kind};
use super::payload::Payload;
use super::reading::{Content, Contents, Unreadable};
use super::set::FileSet;
use super::survey::{Found, Survey};
use super::system::System;
use super::trail::End;

const ATTEMPTS: usize = 3;
/// How often [`FileSet::read`] tries, and how long it waits in between.
const PATIENCE: (usize, Duration) = (50, Duration::from_millis(10));

impl FileSet {
    /// Reads all files of the set as one: what is returned was there at one and the same moment.
    ///
    /// A file that is not a regular one, that has more bytes than the limit, or that the system does not let be read, is
    /// [`Content::Unreadable`]. This never waits for a pipe, where the system can say so ([`System::open`]). If files of the set keep changing for half a second, those are
    /// `Unreadable` with [`io::ErrorKind::ResourceBusy`].
    ///
    /// Whether a file is whole cannot be told by reading it: a [`FileWatch`](super::FileWatch) waits until nobody writes.
    pub fn read(&self, system: &dyn System) -> Contents {
        self.read_patiently(system)
    }

    /// The same with anything for the bytes.
    pub(crate) fn read_patiently<B: Payload>(&self, system: &dyn System) -> Contents<B> {
        for _ in 0..PATIENCE.0 {
            match self.read_once(system) {
                Some((_, contents)) => return contents,
                None => thread::sleep(PATIENCE.1),
            }
        }
        self.read_restless(system)
    }

    /// Reads the set, with what two looks agreed on. `None`: something was changed every time.
    pub(crate) fn read_once<B: Payload>(&self, system: &dyn System) -> Option<(Survey, Contents<B>)> {
        let mut before = Survey::of(self, system);
        for _ in 0..ATTEMPTS {
            let files = before.files.iter().map(|file| self.read_file(file, system)).collect::<Option<_>>();
            let after = Survey::of(self, system);
            match files {
                Some(files) if before == after => return Some((after, Contents { files })),
                _ => before = after,
            }
        }
        None
    }

    /// What can be said of a set that does not come to rest.
    fn read_restless<B>(&self, system: &dyn System) -> Contents<B> {
        let survey = Survey::of(self, system);
        let busy = || Content::Unreadable(Unreadable::new(io::ErrorKind::ResourceBusy, "it is changed all the time"));
        let files = survey.files.iter().zip(iter::repeat_with(busy));
        Contents { files: files.map(|(file, busy)| (file.named.given.clone(), busy)).collect() }
    }

    /// `None`: it is not the file any more that the look saw.
    fn read_file<B: Payload>(&self, file: &Found, system: &dyn System) -> Option<(std::path::PathBuf, Content<B>)> {
        let content = match &file.trail.end {
            End::Missing => Content::Missing,
            End::Failed(kind, message) => Content::Unreadable(Unreadable::new(*kind, message.clone())),
            End::Found(seen) if seen.kind != Kind::File => Content::Unreadable(irregular(seen.kind)),
            End::Found(seen) => self.read_bytes(&file.named.at, seen, system)?,
        };
        Some((file.named.given.clone(), content))
    }

    fn read_bytes<B: Payload>(&self, path: &Path, seen: &Identity, system: &dyn System) -> Option<Content<B>> {
        let limit = self.limit.unwrap_or(B::LIMIT);
        let file = match system.open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return None,
            Err(error) => return Some(Content::Unreadable(error.into())),
        };
        let is_still = || file.metadata().is_ok_and(|found| Identity::of(&found, system) == *seen);
        if !is_still() {
            return None;
        }
        let content = match (seen.size <= limit).then(|| B::take(&file, seen.size, limit)) {
            Some(Ok(Some(payload))) => Content::Whole(payload),
            Some(Err(error)) => Content::Unreadable(error.into()),
            None | Some(Ok(None)) => Content::Unreadable(too_large(limit)),
        };
        is_still().then_some(content)
    }
}

fn irregular(kind: Kind) -> Unreadable {
    match kind {
        Kind::Directory => Unreadable::new(io::ErrorKind::IsADirectory, "it is a directory"),
        _ => Unreadable::new(io::ErrorKind::InvalidInput, "it is not a regular file"),
    }
}

fn too_large(limit: u64) -> Unreadable {
    Unreadable::new(io::ErrorKind::FileTooLarge, format!("it has more than {limit} bytes"))
}
