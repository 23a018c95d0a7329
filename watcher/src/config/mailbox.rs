//! How news reach those who listen, without waiting for them.

use crate::panics::caught;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

/// Room for one message: the newest. Whoever is slow misses those between, and holds up nobody.
pub(super) struct Mailbox<M> {
    slot: Mutex<Slot<M>>,
    changed: Condvar,
}

struct Slot<M> {
    pending: Option<M>,
    closed: bool,
}

impl<M> Mailbox<M> {
    fn new() -> Self {
        Self { slot: Mutex::new(Slot { pending: None, closed: false }), changed: Condvar::new() }
    }

    /// Leaves a message in place of the one that waits. Returns whether the box is open.
    fn post(&self, message: M) -> bool {
        let mut slot = self.lock();
        let replaced = slot.pending.replace(message);
        let open = !slot.closed;
        drop(slot);
        self.changed.notify_one();
        drop(replaced);
        open
    }

    /// Waits for a message. None once the box is closed.
    fn next(&self) -> Option<M> {
        let waits = |slot: &mut Slot<M>| slot.pending.is_none() && !slot.closed;
        let mut slot = self.changed.wait_while(self.lock(), waits).unwrap_or_else(PoisonError::into_inner);
        if slot.closed { None } else { slot.pending.take() }
    }

    fn shut(&self) {
        let mut slot = self.lock();
        slot.closed = true;
        let pending = slot.pending.take();
        drop(slot);
        self.changed.notify_all();
        drop(pending);
    }

    fn lock(&self) -> MutexGuard<'_, Slot<M>> {
        self.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What can be closed, whatever it holds.
trait Close: Send + Sync {
    fn close(&self);
}

impl<M: Send> Close for Mailbox<M> {
    fn close(&self) {
        self.shut();
    }
}

/// Everybody who listens for one kind of news.
pub(super) struct Mailboxes<M>(Mutex<Vec<Arc<Mailbox<M>>>>);

impl<M: Clone + Send + 'static> Mailboxes<M> {
    pub(super) fn new() -> Self {
        Self(Mutex::new(Vec::new()))
    }

    /// One more. `prepare` runs while nothing can be posted.
    pub(super) fn open<R>(&self, prepare: impl FnOnce() -> R) -> (Arc<Mailbox<M>>, R) {
        let mut boxes = self.lock();
        let mailbox = Arc::new(Mailbox::new());
        boxes.push(Arc::clone(&mailbox));
        (mailbox, prepare())
    }

    pub(super) fn post(&self, message: &M) {
        self.lock().retain(|mailbox| mailbox.post(message.clone()));
    }
}

impl<M> Mailboxes<M> {
    pub(super) fn close(&self) {
        let boxes = std::mem::take(&mut *self.lock());
        boxes.iter().for_each(|mailbox| mailbox.shut());
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Arc<Mailbox<M>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A callback that is called from a thread of its own. Dropping this ends it.
///
/// Dropping waits for a call that is under way, so nothing that the callback uses is used afterwards; within the callback
/// itself it does not wait. Do not drop it while holding a lock that the callback takes.
///
/// The configuration is watched for as long as this lives, even if every `ConfigWatcher` is dropped.
#[must_use = "dropping it ends the subscription: keep it, or call `detach`"]
pub struct Subscription {
    mailbox: Arc<dyn Close>,
    thread: Option<JoinHandle<()>>,
    watched: Option<Arc<dyn Send + Sync>>,
}

impl Subscription {
    /// Calls `deliver` for each message, in a thread of its own, until the box is closed. A call that panics is counted and
    /// logged.
    ///
    /// # Panics
    ///
    /// Panics if the system starts no thread.
    pub(super) fn start<M: Send + 'static>(
        mailbox: Arc<Mailbox<M>>,
        watched: Arc<dyn Send + Sync>,
        panics: Arc<AtomicU64>,
        mut deliver: impl FnMut(M) + Send + 'static,
    ) -> Self {
        let inbox = Arc::clone(&mailbox);
        let run = move || {
            while let Some(message) = inbox.next() {
                if let Err(panic) = caught(|| deliver(message)) {
                    panics.fetch_add(1, Ordering::Relaxed);
                    log::warn!("a subscriber of the configuration panicked, and stays subscribed: {panic}");
                }
            }
        };
        let thread = thread::Builder::new().name("dynpatch-config".to_owned()).spawn(run);
        let thread = thread.expect("the system starts a thread for a subscriber of the configuration");
        Self { mailbox, thread: Some(thread), watched: Some(watched) }
    }

    /// Stays subscribed for as long as the configuration is watched otherwise: it ends with the last `ConfigWatcher`,
    /// `Reader` or `Subscription`.
    pub fn detach(mut self) {
        self.thread = None;
        self.watched = None;
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        if self.watched.is_some() {
            self.mailbox.close();
        }
        let Some(thread) = self.thread.take() else { return };
        if thread.thread().id() != thread::current().id() {
            // A panic outside the callback has been printed by the panic hook.
            let _ = thread.join();
        }
    }
}

impl std::fmt::Debug for Subscription {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Subscription").finish_non_exhaustive()
    }
}
