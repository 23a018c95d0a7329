//! How a runtime is made.

use super::apply::Rules;
use super::{Runtime, global};
use crate::platform::{LoaderLimits, NativeLoader};
use dynpatch_core::compatibility::Requirements;
use dynpatch_interface::{Environment, PatchError, Version};
use std::sync::Arc;

/// What a runtime may use up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Bytes of one patch file.
    pub file_bytes: u64,
    /// Patches mapped at the same time: under the `Retain` policy all that were ever applied.
    pub images: usize,
    /// Bytes of all mapped patches together.
    pub image_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { file_bytes: 256 << 20, images: 4096, image_bytes: 4 << 30 }
    }
}

/// Sets a [`Runtime`] up.
///
/// ```
/// use dynpatch::prelude::*;
/// use dynpatch_interface::Version;
///
/// # #[allow(unused_must_use)] {
/// RuntimeBuilder::new().interface_version(Version::new(1, 0, 0)).type_hash(0x1234567890abcdef).init();
/// # }
/// assert_eq!(RuntimeBuilder::new().init().unwrap_err().code(), ErrorCode::AlreadyInitialised);
/// ```
#[derive(Debug, Clone, Default)]
#[must_use = "a builder does nothing until `init` or `build`"]
pub struct RuntimeBuilder {
    interface_version: Option<Version>,
    type_hash: Option<u64>,
    is_strict: bool,
    limits: Limits,
}

impl RuntimeBuilder {
    /// The default settings: every interface version, no interface hash, [`Limits::default`].
    pub fn new() -> Self {
        Self::default()
    }

    /// The interface version this host offers. A patch written for one that does not go with it is refused; a patch
    /// that claims none is judged by its items alone.
    pub fn interface_version(mut self, version: Version) -> Self {
        self.interface_version = Some(version);
        self
    }

    /// The interface hash a patch must carry. Not set, it is not compared.
    pub fn type_hash(mut self, hash: u64) -> Self {
        self.type_hash = Some(hash);
        self
    }

    /// Refuses patches whose types are not compared to the end: types without `#[derive(PatchType)]`, of which only name
    /// and size are known, and types that hold values of any type, such as `dyn Any` and `dyn Error`.
    pub fn strict_layouts(mut self) -> Self {
        self.is_strict = true;
        self
    }

    /// What the runtime may use up.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Makes the runtime of this process, for the global functions.
    ///
    /// # Errors
    /// `AlreadyInitialised` when this process has a runtime, `DuplicateItem` when two patchable items of the host have
    /// the same path.
    pub fn init(self) -> Result<&'static Runtime, PatchError> {
        let runtime = self.build()?;
        Ok(global::install(runtime))
    }

    /// Makes the runtime of this process, owned by the caller; the global functions do not know it. Dropping it leaves
    /// what is live as it is, and the process without a runtime for good.
    ///
    /// # Errors
    /// As [`RuntimeBuilder::init`].
    pub fn build(self) -> Result<Runtime, PatchError> {
        global::claim()?;
        let requirements = Requirements {
            environment: Environment::of_this_build(cfg!(panic = "unwind")),
            interface_version: self.interface_version,
            type_hash: self.type_hash,
        };
        let loader = Arc::new(NativeLoader::with_limits(loader_limits(self.limits)));
        Runtime::new(loader, Rules { requirements, is_strict: self.is_strict }).inspect_err(|_| global::release())
    }
}

fn loader_limits(limits: Limits) -> LoaderLimits {
    LoaderLimits {
        max_file_bytes: limits.file_bytes,
        max_images: limits.images,
        max_image_bytes: limits.image_bytes,
        ..LoaderLimits::default()
    }
}
