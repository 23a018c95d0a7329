//! References to generations, from a host or from a patch.

use super::dispatch::{has_runtime, host_if_linked};
use super::threads;
use dynpatch_interface::boundary::{Destination, Frame, GenerationToken};
use std::marker::PhantomData;
use std::ptr;

/// An owned reference to a generation; null in a program without a runtime, where there is one generation only.
#[derive(Debug)]
pub(crate) struct Reference(GenerationToken);

// SAFETY: a token is an address of a record that has nothing but atomics for its holders.
unsafe impl Send for Reference {}
// SAFETY: as above.
unsafe impl Sync for Reference {}

impl Reference {
    /// To the generation of the calling thread.
    pub(crate) fn current() -> Self {
        Self(match host_if_linked() {
            Some(host) => (host.current_generation)(),
            None if has_runtime() => threads::current_generation(),
            None => ptr::null(),
        })
    }
}

impl Clone for Reference {
    fn clone(&self) -> Self {
        match host_if_linked() {
            _ if self.0.is_null() => {}
            // SAFETY: `self` is a reference.
            Some(host) => unsafe { (host.keep_generation)(self.0) },
            None if has_runtime() => {
                // SAFETY: `self` is a reference.
                unsafe { threads::keep_generation(self.0) }
            }
            None => {}
        }
        Self(self.0)
    }
}

impl Drop for Reference {
    fn drop(&mut self) {
        match host_if_linked() {
            _ if self.0.is_null() => {}
            // SAFETY: `self` is a reference, and gone after this.
            Some(host) => unsafe { (host.release_generation)(self.0) },
            None if has_runtime() => {
                // SAFETY: as above.
                unsafe { threads::release_generation(self.0) }
            }
            None => {}
        }
    }
}

/// A frame in which this thread is elsewhere. It cannot be sent, and is dropped where it was made, in the reverse order.
pub(crate) struct Entered<'a> {
    frame: Option<Frame>,
    reference: PhantomData<(&'a Reference, *const ())>,
}

impl<'a> Entered<'a> {
    /// In a generation.
    pub(crate) fn generation(reference: &'a Reference) -> Self {
        Self { frame: enter_generation(reference.0), reference: PhantomData }
    }

    /// In no generation.
    pub(crate) fn nowhere() -> Self {
        Self { frame: enter(Destination::Nowhere), reference: PhantomData }
    }
}

fn enter_generation(token: GenerationToken) -> Option<Frame> {
    if token.is_null() { None } else { enter(Destination::Generation(token)) }
}

/// A program without a runtime has nowhere to go.
fn enter(destination: Destination) -> Option<Frame> {
    match host_if_linked() {
        // SAFETY: the reference that a destination names is borrowed as long as the frame lasts.
        Some(host) => Some(unsafe { (host.enter)(destination) }),
        // SAFETY: as above.
        None if has_runtime() => Some(unsafe { threads::enter(destination) }),
        None => None,
    }
}

impl Drop for Entered<'_> {
    fn drop(&mut self) {
        match (self.frame, host_if_linked()) {
            (None, _) => {}
            // SAFETY: entered on this thread; frames of this type are locals of functions that run a closure, so they
            // end in the reverse order.
            (Some(frame), Some(host)) => unsafe { (host.leave)(frame) },
            // SAFETY: as above.
            (Some(frame), None) => unsafe { leave_here(frame) },
        }
    }
}

/// # Safety
/// As of [`threads::leave`].
unsafe fn leave_here(frame: Frame) {
    if has_runtime() {
        // SAFETY: as the caller vouches.
        unsafe { threads::leave(frame) };
    }
}
