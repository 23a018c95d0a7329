//! The handles that users hold.

use super::engine::{Accepted, Engine};
use super::error::ConfigError;
use super::hot::HotConfig;
use super::mailbox::Subscription;
use super::status::Status;
use super::tree::changed_keys;
use crate::files::FileWatch;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// A configuration that is watched. Clones are handles to the same one; the last handle that is dropped ends the watch.
pub struct ConfigWatcher<T>(Arc<Watched<T>>);

/// What all handles share.
struct Watched<T> {
    engine: Arc<Engine<T>>,
    files: FileWatch,
}

/// What changed, for subscribers.
#[derive(Debug)]
#[non_exhaustive]
pub struct Change<T> {
    /// What this subscriber saw last, or what was in force when it subscribed.
    pub old: Arc<T>,
    /// What is in force now.
    pub new: Arc<T>,
    /// The dotted paths of all values that differ, in the order of their names: `server.port`. A list is one value. Keys
    /// are those of the files: a key that is written for the first time is among them even if its value is the default.
    pub keys: Vec<String>,
    /// Those of the keys that only a restart makes take effect, under `RestartOnly::Report`.
    pub restart_needed: Vec<String>,
    /// The number of the new configuration.
    pub generation: u64,
}

impl<T: HotConfig> ConfigWatcher<T> {
    pub(super) fn new(engine: Arc<Engine<T>>, files: FileWatch) -> Self {
        Self(Arc::new(Watched { engine, files }))
    }

    /// The configuration in force, as a whole. Hold the guard for as long as the values must fit together, and not across
    /// waits: for that there is [`current`](Self::current).
    #[must_use]
    pub fn get(&self) -> Guard<T> {
        Guard(self.0.engine.published.load())
    }

    /// The configuration in force, to keep.
    #[must_use]
    pub fn current(&self) -> Arc<T> {
        Arc::clone(&self.0.engine.published.load().value)
    }

    /// A reader for one thread that reads often: it holds the value and looks only whether there is a newer one.
    #[must_use]
    pub fn reader(&self) -> Reader<T> {
        let accepted = self.0.engine.published.load();
        let (value, generation) = (Arc::clone(&accepted.value), accepted.generation);
        Reader { value, generation, engine: Arc::clone(&self.0.engine), watched: self.clone() }
    }

    /// The number of the configuration in force: 1 at the start, one more for each that replaced another.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.0.engine.generation.load(Ordering::Acquire)
    }

    /// How it fares.
    #[must_use]
    pub fn status(&self) -> Status {
        self.0.engine.status()
    }

    /// Calls back, from a thread of its own, each time another configuration comes into force. A callback that is slower
    /// than the changes sees the newest, with all that changed since what it saw before; one that panics stays subscribed.
    ///
    /// # Panics
    ///
    /// Panics if the system starts no thread.
    pub fn subscribe(&self, mut callback: impl FnMut(&Change<T>) + Send + 'static) -> Subscription {
        let engine = &self.0.engine;
        let (mailbox, mut seen) = engine.changes.open(|| engine.published.load_full());
        let deliver = move |new: Arc<Accepted<T>>| {
            let old = std::mem::replace(&mut seen, new);
            if let Some(change) = Change::between(&old, &seen) {
                drop(old);
                callback(&change);
            }
        };
        Subscription::start(mailbox, self.0.clone(), Arc::clone(&engine.subscriber_panics), deliver)
    }

    /// Calls back, from a thread of its own, each time the files are refused. A callback that is slower than the refusals
    /// sees the newest.
    ///
    /// # Panics
    ///
    /// Panics if the system starts no thread.
    pub fn on_refusal(&self, mut callback: impl FnMut(&ConfigError) + Send + 'static) -> Subscription {
        let engine = &self.0.engine;
        let (mailbox, ()) = engine.refusals.open(|| ());
        let deliver = move |error: Arc<ConfigError>| callback(&error);
        Subscription::start(mailbox, self.0.clone(), Arc::clone(&engine.subscriber_panics), deliver)
    }

    /// Has the files looked at now instead of at the next event. Returns at once; what is found counts as any other change.
    pub fn look_now(&self) {
        self.0.files.look_now();
    }
}

impl<T> Change<T> {
    /// None if nothing differs: it may have changed back meanwhile.
    fn between(old: &Accepted<T>, new: &Accepted<T>) -> Option<Self> {
        let keys = changed_keys(&old.tree, &new.tree);
        let restart_needed = new.restart_needed.iter().filter(|key| keys.contains(key)).cloned().collect();
        let (old, generation) = (Arc::clone(&old.value), new.generation);
        (!keys.is_empty()).then(|| Self { old, new: Arc::clone(&new.value), keys, restart_needed, generation })
    }
}

impl<T> Drop for Watched<T> {
    fn drop(&mut self) {
        self.engine.close();
    }
}

impl<T> Clone for ConfigWatcher<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T: HotConfig> fmt::Debug for ConfigWatcher<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConfigWatcher").field("status", &self.status()).finish_non_exhaustive()
    }
}

/// The configuration that was in force when the guard was taken.
pub struct Guard<T>(arc_swap::Guard<Arc<Accepted<T>>>);

impl<T> Guard<T> {
    /// The number of this configuration. Not a method, so that it hides none of the configuration's.
    #[must_use]
    pub fn generation(guard: &Self) -> u64 {
        guard.0.generation
    }
}

impl<T> Deref for Guard<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0.value
    }
}

impl<T: fmt::Debug> fmt::Debug for Guard<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

/// Reads for one thread: [`get`](Self::get) is a load, a comparison and a plain reference. It holds the value that it read
/// last, and the configuration is watched for as long as it lives.
pub struct Reader<T> {
    value: Arc<T>,
    generation: u64,
    /// Also in `watched`, but a step further away.
    engine: Arc<Engine<T>>,
    watched: ConfigWatcher<T>,
}

impl<T> Reader<T> {
    /// The configuration in force, as a whole.
    #[inline]
    pub fn get(&mut self) -> &T {
        if self.engine.generation.load(Ordering::Acquire) != self.generation {
            self.renew();
        }
        &self.value
    }

    /// What is published may be newer than the generation that was seen, never older.
    #[cold]
    fn renew(&mut self) {
        let accepted = self.engine.published.load();
        self.generation = accepted.generation;
        self.value = Arc::clone(&accepted.value);
    }

    /// The number of the configuration that was read last.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.generation
    }
}

impl<T> Clone for Reader<T> {
    fn clone(&self) -> Self {
        let (value, engine) = (Arc::clone(&self.value), Arc::clone(&self.engine));
        Self { value, generation: self.generation, engine, watched: self.watched.clone() }
    }
}

impl<T: fmt::Debug> fmt::Debug for Reader<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader")
            .field("value", &self.value)
            .field("generation", &self.generation)
            .finish_non_exhaustive()
    }
}
