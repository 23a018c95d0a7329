//! What the system says about changes.
//!
//! Directories are watched, never files: the one of every name on which it depends where a path leads. What is put in the place of a
//! file or a link is told by its directory, a watch on the file would go on looking at the old one. A directory that is missing is
//! waited for in the nearest one above it that is there.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::{fs, io};

use notify::{ErrorKind, RecommendedWatcher, RecursiveMode, Watcher};

use super::classify::{Heard, classify};
use super::identity::Identity;
use super::mailbox::Mailbox;
use super::survey::Ground;

/// The directories that are watched for a ground.
pub(crate) struct Events {
    watcher: Option<RecommendedWatcher>,
    ground: Arc<RwLock<Ground>>,
    /// By the path without symbolic links, under which events come.
    watched: BTreeMap<PathBuf, Identity>,
}

impl Events {
    /// Listens for what will be [followed](Self::follow), if the system can be heard.
    pub(crate) fn new(mailbox: Arc<Mailbox>, polling_only: bool) -> Self {
        let ground = Arc::<RwLock<Ground>>::default();
        let mut events = Self { watcher: None, ground: Arc::clone(&ground), watched: BTreeMap::new() };
        if !polling_only {
            match guarded(|| notify::recommended_watcher(move |event| pass_on(event, &ground, &mailbox))) {
                Ok(watcher) => events.watcher = Some(watcher),
                Err(error) => fall_back(&error),
            }
        }
        events
    }

    /// Whether the system is heard.
    pub(crate) fn are_native(&self) -> bool {
        self.watcher.is_some()
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
        if self.watcher.is_none() {
            return false;
        }
        let wanted = directories(&ground);
        *self.ground.write().unwrap_or_else(PoisonError::into_inner) = ground;
        let left: Vec<PathBuf> = self
            .watched
            .iter()
            .filter(|(path, identity)| wanted.get(*path) != Some(identity))
            .map(|(p, _)| p.clone())
            .collect();
        left.iter().for_each(|directory| self.forget(directory));
        let missing: Vec<_> = wanted.into_iter().filter(|(path, _)| !self.watched.contains_key(path)).collect();
        missing.into_iter().fold(false, |added, (path, identity)| self.add(path, identity) || added)
    }

    fn forget(&mut self, directory: &Path) {
        self.watched.remove(directory);
        if let Some(watcher) = &mut self.watcher {
            // The system forgets a directory that was removed by itself.
            _ = guarded(|| watcher.unwatch(directory));
        }
    }

    fn add(&mut self, path: PathBuf, identity: Identity) -> bool {
        let Some(watcher) = &mut self.watcher else { return false };
        match guarded(|| watcher.watch(&path, RecursiveMode::NonRecursive)) {
            Ok(()) => _ = self.watched.insert(path, identity),
            Err(error) if is_gone(&error) => {}
            Err(error) => {
                fall_back(&error);
                self.close();
            }
        }
        true
    }

    fn close(&mut self) {
        self.watched.clear();
        let watcher = self.watcher.take();
        _ = guarded(|| {
            drop(watcher);
            Ok(())
        });
    }
}

impl Drop for Events {
    fn drop(&mut self) {
        self.close();
    }
}

/// The directories of a ground, one path for each.
fn directories(ground: &Ground) -> BTreeMap<PathBuf, Identity> {
    let parents = ground.names.iter().filter_map(|name| name.parent());
    let listed = ground.listings.iter().map(|listing| listing.directory.as_path());
    let mut found: BTreeMap<PathBuf, Identity> = BTreeMap::new();
    for path in parents.chain(listed) {
        if found.contains_key(path) {
            continue;
        }
        if let Ok(metadata) = fs::metadata(path) {
            found.insert(path.to_owned(), Identity::of(&metadata));
        }
    }
    found
}

/// Called on the system's own thread, for everything that happens in the directories.
fn pass_on(event: notify::Result<notify::Event>, ground: &RwLock<Ground>, mailbox: &Mailbox) {
    match event.map(classify) {
        Ok(Heard::Hints(hints)) if hints.is_empty() => {}
        Ok(Heard::Hints(hints)) => {
            let ground = ground.read().unwrap_or_else(PoisonError::into_inner);
            let of_concern = hints.into_iter().filter(|(path, _)| ground.concerns(path));
            of_concern.for_each(|(path, hint)| mailbox.hint(path, hint));
        }
        Ok(Heard::Lost) | Err(_) => mailbox.lost(),
    }
}

/// `notify` panics where its thread has ended. That must not end the watch.
fn guarded<T>(action: impl FnOnce() -> notify::Result<T>) -> notify::Result<T> {
    catch_unwind(AssertUnwindSafe(action))
        .unwrap_or_else(|_| Err(notify::Error::generic("the system's watcher has ended")))
}

fn is_gone(error: &notify::Error) -> bool {
    match &error.kind {
        ErrorKind::PathNotFound => true,
        ErrorKind::Io(error) => matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory),
        _ => false,
    }
}

fn fall_back(error: &notify::Error) {
    log::warn!("the system does not report changes of files ({error}): they are looked at now and then instead");
}
