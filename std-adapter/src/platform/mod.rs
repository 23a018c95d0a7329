//! The only file that names an operating system. A backend exports
//! - `NativeLoader`, a [`Loader`](dynpatch_core::Loader) whose source is a path and whose errors are [`PatchError`]s,
//!   and its `Limits`;
//! - `runtime_copies`, which names the runtimes an object has linked for itself;
//! - `executable_manifest`, which finds the manifest of a host's file.
//!
//! [`PatchError`]: dynpatch_interface::PatchError

#[cfg(target_os = "linux")]
pub(crate) use dynpatch_loader_linux::{Limits as LoaderLimits, NativeLoader, executable_manifest, runtime_copies};

#[cfg(not(target_os = "linux"))]
mod unsupported;
#[cfg(not(target_os = "linux"))]
pub(crate) use unsupported::{LoaderLimits, NativeLoader, executable_manifest, runtime_copies};

/// What a loader's inspection finds.
pub(crate) type NativeObject = <NativeLoader as dynpatch_core::Loader>::Object;

const _: () = {
    const fn contract<L>()
    where
        L: dynpatch_core::Loader<Source = std::path::Path, Error = dynpatch_interface::PatchError> + Send + Sync,
    {
    }
    contract::<NativeLoader>();
};
