//! Futures that cross from one image to another.

use crate::raw::future::{ErasedFuture, ErasedLocalFuture};
use crate::raw::{dispatch, panic, policy};
use crate::snapshot::Snapshot;
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

/// A future and the generation that its code is of: kept as long as the future is, and entered for its polls and its end.
pub(crate) struct Kept<F> {
    future: Option<F>,
    snapshot: Snapshot,
}

impl<F> Kept<F> {
    /// The future as it was, where nothing is ever freed, or where the host does this.
    pub(crate) fn new(future: F) -> Result<Self, F> {
        if dispatch::linked() || !policy::counts() {
            return Err(future);
        }
        Ok(Self::held(future))
    }

    /// In the generation that the calling thread is in.
    pub(crate) fn held(future: F) -> Self {
        Self { future: Some(future), snapshot: Snapshot::current() }
    }
}

impl<F: Future + Unpin> Future for Kept<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let Self { future, snapshot } = self.get_mut();
        let future = future.as_mut().expect("only dropping takes it");
        snapshot.enter(|| Pin::new(future).poll(context))
    }
}

impl<F> Drop for Kept<F> {
    fn drop(&mut self) {
        let Self { future, snapshot } = self;
        snapshot.enter(|| *future = None);
    }
}

/// What the host's world makes of a future it got from an `async` service method.
pub fn keep_boxed_future<'a, R: 'a>(future: BoxedFuture<'a, R>) -> BoxedFuture<'a, R> {
    Kept::new(future).map_or_else(|future| future, |kept| Box::pin(kept) as BoxedFuture<'a, R>)
}

/// What a patch makes of a future it got from an addition that is an `async` service method.
pub fn hold_boxed_future<'a, R: 'a>(future: BoxedFuture<'a, R>) -> BoxedFuture<'a, R> {
    Box::pin(Kept::held(future))
}
