//! Values whose code is of a patch, and that outlive the call that made them.

use crate::raw::image::Keep;
use dynpatch_interface::PatchType;
use dynpatch_interface::types::{Extent, Fingerprint, TypeNode};
use std::fmt;

/// A value that keeps the code of the image which made it: a closure or a trait object, made by patch code and returned to
/// the host. As long as one lives, the patch that made it stays mapped; in a host's own code it keeps nothing.
///
/// Only patches that are unmapped need this, and only for values whose type alone does not show that they hold no code
/// and no borrow of the patch's statics: a plain `Box<dyn Fn()>` in a signature keeps the patch mapped for good.
///
/// ```
/// use dynpatch::Held;
///
/// let double: Held<Box<dyn Fn(u32) -> u32 + Send>> = Held::new(Box::new(|x| x * 2));
/// assert_eq!(double.with(|double| double(21)), 42);
/// ```
pub struct Held<T> {
    // Dropped in this order: the value's destructor is code of the image.
    value: T,
    image: Keep,
}

impl<T> Held<T> {
    /// Holds a value that code of the calling image has made.
    pub fn new(value: T) -> Self {
        Self { value, image: Keep::own() }
    }

    /// Lends the value. What `f` takes out of it, a copy of a function pointer, say, is not held.
    pub fn with<R>(&self, f: impl FnOnce(&T) -> R) -> R {
        f(&self.value)
    }
}

impl<T> fmt::Debug for Held<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Held").field("image", &self.image).finish_non_exhaustive()
    }
}

impl<T: PatchType> PatchType for Held<T> {
    const TYPE: TypeNode = TypeNode::Builtin {
        name: "Held",
        extent: Extent::of::<Self>(),
        downcasts: false,
        offsets: &[],
        arguments: &[T::TYPE],
    };
    const FINGERPRINT: Fingerprint = Fingerprint::of_builtin("Held", Extent::of::<Self>(), &[T::FINGERPRINT]);
}
