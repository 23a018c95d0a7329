//! A panic never meets a `catch_unwind` of another copy of std, which would end the process. So at every border it is
//! caught by the std that raised it and raised anew, with a copy of its message, by the std on the other side.
//!
//! Two kinds of borders: *inbound*, where the host's world calls this image, and *outbound*, where this image calls
//! the host's world. In a host both are nothing.

use super::dispatch;
use crate::PatchPanic;
use dynpatch_interface::boundary::{PanicMessage, Raise};
use std::any::Any;
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

/// Raises a panic in the std of this image.
pub const RAISE: Raise = raise;

unsafe extern "C-unwind" fn raise(message: &PanicMessage<'_>) -> ! {
    super::image::tell_of_panic();
    // The text is copied into this image's own allocation before anything is raised.
    if message.is_text {
        resume_unwind(Box::new(message.text.to_owned()))
    }
    resume_unwind(Box::new(PatchPanic { message: message.text.to_owned(), location: message.location.to_owned() }))
}

/// Runs this image's code for the host's world, in an image known to be a connected patch.
#[inline(always)]
pub fn guarded<R>(f: impl FnOnce() -> R) -> R {
    match catch_unwind(AssertUnwindSafe(f)) {
        Ok(value) => value,
        Err(payload) => escalate_to_host(payload),
    }
}

/// Runs this image's code for the host's world.
#[inline(always)]
pub fn inbound<R>(f: impl FnOnce() -> R) -> R {
    if dispatch::linked() { guarded(f) } else { f() }
}

/// Runs code of the host's world for this image.
#[inline]
pub fn outbound<R>(f: impl FnOnce() -> R) -> R {
    match dispatch::host_if_linked() {
        None => f(),
        Some(host) => {
            let mut frame = Frame { f: Some(f), result: None };
            let call = call_for(&frame);
            let data = (&raw mut frame).cast();
            // SAFETY: `call::<F, R>` gets exactly the frame it was instantiated for, alive and borrowed by nobody else
            // until `try_call` returns; `RAISE` belongs to this image, as `try_call` asks.
            unsafe { (host.try_call)(call, data, RAISE) };
            frame.result.expect("the call returned, so it left a result")
        }
    }
}

struct Frame<F, R> {
    f: Option<F>,
    result: Option<R>,
}

/// The function that takes such a frame.
fn call_for<F: FnOnce() -> R, R>(_: &Frame<F, R>) -> unsafe extern "C-unwind" fn(*mut ()) {
    call_frame::<F, R>
}

unsafe extern "C-unwind" fn call_frame<F: FnOnce() -> R, R>(data: *mut ()) {
    // SAFETY: `outbound` passes a live `Frame<F, R>` that nobody else borrows.
    let frame = unsafe { &mut *data.cast::<Frame<F, R>>() };
    if let Some(f) = frame.f.take() {
        frame.result = Some(f());
    }
}

/// Runs this host's code for a patch, whose [`Raise`] gets the panic.
#[inline(always)]
pub fn way_out<R>(raise: Raise, f: impl FnOnce() -> R) -> R {
    match catch_unwind(AssertUnwindSafe(f)) {
        Ok(value) => value,
        Err(payload) => escalate(payload, raise),
    }
}

/// Host side of [`HostTable::try_call`](dynpatch_interface::boundary::HostTable::try_call).
pub(crate) unsafe extern "C-unwind" fn try_call(
    call: unsafe extern "C-unwind" fn(*mut ()),
    data: *mut (),
    raise: Raise,
) {
    way_out(raise, || {
        // SAFETY: the caller vouches that `call` takes `data`.
        unsafe { call(data) }
    });
}

#[cold]
#[inline(never)]
fn escalate_to_host(payload: Box<dyn Any + Send>) -> ! {
    escalate(payload, dispatch::host().raise)
}

#[cold]
#[inline(never)]
fn escalate(payload: Box<dyn Any + Send>, raise: Raise) -> ! {
    let (text, is_text, location) = describe(&*payload);
    discard(payload);
    let message = PanicMessage { text: &text, is_text, location: &location };
    // SAFETY: the message is alive during the call, and `raise` copies it before it unwinds; unwinding this frame frees
    // the text by this image's own cleanup.
    unsafe { raise(&message) }
}

/// Drops a payload. Its destructor is somebody's code too: if it panics, what that left is leaked, and not raised.
pub(crate) fn discard(payload: Box<dyn Any + Send>) {
    if let Err(second) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
        std::mem::forget(second);
    }
}

/// A payload as text, whether it was text, and where it was raised if that is known.
pub(crate) fn describe(payload: &(dyn Any + Send)) -> (String, bool, String) {
    let location = LAST_LOCATION.try_with(|place| place.take()).unwrap_or_default();
    if let Some(text) = payload.downcast_ref::<&'static str>() {
        return ((*text).to_owned(), true, String::new());
    }
    if let Some(text) = payload.downcast_ref::<String>() {
        return (text.clone(), true, String::new());
    }
    if let Some(panic) = payload.downcast_ref::<PatchPanic>() {
        return (panic.message.clone(), false, panic.location.clone());
    }
    ("a panic whose payload is not text".to_owned(), false, location)
}

thread_local! {
    static LAST_LOCATION: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Notes where this thread's newest panic was raised, for payloads that say nothing themselves.
pub(crate) fn note_location(location: Option<&std::panic::Location<'_>>) {
    let text = location.map(ToString::to_string).unwrap_or_default();
    // A panic while the thread's locals are torn down has no place left for its location, and needs none.
    let _ = LAST_LOCATION.try_with(|place| place.replace(text));
}
