//! Statics that host and patches share.

use crate::raw;
use std::fmt;
use std::ops::Deref;
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

/// What `#[patchable] static` makes: one instance for the host and all its patches. Use it as the value it holds.
///
/// ```
/// use dynpatch::prelude::*;
/// use std::sync::atomic::{AtomicU64, Ordering};
///
/// #[patchable]
/// static REQUESTS: AtomicU64 = AtomicU64::new(0);
///
/// REQUESTS.fetch_add(1, Ordering::Relaxed);
/// assert_eq!(REQUESTS.load(Ordering::Relaxed), 1);
/// ```
pub struct Shared<T> {
    own: T,
    /// The shared instance, null where it is this one.
    redirect: AtomicPtr<()>,
}

impl<T: Sync> Shared<T> {
    #[doc(hidden)]
    pub const fn new(own: T) -> Self {
        Self { own, redirect: AtomicPtr::new(ptr::null_mut()) }
    }
}

impl<T> Deref for Shared<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        let redirect = self.redirect.load(Ordering::Acquire);
        raw::object::redirected(&self.own, redirect)
    }
}

impl<T: fmt::Debug> fmt::Debug for Shared<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

/// Where this image's own instance lies.
pub fn storage<T>(of: &'static Shared<T>) -> *const () {
    (&raw const of.own).cast()
}

/// Where the loader says which instance is the shared one.
pub const fn redirect<T>(of: &'static Shared<T>) -> &'static AtomicPtr<()> {
    &of.redirect
}
