//! The only file that names an operating system. A backend exports
//! - `NativeLoader`, a [`Loader`](dynpatch_core::Loader) whose source is a path and whose errors are [`PatchError`]s,
//!   and its `Limits`;
//! - `runtime_copies`, which names the runtimes an object has linked for itself;
//! - `executable_manifest`, which finds the manifest of a host's file;
//! - `ProcessBarrier`, a [`Barrier`](dynpatch_core::Barrier) to `register` for, and whether it is `distrusted`; [`barrier`]
//!   decides;
//! - `threads`: the ends of threads, their names, signals, forks;
//! - `NativeFiles`, a `System` for watches of files, with the feature `watcher`.
//!
//! [`PatchError`]: dynpatch_interface::PatchError

#[cfg(target_os = "linux")]
pub(crate) use dynpatch_loader_linux::{
    Limits as LoaderLimits, NativeLoader, ProcessBarrier, executable_manifest, runtime_copies, threads,
};

#[cfg(all(feature = "watcher", target_os = "linux"))]
pub use dynpatch_loader_linux::NativeFiles;
#[cfg(all(feature = "watcher", not(target_os = "linux")))]
pub use dynpatch_watcher::files::Portable as NativeFiles;

#[cfg(windows)]
pub(crate) use dynpatch_loader_windows::ProcessBarrier;
#[cfg(not(any(target_os = "linux", windows)))]
mod without_barrier;
#[cfg(not(any(target_os = "linux", windows)))]
pub(crate) use without_barrier::ProcessBarrier;

#[cfg(not(target_os = "linux"))]
#[path = "without_threads.rs"]
pub(crate) mod threads;
#[cfg(not(target_os = "linux"))]
mod unsupported;
#[cfg(not(target_os = "linux"))]
pub(crate) use unsupported::{LoaderLimits, NativeLoader, executable_manifest, runtime_copies};

mod barrier;
mod litmus;
pub(crate) use barrier::barrier;

/// A mapped image, and its pages.
pub(crate) type NativeImage = <NativeLoader as dynpatch_core::Loader>::Image;
pub(crate) type NativePages = <NativeImage as dynpatch_core::Image>::Pages;

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
