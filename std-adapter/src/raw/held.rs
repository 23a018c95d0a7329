//! References to generations, from a host or from a patch.

use super::dispatch::host_if_linked;
use super::threads;
use dynpatch_interface::boundary::{Destination, Frame, GenerationToken};
use std::marker::PhantomData;

/// An owned reference to a generation.
#[derive(Debug)]
pub(crate) struct Reference(GenerationToken);

// SAFETY: a token is an address of a record that has nothing but atomics for its holders.
unsafe impl Send for Reference {}
// SAFETY: as above.
unsafe impl Sync for Reference {}

impl Reference {
    /// To the generation of the calling thread.
    pub(crate) fn current() -> Self {
        Self(host_if_linked().map_or_else(|| threads::current_generation(), |host| (host.current_generation)()))
    }
}

impl Clone for Reference {
    fn clone(&self) -> Self {
        let keep = host_if_linked()
            .map_or(threads::keep_generation as unsafe extern "C" fn(GenerationToken), |host| host.keep_generation);
        // SAFETY: `self` is a reference.
        unsafe { keep(self.0) };
        Self(self.0)
    }
}

impl Drop for Reference {
    fn drop(&mut self) {
        let release = host_if_linked()
            .map_or(threads::release_generation as unsafe extern "C" fn(GenerationToken), |host| {
                host.release_generation
            });
        // SAFETY: `self` is a reference, and gone after this.
        unsafe { release(self.0) };
    }
}

/// A frame in which this thread is elsewhere. It cannot be sent, and is dropped where it was made, in the reverse order.
pub(crate) struct Entered<'a> {
    frame: Frame,
    reference: PhantomData<(&'a Reference, *const ())>,
}

impl<'a> Entered<'a> {
    /// In a generation.
    pub(crate) fn generation(reference: &'a Reference) -> Self {
        Self::at(Destination::Generation(reference.0))
    }

    /// In no generation.
    pub(crate) fn nowhere() -> Self {
        Self::at(Destination::Nowhere)
    }

    fn at(destination: Destination) -> Self {
        let enter =
            host_if_linked().map_or(threads::enter as unsafe extern "C" fn(Destination) -> Frame, |host| host.enter);
        // SAFETY: the reference is borrowed as long as the frame lasts.
        Self { frame: unsafe { enter(destination) }, reference: PhantomData }
    }
}

impl Drop for Entered<'_> {
    fn drop(&mut self) {
        let leave = host_if_linked().map_or(threads::leave as unsafe extern "C" fn(Frame), |host| host.leave);
        // SAFETY: entered on this thread; frames of this type are locals of functions that run a closure, so they end in
        // the reverse order.
        unsafe { leave(self.frame) };
    }
}
