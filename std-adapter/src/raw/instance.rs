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

    /// Puts the object in. It stays until [`take`](Self::take): old methods may run on it.
    pub(crate) fn set(&self, object: T) {
        self.0.store(Box::leak(Box::new(object)), Ordering::Release);
    }

    /// Takes the object out, if there is one.
    ///
    /// # Safety
    /// Nobody uses the object, or can get to it any more.
    pub(crate) unsafe fn take(&self) -> Option<Box<T>> {
        let object = self.0.swap(ptr::null_mut(), Ordering::AcqRel);
        // SAFETY: null, or `set` leaked exactly this box, and nobody else has it (caller).
        (!object.is_null()).then(|| unsafe { Box::from_raw(object) })
    }
}

/// Drops the object of a patch that is about to be unmapped.
pub(crate) fn drop_unreachable<T>(cell: &InstanceCell<T>) {
    // SAFETY: the host asks for it when a survey has found that no thread and no reference leads into this image any
    // more, and calls nothing else of it but destructors.
    drop(unsafe { cell.take() });
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
        // `construct` has filled the cell. The object was leaked, and is taken back when no thread can be in such a
        // method any more; `Self: Sync`.
        unsafe { &*object }
    }
}
