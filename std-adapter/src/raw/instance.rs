//! The one object behind an implementation that a patch exports.

use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

/// Where a patch keeps the object its service methods run on.
#[derive(Debug)]
pub struct InstanceCell<T>(AtomicPtr<T>);

impl<T> InstanceCell<T> {
    /// A cell without an object.
    #[expect(clippy::new_without_default, reason = "only generated code makes one, in a static")]
    pub const fn new() -> Self {
        Self(AtomicPtr::new(ptr::null_mut()))
    }

    /// Puts the object in. It is never dropped: old methods may run on it as long as the process lives.
    pub(crate) fn set(&self, object: T) {
        self.0.store(Box::leak(Box::new(object)), Ordering::Release);
    }
}

/// A type that `#[patch_impl]` exports as the service `S`.
pub trait Instance<S: ?Sized>: Send + Sync + Sized + 'static {
    /// The type's cell.
    fn cell() -> &'static InstanceCell<Self>;

    /// The object.
    #[inline(always)]
    fn instance() -> &'static Self {
        let object = Self::cell().0.load(Ordering::Acquire);
        // SAFETY: only the methods of a patched table ask for the object, and the loader publishes that table after
        // `construct` has filled the cell. The object was leaked, so it lives for ever; `Self: Sync`.
        unsafe { &*object }
    }
}
