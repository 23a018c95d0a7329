//! A platform without a loader: no value of the types that only a loader makes.

use core::ffi::CStr;
use core::ops::Range;
use dynpatch_core::{Admitted, Closed, Image, Loader, Object, Pages, Sealed, Unreachable};
use dynpatch_interface::{ErrorCode, PatchError};
use std::path::Path;

/// Refuses every source.
#[derive(Debug)]
pub(crate) struct NativeLoader;

/// Limits of nothing.
#[derive(Debug, Clone, Default)]
#[expect(dead_code, reason = "a builder sets them for loaders that there are elsewhere")]
pub(crate) struct LoaderLimits {
    pub(crate) max_file_bytes: u64,
    pub(crate) max_images: usize,
    pub(crate) max_image_bytes: u64,
}

/// No such value.
#[derive(Debug)]
pub(crate) enum Never {}

impl Never {
    pub(crate) fn addresses(&self) -> Range<usize> {
        match *self {}
    }
}

/// Pages of no image.
#[derive(Debug, Clone)]
pub(crate) struct NoPages;

impl NativeLoader {
    pub(crate) fn with_limits(_: LoaderLimits) -> Self {
        Self
    }
}

impl AsRef<[u8]> for Never {
    fn as_ref(&self) -> &[u8] {
        match *self {}
    }
}

impl Object for Never {
    fn manifest(&self) -> Range<usize> {
        match *self {}
    }
}

impl Image for Never {
    type Pages = NoPages;

    fn manifest(&self) -> &[u8] {
        match *self {}
    }

    fn symbol(&self, _: &CStr) -> *const () {
        match *self {}
    }

    fn pages(&self) -> NoPages {
        match *self {}
    }

    fn close(image: Unreachable<Never>) -> Closed {
        match *image.image() {}
    }
}

impl Pages for NoPages {
    fn are_mapped(&self) -> bool {
        false
    }
}

impl Loader for NativeLoader {
    type Source = Path;
    type Copy = Never;
    type Object = Never;
    type Image = Never;
    type Error = PatchError;

    fn seal(&self, source: &Path) -> Result<Sealed<Never>, PatchError> {
        Err(PatchError::new(ErrorCode::Unsupported, source.display(), "there is no loader for this platform"))
    }

    fn inspect(&self, _: &[u8]) -> Result<Never, PatchError> {
        Err(PatchError::new(ErrorCode::Unsupported, "object", "there is no loader for this platform"))
    }

    fn map<M>(&self, admitted: Admitted<Never, (Never, M)>) -> Result<(Never, M), PatchError> {
        match *admitted.copy() {}
    }
}

pub(crate) fn runtime_copies(_: &[u8], object: &Never) -> Vec<&'static str> {
    match *object {}
}

pub(crate) fn executable_manifest(_: &[u8]) -> Result<Range<usize>, PatchError> {
    Err(PatchError::new(ErrorCode::Unsupported, "object", "there is no loader for this platform"))
}
