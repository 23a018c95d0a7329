//! What a runtime tells while it works: to `tracing` and `log`, to the metrics, and to whoever has subscribed.

use super::report::{Applied, PatchInfo, RolledBack};
use dynpatch_interface::PatchError;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

/// Something that a runtime does, or has done.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Event<'a> {
    /// A patch is about to be applied; its file has not been read yet.
    Applying {
        /// The file.
        path: &'a Path,
    },
    /// A phase of an apply has succeeded.
    Phase {
        /// The file.
        path: &'a Path,
        /// Which.
        phase: Phase,
        /// How long it took.
        took: Duration,
    },
    /// A patch went live.
    Applied(&'a Applied),
    /// A patch was refused, or failed: nothing changed.
    Refused {
        /// The file.
        path: &'a Path,
        /// Why.
        error: &'a PatchError,
    },
    /// A patch is about to be taken back: by a rollback, or from below others.
    RollingBack {
        /// The patch.
        patch: &'a PatchInfo,
        /// Which apply brought it.
        generation: u64,
    },
    /// A patch was taken back from the top.
    RolledBack(&'a RolledBack),
    /// A patch was taken out from below others.
    Disabled(&'a RolledBack),
    /// No call can come to the code of a patch any more, but of whoever is in it or holds a snapshot; no rollback leads to it.
    Retired {
        /// The patch.
        patch: &'a PatchInfo,
        /// Which apply brought it.
        generation: u64,
    },
    /// The code of a patch is gone from memory, as the kernel says.
    Unmapped {
        /// The patch.
        patch: &'a PatchInfo,
        /// Which apply brought it; `None` if it never went live.
        generation: Option<u64>,
    },
}

/// A phase of an apply, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Phase {
    /// The private copy.
    Seal,
    /// Reading and checking the bytes.
    Inspect,
    /// The dynamic linker, with the patch's constructors.
    Map,
    /// Connecting, the patch's entry, constructing services, laying out the generation.
    Prepare,
    /// The one store, and the books.
    Commit,
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Seal => "seal",
            Self::Inspect => "inspect",
            Self::Map => "map",
            Self::Prepare => "prepare",
            Self::Commit => "commit",
        })
    }
}

/// Somebody who wants to be told.
struct Subscriber<F: ?Sized = dyn FnMut(&Event<'_>) + Send> {
    /// The subscription was dropped.
    is_over: AtomicBool,
    callback: Mutex<F>,
}

/// Whoever wants to be told.
#[derive(Default)]
pub(super) struct Subscribers {
    all: Mutex<Vec<Arc<Subscriber>>>,
}

impl fmt::Debug for Subscribers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subscribers").field("count", &self.all().len()).finish()
    }
}

impl Subscribers {
    fn all(&self) -> MutexGuard<'_, Vec<Arc<Subscriber>>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn add(self: &Arc<Self>, callback: impl FnMut(&Event<'_>) + Send + 'static) -> Subscription {
        let own: Arc<Subscriber> =
            Arc::new(Subscriber { is_over: AtomicBool::new(false), callback: Mutex::new(callback) });
        self.all().push(Arc::clone(&own));
        Subscription { subscribers: Arc::downgrade(self), own }
    }

    pub(super) fn tell(&self, event: &Event<'_>) {
        survive("a logger", || record(event));
        #[cfg(feature = "metrics")]
        survive("a recorder of metrics", || super::metrics::count(event));
        // Called without the list, so that a callback may subscribe, and end its own subscription.
        let all: Vec<Arc<Subscriber>> = self.all().clone();
        for subscriber in all {
            survive("a subscriber", || subscriber.tell(event));
            // This may be the end of what it owns.
            survive("the end of a subscriber", || drop(subscriber));
        }
    }
}

impl Subscriber {
    fn tell(&self, event: &Event<'_>) {
        let mut callback = self.callback.lock().unwrap_or_else(PoisonError::into_inner);
        if !self.is_over.load(Ordering::Relaxed) {
            callback(event);
        }
    }
}

/// Ends a subscription when it is dropped.
#[must_use = "dropping it ends the subscription"]
pub struct Subscription {
    subscribers: Weak<Subscribers>,
    own: Arc<Subscriber>,
}

impl fmt::Debug for Subscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subscription").finish_non_exhaustive()
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.own.is_over.store(true, Ordering::Relaxed);
        if let Some(subscribers) = self.subscribers.upgrade() {
            subscribers.all().retain(|other| !Arc::ptr_eq(other, &self.own));
        }
    }
}

/// Nobody who is told may end an apply in its middle: what panics is told in the log, and that is all.
pub(super) fn survive(who: &str, told: impl FnOnce()) {
    let Err(payload) = catch_unwind(AssertUnwindSafe(told)) else { return };
    // Its end may panic as well.
    std::mem::forget(payload);
    // A logger that panics may do so again.
    if let Err(payload) = catch_unwind(|| log::error!(target: TARGET, "{who} panicked at an event of dynpatch's")) {
        std::mem::forget(payload);
    }
}

/// The span of an apply.
pub(super) struct Span(Option<tracing::span::EnteredSpan>);

impl Span {
    pub(super) fn apply(path: &Path) -> Self {
        let mut span = None;
        survive("a subscriber of tracing", || {
            span = Some(tracing::info_span!(target: TARGET, "apply", path = %path.display()).entered());
        });
        Self(span)
    }
}

impl Drop for Span {
    fn drop(&mut self) {
        survive("a subscriber of tracing", || drop(self.0.take()));
    }
}

/// Something that went wrong and stops nothing.
pub(super) fn warn(what: &dyn fmt::Display) {
    survive("a logger", || log::warn!("{what}"));
}

/// Of all records.
const TARGET: &str = "dynpatch";

/// Writes a record of what happened: with `tracing`, where somebody listens to that, or else with `log`.
fn record(event: &Event<'_>) {
    let is_traced = tracing_core::dispatcher::has_been_set();
    match event {
        Event::Applying { path } if is_traced => tracing::debug!(target: TARGET, path = %path.display(), "applying"),
        Event::Applying { path } => log::debug!(target: TARGET, "applying {}", path.display()),
        Event::Phase { path, phase, took } if is_traced => {
            tracing::debug!(target: TARGET, path = %path.display(), %phase, seconds = took.as_secs_f64(), "phase");
        }
        Event::Phase { path, phase, took } => log::debug!(target: TARGET, "{}: {phase} in {took:.1?}", path.display()),
        Event::Applied(applied) if is_traced => {
            let (patch, generation) = (&applied.patch, applied.generation);
            let seconds = applied.timings.total().as_secs_f64();
            tracing::info!(target: TARGET, patch = patch.name, version = %patch.version, generation, seconds, "{applied}");
        }
        Event::Applied(applied) => log::info!(target: TARGET, "{applied}"),
        Event::Refused { path, error } if is_traced => {
            tracing::warn!(target: TARGET, path = %path.display(), code = error.code().as_str(), "{error}");
        }
        Event::Refused { error, .. } => log::warn!(target: TARGET, "{error}"),
        Event::RollingBack { patch, generation } if is_traced => {
            tracing::debug!(target: TARGET, patch = patch.name, version = %patch.version, generation, "rolling back");
        }
        Event::RollingBack { patch, .. } => log::debug!(target: TARGET, "rolling {} back", patch.name),
        Event::RolledBack(back) => taken_back(back, "rolled back", is_traced),
        Event::Disabled(back) => taken_back(back, "disabled", is_traced),
        Event::Retired { patch, generation } if is_traced => {
            tracing::debug!(target: TARGET, patch = patch.name, version = %patch.version, generation, "retired");
        }
        Event::Retired { patch, .. } => log::debug!(target: TARGET, "retired {}", patch.name),
        Event::Unmapped { patch, generation } if is_traced => {
            tracing::debug!(target: TARGET, patch = patch.name, version = %patch.version, generation, "unmapped");
        }
        Event::Unmapped { patch, .. } => log::debug!(target: TARGET, "unmapped {}", patch.name),
    }
}

fn taken_back(back: &RolledBack, how: &str, is_traced: bool) {
    let (name, version) = (&back.patch.name, back.patch.version);
    if is_traced {
        tracing::info!(target: TARGET, patch = name, %version, items = back.items.len(), "{how}");
    } else {
        log::info!(target: TARGET, "{how} {name} v{version}");
    }
}
