//! What a runtime tells while it works: to `tracing` and `log`, to the metrics, and to whoever has subscribed.

use super::report::{Applied, PatchInfo, RolledBack};
use dynpatch_interface::PatchError;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
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
    /// No caller can enter the code of a patch any more, and no rollback leads to it.
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

type Callback = Arc<Mutex<dyn FnMut(&Event<'_>) + Send>>;

/// Whoever wants to be told.
#[derive(Default)]
pub(super) struct Subscribers {
    callbacks: Mutex<Vec<(u64, Callback)>>,
    last: AtomicU64,
}

impl fmt::Debug for Subscribers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subscribers").field("count", &self.callbacks().len()).finish()
    }
}

impl Subscribers {
    fn callbacks(&self) -> MutexGuard<'_, Vec<(u64, Callback)>> {
        self.callbacks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn add(self: &Arc<Self>, callback: impl FnMut(&Event<'_>) + Send + 'static) -> Subscription {
        let number = self.last.fetch_add(1, Ordering::Relaxed);
        self.callbacks().push((number, Arc::new(Mutex::new(callback))));
        Subscription { subscribers: Arc::downgrade(self), number }
    }

    pub(super) fn tell(&self, event: &Event<'_>) {
        survive("a logger", || {
            record(event);
            #[cfg(feature = "metrics")]
            super::metrics::count(event);
        });
        // Called without the list, so that a callback may subscribe, and end its own subscription.
        let callbacks: Vec<Callback> = self.callbacks().iter().map(|(_, callback)| Arc::clone(callback)).collect();
        for callback in callbacks {
            let mut callback = callback.lock().unwrap_or_else(PoisonError::into_inner);
            survive("a subscriber", || callback(event));
        }
    }
}

/// Ends a subscription when it is dropped.
#[must_use = "dropping it ends the subscription"]
pub struct Subscription {
    subscribers: Weak<Subscribers>,
    number: u64,
}

impl fmt::Debug for Subscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subscription").field("number", &self.number).finish_non_exhaustive()
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        let Some(subscribers) = self.subscribers.upgrade() else { return };
        let mut callbacks = subscribers.callbacks();
        let place = callbacks.iter().position(|(number, _)| *number == self.number);
        let callback = place.map(|place| callbacks.swap_remove(place));
        drop(callbacks);
        // Whatever it owns may subscribe or unsubscribe at its end.
        drop(callback);
    }
}

/// Nobody who is told may end an apply in its middle.
fn survive(who: &str, told: impl FnOnce()) {
    if catch_unwind(AssertUnwindSafe(told)).is_err() {
        // A logger that panics may do so again.
        _ = catch_unwind(
            || log::error!(target: TARGET, "{who} panicked at an event of dynpatch's; it will be told of the next"),
        );
    }
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
