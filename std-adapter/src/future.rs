//! Futures that cross from one image to another.

use crate::raw::dispatch::Entered;
use crate::raw::future::{ErasedFuture, ErasedLocalFuture};
use crate::raw::{dispatch, panic};
use pin_project_lite::pin_project;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

/// The future of an `async` service method.
pub type BoxedFuture<'a, R> = Pin<Box<dyn Future<Output = R> + Send + 'a>>;

macro_rules! opaque_future {
    ($(#[$doc:meta])* $name:ident, $erased:ident) => {
        $(#[$doc])*
        #[must_use = "futures do nothing unless polled"]
        pub struct $name<R>($erased<R>);

        impl<R> $name<R> {
            #[doc(hidden)]
            pub fn new(future: $erased<R>) -> Self {
                Self(future)
            }
        }

        impl<R> Future for $name<R> {
            type Output = R;

            fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<R> {
                self.0.as_mut().poll(context)
            }
        }

        impl<R> std::fmt::Debug for $name<R> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }
    };
}

opaque_future! {
    /// The future of a patchable `async fn`. It runs the version that was live when it was first polled, to its end, on
    /// whatever thread it is polled. One allocation.
    PatchFuture, ErasedFuture
}
opaque_future! {
    /// The future of a `#[patchable(local)] async fn`, which is not `Send`.
    PatchLocalFuture, ErasedLocalFuture
}

pin_project! {
    /// This image's future, polled and dropped by the host's world.
    pub(crate) struct Guarded<F> {
        #[pin]
        future: Option<F>,
    }

    impl<F> PinnedDrop for Guarded<F> {
        fn drop(this: Pin<&mut Self>) {
            panic::inbound(|| this.project().future.set(None));
        }
    }
}

impl<F> Guarded<F> {
    pub(crate) fn new(future: F) -> Self {
        Self { future: Some(future) }
    }
}

impl<F: Future> Future for Guarded<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        panic::inbound(|| self.project().future.as_pin_mut().expect("only dropping takes it").poll(context))
    }
}

pin_project! {
    /// A future of the host's world, polled and dropped by this image.
    pub(crate) struct Outbound<F> {
        #[pin]
        future: Option<F>,
    }

    impl<F> PinnedDrop for Outbound<F> {
        fn drop(this: Pin<&mut Self>) {
            panic::outbound(|| this.project().future.set(None));
        }
    }
}

impl<F> Outbound<F> {
    pub(crate) fn new(future: F) -> Self {
        Self { future: Some(future) }
    }
}

impl<F: Future> Future for Outbound<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        panic::outbound(|| self.project().future.as_pin_mut().expect("only dropping takes it").poll(context))
    }
}

/// Boxes the body of an `async` service method, so that it guards its own polls.
pub fn boxed_future<'a, R>(future: impl Future<Output = R> + Send + 'a) -> BoxedFuture<'a, R> {
    Box::pin(Guarded::new(future))
}

/// What a patch makes of a future it hands to the host's world.
pub fn inbound_boxed_future<'a, R: 'a>(future: BoxedFuture<'a, R>) -> BoxedFuture<'a, R> {
    if dispatch::linked() { Box::pin(Guarded::new(future)) } else { future }
}

/// What a patch makes of a future it got from an `async` service method of the host's world.
pub fn outbound_boxed_future<'a, R: 'a>(future: BoxedFuture<'a, R>) -> BoxedFuture<'a, R> {
    if dispatch::linked() { Box::pin(Outbound::new(future)) } else { future }
}

pin_project! {
    /// See [`snapshot_async`].
    #[must_use = "futures do nothing unless polled"]
    #[derive(Debug)]
    pub struct SnapshotFuture<F> {
        word: usize,
        #[pin]
        future: F,
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
    SnapshotFuture { word: dispatch::current_word(), future }
}

impl<F: Future> Future for SnapshotFuture<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        Entered::run(*this.word, || this.future.poll(context))
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
    Entered::run(dispatch::current_word(), f)
}
