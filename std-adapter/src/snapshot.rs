//! Generations that are held: for the length of a call, of a future, or as long as somebody wants.

use crate::raw::held::{Entered, Reference};
use pin_project_lite::pin_project;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

/// An owned reference to a generation: what is called inside of [`enter`](Self::enter) is of that generation, whatever is
/// live, on any thread. Under the policies that unmap old code it keeps the generation's.
///
/// ```
/// # dynpatch::init().unwrap();
/// use dynpatch::Snapshot;
///
/// let before = Snapshot::current();
/// // Patches may go live here.
/// let answer = before.enter(|| 6 * 7);
/// assert_eq!(answer, 42);
/// ```
#[derive(Clone)]
pub struct Snapshot(Reference);

impl Snapshot {
    /// The generation that the calling thread is in, or else the live one.
    pub fn current() -> Self {
        Self(Reference::current())
    }

    /// Runs `f` in the generation.
    pub fn enter<R>(&self, f: impl FnOnce() -> R) -> R {
        let _entered = Entered::generation(&self.0);
        f()
    }
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Snapshot").finish_non_exhaustive()
    }
}

/// Runs `f` with the generation of this moment: every patchable call of this thread in it sees that generation, however
/// many patches go live meanwhile. Nested snapshots keep the outer one's generation.
///
/// ```
/// # dynpatch::init().unwrap();
/// let answer = dynpatch::snapshot(|| 6 * 7);
/// assert_eq!(answer, 42);
/// ```
pub fn snapshot<R>(f: impl FnOnce() -> R) -> R {
    Snapshot::current().enter(f)
}

/// Runs `f` outside of the generation that the calling thread is in: what it calls is what is live at each call. For a
/// long-running frame below a patched call under the policy `Reclaim`, or inside of a snapshot. The generation is kept
/// meanwhile.
///
/// ```
/// # dynpatch::init().unwrap();
/// let answer = dynpatch::snapshot(|| dynpatch::unpinned(|| 6 * 7));
/// assert_eq!(answer, 42);
/// ```
pub fn unpinned<R>(f: impl FnOnce() -> R) -> R {
    let _entered = Entered::nowhere();
    f()
}

pin_project! {
    /// See [`snapshot_async`].
    #[must_use = "futures do nothing unless polled"]
    #[derive(Debug)]
    pub struct SnapshotFuture<F> {
        #[pin]
        future: F,
        // Dropped last: the future's code is of this generation.
        snapshot: Snapshot,
    }
}

/// Fixes the generation of this moment for a whole future: at every poll, on whatever thread, every patchable call sees
/// that generation. What is called to make the argument is called before: put the whole request inside.
///
/// ```
/// # dynpatch::init().unwrap();
/// let request = dynpatch::snapshot_async(async { /* every call in here agrees */ });
/// # drop(request);
/// ```
pub fn snapshot_async<F: Future>(future: F) -> SnapshotFuture<F> {
    SnapshotFuture { future, snapshot: Snapshot::current() }
}

impl<F: Future> Future for SnapshotFuture<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        this.snapshot.enter(|| this.future.poll(context))
    }
}
