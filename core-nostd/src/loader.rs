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

/// A mapped image. It stays mapped until the process ends, whatever happens to this value, unless it is closed.
pub trait Image: Sized {
    /// Answers for its pages after this value is gone.
    type Pages: Pages;

    /// The manifest as it lies in memory, to be compared with the inspected bytes.
    fn manifest(&self) -> &[u8];

    /// The address of the exported symbol `name`, null when there is none.
    fn symbol(&self, name: &core::ffi::CStr) -> *const ();

    /// The pages it is mapped to, for a report.
    fn pages(&self) -> Self::Pages;

    /// Runs the image's destructors, tells the dynamic linker that it is no longer needed, and looks what came of it:
    /// that is up to the dynamic linker. Only an [`Unreachable`] image can be closed.
    fn close(image: Unreachable<Self>) -> Closed;
}

/// The pages of an image, mapped or not.
pub trait Pages {
    /// Whether any of them is mapped at this moment. In doubt they are: when the system does not tell.
    fn are_mapped(&self) -> bool;
}

/// What came of closing an image, as observed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "closing an image does not always unmap it"]
pub enum Closed {
    /// Nothing of it is mapped any more, and what it took of the loader's budget is given back.
    Unmapped,
    /// Some of it is, or the system does not tell. It counts as before until its [`Pages`] turn out to be gone: the
    /// dynamic linker may unmap it at any later time.
    StillMapped,
}

/// An image that nothing can reach any more: proof that it may be closed.
#[derive(Debug)]
pub struct Unreachable<I>(I);

impl<I: Image> Unreachable<I> {
    /// Vouches that `image` is unreachable.
    ///
    /// # Safety
    /// From now on:
    /// - no thread runs code of the image or will return into it, be it by a call, a signal, an unwinding panic or a
    ///   suspended task;
    /// - nothing that is ever used again points into it: no function pointer or vtable, no reference to a static or
    ///   a constant, no value that it has allocated from its own allocator;
    /// - nobody is going to call a destructor of its making: none of a thread-local variable, a thread-specific key,
    ///   an exit handler that the platform does not run when the image is closed;
    /// - the destructors that closing it runs are fine to run now, in this thread or, if it stays mapped at first,
    ///   later in whichever thread makes the dynamic linker unmap it.
    ///
    /// A platform's loader may ask for less and says so.
    #[expect(unsafe_code, reason = "a promise that only the caller can keep; there is no unsafe block")]
    pub unsafe fn vouch(image: I) -> Self {
        Self(image)
    }

    /// The image.
    pub fn image(&self) -> &I {
        &self.0
    }

    /// The image by value, for its loader to close.
    pub fn into_image(self) -> I {
        self.0
    }
}
