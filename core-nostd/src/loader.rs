//! The only thing a platform must implement.

use crate::{Admitted, Sealed};

/// Makes private copies of patches, reads their object format, and maps the admitted ones.
///
/// The three steps are separate so that everything between them, the rules, is the same on every platform.
pub trait Loader {
    /// Where a patch comes from: a path, a slot number.
    type Source: ?Sized;
    /// The private copy.
    type Copy: AsRef<[u8]>;
    /// What the object format says about the copy.
    type Object: Object;
    /// A mapped image. Dropping it keeps it mapped.
    type Image: Image;
    /// Why a step failed.
    type Error;

    /// Copies the source once into an image nobody else can write. Never runs code, never maps the source itself.
    ///
    /// # Errors
    /// When the source cannot be read, is not a plain file, changes meanwhile, or exceeds a limit.
    fn seal(&self, source: &Self::Source) -> Result<Sealed<Self::Copy>, Self::Error>;

    /// Checks the object format and finds the manifest. A pure function of the bytes.
    ///
    /// # Errors
    /// When the bytes are not a shared library of this platform that is safe to hand to its dynamic linker.
    fn inspect(&self, bytes: &[u8]) -> Result<Self::Object, Self::Error>;

    /// Maps the copy; its constructors run at once. What else was found beside the object, `M`, is handed back.
    ///
    /// # Errors
    /// When a budget is used up, or the platform's dynamic linker refuses.
    fn map<M>(&self, admitted: Admitted<Self::Copy, (Self::Object, M)>) -> Result<(Self::Image, M), Self::Error>;
}

/// What a loader's inspection found in the bytes.
pub trait Object {
    /// Where the manifest section lies in the bytes.
    fn manifest(&self) -> core::ops::Range<usize>;
}

/// A mapped image.
pub trait Image {
    /// The manifest as it lies in memory, to be compared with the inspected bytes.
    fn manifest(&self) -> &[u8];

    /// The address of the exported symbol `name`, null when there is none.
    fn symbol(&self, name: &core::ffi::CStr) -> *const ();
}
