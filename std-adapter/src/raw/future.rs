//! The future of a patchable `async fn`: boxed, its lifetimes erased on the way through the slot.

use std::future::Future;
use std::pin::Pin;

/// What a slot of an `async fn` gives. Never leaves generated code: the dispatcher wraps it into a [`PatchFuture`]
/// behind an opaque type that captures every lifetime of the call.
///
/// [`PatchFuture`]: crate::PatchFuture
pub type ErasedFuture<R> = Pin<Box<dyn Future<Output = R> + Send + 'static>>;

/// The same for `#[patchable(local)]`.
pub type ErasedLocalFuture<R> = Pin<Box<dyn Future<Output = R> + 'static>>;

/// Boxes a future that guards its own polls, and forgets what it borrows.
///
/// # Safety
/// The result does not outlive the borrows of `future`.
pub unsafe fn erase_future<'a, R, F: Future<Output = R> + Send + 'a>(future: F) -> ErasedFuture<R> {
    let boxed: Pin<Box<dyn Future<Output = R> + Send + 'a>> = Box::pin(crate::future::Guarded::new(future));
    // SAFETY: only the lifetime bound changes, which has no part in the layout; the caller keeps to the real one.
    unsafe { std::mem::transmute(boxed) }
}

/// The same for `#[patchable(local)]`.
///
/// # Safety
/// The result does not outlive the borrows of `future`.
pub unsafe fn erase_local_future<'a, R, F: Future<Output = R> + 'a>(future: F) -> ErasedLocalFuture<R> {
    let boxed: Pin<Box<dyn Future<Output = R> + 'a>> = Box::pin(crate::future::Guarded::new(future));
    // SAFETY: as in `erase_future`.
    unsafe { std::mem::transmute(boxed) }
}

/// What a patch makes of a future it got from the host's world.
pub fn outbound_future<R>(future: ErasedFuture<R>) -> ErasedFuture<R> {
    let boxed: Pin<Box<dyn Future<Output = R> + Send + '_>> = Box::pin(crate::future::Outbound::new(future));
    // SAFETY: as in `erase_future`; the result borrows what `future` borrowed, and replaces it.
    unsafe { std::mem::transmute(boxed) }
}

/// The same for `#[patchable(local)]`.
pub fn outbound_local_future<R>(future: ErasedLocalFuture<R>) -> ErasedLocalFuture<R> {
    let boxed: Pin<Box<dyn Future<Output = R> + '_>> = Box::pin(crate::future::Outbound::new(future));
    // SAFETY: as in `outbound_future`.
    unsafe { std::mem::transmute(boxed) }
}

/// What the host makes of a future that its slot gave.
pub fn keep_future<R>(future: ErasedFuture<R>) -> ErasedFuture<R> {
    let kept = match crate::future::Kept::new(future) {
        Err(future) => return future,
        Ok(kept) => kept,
    };
    let boxed: Pin<Box<dyn Future<Output = R> + Send + '_>> = Box::pin(kept);
    // SAFETY: as in `outbound_future`.
    unsafe { std::mem::transmute(boxed) }
}

/// The same for `#[patchable(local)]`.
pub fn keep_local_future<R>(future: ErasedLocalFuture<R>) -> ErasedLocalFuture<R> {
    let kept = match crate::future::Kept::new(future) {
        Err(future) => return future,
        Ok(kept) => kept,
    };
    let boxed: Pin<Box<dyn Future<Output = R> + '_>> = Box::pin(kept);
    // SAFETY: as in `outbound_future`.
    unsafe { std::mem::transmute(boxed) }
}

/// What a patch makes of a future it got from an addition.
pub fn hold_future<R>(future: ErasedFuture<R>) -> ErasedFuture<R> {
    let boxed: Pin<Box<dyn Future<Output = R> + Send + '_>> = Box::pin(crate::future::Kept::held(future));
    // SAFETY: as in `outbound_future`.
    unsafe { std::mem::transmute(boxed) }
}

/// The same for `#[patchable(local)]`.
pub fn hold_local_future<R>(future: ErasedLocalFuture<R>) -> ErasedLocalFuture<R> {
    let boxed: Pin<Box<dyn Future<Output = R> + '_>> = Box::pin(crate::future::Kept::held(future));
    // SAFETY: as in `outbound_future`.
    unsafe { std::mem::transmute(boxed) }
}
