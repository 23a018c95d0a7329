//! Which directories the system is asked about.
//!
//! Directories are watched, never files: the one of every name on which it depends where a path leads. What is put in the place of a
//! file or a link is told by its directory, a watch on the file would go on looking at the old one. A directory that is missing is
//! waited for in the nearest one above it that is there.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::{fs, io};

use super::identity::Identity;
use super::mailbox::Mailbox;
use super::survey::Ground;
use super::system::{EventSource, Reports, System};
use crate::panics::caught;

/// The directories that are watched for a ground.
pub(crate) struct Events {
    system: Arc<dyn System>,
    source: Option<Box<dyn EventSource>>,
    ground: Arc<RwLock<Ground>>,
    /// By the path without symbolic links, under which events come.
    watched: BTreeMap<PathBuf, Identity>,
}

impl Events {
    /// Listens for what will be [followed](Self::follow), if the system can be heard.
    pub(crate) fn new(system: Arc<dyn System>, mailbox: Arc<Mailbox>, polling_only: bool) -> Self {
        let ground = Arc::<RwLock<Ground>>::default();
        let mut events = Self { system, source: None, ground: Arc::clone(&ground), watched: BTreeMap::new() };
        if !polling_only {
            match guarded(|| events.system.listen(Reports { ground, mailbox })) {
                Ok(source) => events.source = Some(source),
                Err(error) => fall_back(&error),
            }
        }
        events
    }

    /// Whether the system is heard.
    pub(crate) fn are_native(&self) -> bool {
        self.source.is_some()
    }

    /// Something happened to that name. If a watched directory lies there or below, it may be another one now.
    pub(crate) fn moved(&mut self, path: &Path) {
        let moved: Vec<PathBuf> =
            self.watched.keys().filter(|directory| directory.starts_with(path)).cloned().collect();
        moved.iter().for_each(|directory| self.forget(directory));
    }

    /// Anything may have happened.
    pub(crate) fn lost(&mut self) {
        let all: Vec<PathBuf> = self.watched.keys().cloned().collect();
        all.iter().for_each(|directory| self.forget(directory));
    }

    /// Watches what that ground needs and nothing else. Returns whether something was added: what happened there just before was not
    /// heard, so the ground has to be looked at again.
    pub(crate) fn follow(&mut self, ground: Ground) -> bool {
        if self.source.is_none() {
            return false;
        }
        let wanted = self.directories(&ground);
        *self.ground.write().unwrap_or_else(PoisonError::into_inner) = ground;
        let left: Vec<PathBuf> = self
            .watched
            .iter()
            .filter(|(path, identity)| wanted.get(*path) != Some(identity))
            .map(|(path, _)| path.clone())
            .collect();
        left.iter().for_each(|directory| self.forget(directory));
        let missing: Vec<_> = wanted.into_iter().filter(|(path, _)| !self.watched.contains_key(path)).collect();
        missing.into_iter().fold(false, |added, (path, identity)| self.add(path, identity) || added)
    }

    fn forget(&mut self, directory: &Path) {
        self.watched.remove(directory);
        if let Some(source) = &mut self.source {
            _ = guarded(|| {
                source.unwatch(directory);
                Ok(())
            });
        }
    }

    /// Nothing more will be heard.
    pub(crate) fn end(&mut self) {
        if self.source.is_some() {
            self.close(&io::Error::other("the source of events has ended"));
        }
    }

    fn close(&mut self, why: &io::Error) {
        fall_back(why);
        self.watched.clear();
        let source = self.source.take();
        _ = guarded(|| {
            drop(source);
            Ok(())
        });
    }

    fn add(&mut self, path: PathBuf, identity: Identity) -> bool {
        let Some(source) = &mut self.source else { return false };
        match guarded(|| source.watch(&path)) {
            Ok(()) => _ = self.watched.insert(path, identity),
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {}
            Err(error) => self.close(&error),
        }
        true
    }

    /// The directories of a ground, one path for each.
    fn directories(&self, ground: &Ground) -> BTreeMap<PathBuf, Identity> {
        let parents = ground.names.iter().filter_map(|name| name.parent());
        let listed = ground.listings.iter().map(|listing| listing.directory.as_path());
        let mut found: BTreeMap<PathBuf, Identity> = BTreeMap::new();
        for path in parents.chain(listed) {
            if found.contains_key(path) {
                continue;
            }
            if let Ok(metadata) = fs::metadata(path) {
                found.insert(path.to_owned(), Identity::of(&metadata, &*self.system));
            }
        }
        found
    }
}

/// What a system does may panic. That must not end the watch.
fn guarded<T>(action: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    caught(action).unwrap_or_else(|panic| Err(io::Error::other(format!("it panicked: {panic}"))))
}

fn fall_back(error: &io::Error) {
    log::warn!("the system does not report changes of files ({error}): they are looked at now and then instead");
}
