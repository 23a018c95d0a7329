//! The one runtime of a process, and the functions that speak to it.

use super::{
    Applied, Event, LivePatch, PatchInfo, PatchRecord, Plan, ReclaimReport, RolledBack, Runtime, RuntimeBuilder,
    Subscription,
};
use crate::raw::dispatch;
use dynpatch_interface::{ErrorCode, PatchError};
use std::path::Path;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

static CLAIMED: AtomicBool = AtomicBool::new(false);
static GLOBAL: OnceLock<Runtime> = OnceLock::new();

/// Takes the process's slots for one runtime.
pub(super) fn claim() -> Result<(), PatchError> {
    refuse_in_patch()?;
    if CLAIMED.swap(true, Ordering::AcqRel) {
        let cause = "this process has a runtime, and its slots can have one owner only";
        return Err(PatchError::new(ErrorCode::AlreadyInitialised, "runtime", cause)
            .with_help("call `init` once, at the start of `main`"));
    }
    Ok(())
}

/// A patch has its own copy of everything here, and none of it is the host's.
fn refuse_in_patch() -> Result<(), PatchError> {
    if dispatch::linked() {
        let cause = "called from patch code, which has no runtime of its own";
        return Err(PatchError::new(ErrorCode::NotInitialised, "runtime", cause)
            .with_help("call it in a function marked `#[patchable(host)]`, which always runs in the host"));
    }
    Ok(())
}

/// Gives the slots back when the runtime could not be made.
pub(super) fn release() {
    CLAIMED.store(false, Ordering::Release);
}

pub(super) fn install(runtime: Runtime) -> &'static Runtime {
    GLOBAL.get_or_init(|| runtime)
}

/// The runtime that [`init`] or [`RuntimeBuilder::init`] made.
///
/// # Errors
/// `NotInitialised` before that.
pub fn runtime() -> Result<&'static Runtime, PatchError> {
    refuse_in_patch()?;
    GLOBAL.get().ok_or_else(|| {
        PatchError::new(ErrorCode::NotInitialised, "runtime", "this process has no runtime yet")
            .with_help("call `dynpatch::init()` at the start of `main`")
    })
}

/// Makes the runtime of this process with the default settings.
///
/// ```
/// use dynpatch::prelude::*;
/// # #[allow(unused_must_use)] {
/// init();
/// # }
/// ```
///
/// # Errors
/// As [`RuntimeBuilder::init`].
pub fn init() -> Result<&'static Runtime, PatchError> {
    RuntimeBuilder::new().init()
}

/// Applies the patch at `path`: see [`Runtime::reload`].
///
/// # Errors
/// `NotInitialised`, or as [`Runtime::reload`].
pub fn reload(path: impl AsRef<Path>) -> Result<Applied, PatchError> {
    runtime()?.reload(path)
}

/// What [`reload`] would say to the patch at `path`: see [`Runtime::plan`].
///
/// # Errors
/// `NotInitialised`, or as [`Runtime::plan`].
pub fn plan(path: impl AsRef<Path>) -> Result<Plan, PatchError> {
    runtime()?.plan(path)
}

/// Takes the newest live patch back: see [`Runtime::rollback`].
///
/// # Errors
/// `NotInitialised`, or as [`Runtime::rollback`].
pub fn rollback() -> Result<RolledBack, PatchError> {
    runtime()?.rollback()
}

/// Takes back every patch above a generation: see [`Runtime::rollback_to`].
///
/// # Errors
/// `NotInitialised`, or as [`Runtime::rollback_to`].
pub fn rollback_to(generation: u64) -> Result<Vec<RolledBack>, PatchError> {
    runtime()?.rollback_to(generation)
}

/// Takes one live patch out, wherever it stands: see [`Runtime::disable`].
///
/// # Errors
/// `NotInitialised`, or as [`Runtime::disable`].
pub fn disable(generation: u64) -> Result<RolledBack, PatchError> {
    runtime()?.disable(generation)
}

/// The live patches that can be gone back to or over, the newest last.
pub fn live_patches() -> Vec<LivePatch> {
    runtime().map(Runtime::live_patches).unwrap_or_default()
}

/// What has become of every generation's code: see [`Runtime::reclaim_report`].
///
/// # Errors
/// `NotInitialised`, or as [`Runtime::reclaim_report`].
pub fn reclaim_report() -> Result<ReclaimReport, PatchError> {
    runtime()?.reclaim_report()
}

/// Unmaps what nobody can reach any more: see [`Runtime::try_reclaim`].
///
/// # Errors
/// `NotInitialised`, or as [`Runtime::try_reclaim`].
pub fn try_reclaim() -> Result<ReclaimReport, PatchError> {
    runtime()?.try_reclaim()
}

/// Calls back for everything that the runtime does: see [`Runtime::subscribe`].
///
/// # Errors
/// `NotInitialised`.
pub fn subscribe(callback: impl FnMut(&Event<'_>) + Send + 'static) -> Result<Subscription, PatchError> {
    Ok(runtime()?.subscribe(callback))
}

/// The newest live patch, if any is live.
pub fn active_patch_info() -> Option<PatchInfo> {
    runtime().ok()?.active_patch_info()
}

/// What happened so far, oldest first; the newest 1,024 lines.
pub fn history() -> Vec<PatchRecord> {
    runtime().map(Runtime::history).unwrap_or_default()
}
