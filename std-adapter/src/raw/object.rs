//! The object behind a service's built-in methods, its type erased.

use crate::service::{NEAR, Service, ServiceTrait};
use dynpatch_interface::boundary::Function;
use std::ptr::NonNull;

/// An object and how to drop it.
#[derive(Debug)]
pub(crate) struct Object {
    start: NonNull<()>,
    drop: Option<unsafe fn(NonNull<()>)>,
}

// SAFETY: both constructors take objects that are `Send + Sync`; the only other field is a function.
unsafe impl Send for Object {}
// SAFETY: as above.
unsafe impl Sync for Object {}

impl Object {
    pub(crate) const fn borrowed<I: Send + Sync + 'static>(object: &'static I) -> Self {
        Self { start: NonNull::from_ref(object).cast(), drop: None }
    }

    pub(crate) fn owned<I: Send + Sync + 'static>(object: I) -> Self {
        unsafe fn drop_as<I>(start: NonNull<()>) {
            // SAFETY: `owned` leaked exactly this box, and `Drop` of `Object` runs once.
            drop(unsafe { Box::from_raw(start.cast::<I>().as_ptr()) });
        }
        Self { start: NonNull::from_mut(Box::leak(Box::new(object))).cast(), drop: Some(drop_as::<I>) }
    }

    /// The object.
    ///
    /// # Safety
    /// `I` is the type it was made with.
    #[inline(always)]
    pub(crate) unsafe fn get<I>(&self) -> &I {
        // SAFETY: the object is alive as long as `self` (it is static, or owned by `self`), and is an `I` (caller).
        unsafe { self.start.cast::<I>().as_ref() }
    }
}

impl Drop for Object {
    fn drop(&mut self) {
        if let Some(drop) = self.drop {
            // SAFETY: `drop` was instantiated for the type of this object, which nobody borrows any more.
            unsafe { drop(self.start) }
        }
    }
}

impl<T: ?Sized + ServiceTrait> Service<T> {
    /// The service's own method at a place.
    ///
    /// # Safety
    /// The service's table has that place.
    #[doc(hidden)]
    #[inline(always)]
    pub unsafe fn method(&self, index: usize) -> Function {
        if index < NEAR {
            return self.near[index];
        }
        // SAFETY: the place is in the table (caller).
        unsafe { *self.methods.get_unchecked(index) }
    }

    /// The service's own object.
    ///
    /// # Safety
    /// `I` is the type the service was made with. Only the built-in table of `I` asks.
    #[doc(hidden)]
    #[inline(always)]
    pub unsafe fn object<I>(&self) -> &I {
        // SAFETY: as the caller vouches.
        unsafe { self.object.get() }
    }
}

/// The shared instance of a static: `own`, or where the loader redirected it.
#[inline]
pub(crate) fn redirected<T>(own: &T, redirect: *mut ()) -> &T {
    // SAFETY: a redirect is null, or the loader set it to the storage of a static of the same path whose type has the
    // same tokens, size, alignment and definition; statics live as long as their image, and an image
    // whose static is shared is never unmapped (`Hold::Item`).
    unsafe { redirect.cast::<T>().cast_const().as_ref() }.unwrap_or(own)
}
