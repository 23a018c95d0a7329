#![doc = include_str!("crate.md")]
#![deny(unsafe_code)]

// The macros name this crate by its own path, also in this crate's tests.
extern crate self as dynpatch;

#[doc(hidden)]
pub mod __private;
mod entry;
mod future;
mod held;
mod panics;
mod platform;
mod processor;
mod quiescence;
mod raw;
mod runtime;
mod service;
mod shared;
mod snapshot;
#[cfg(feature = "watcher")]
mod watching;

pub use dynpatch_interface::{
    ErrorCode, Fingerprint, PatchEntry, PatchError, PatchInterface, PatchMetadata, PatchType, StateMigration,
    TypeLayout, Version, compute_type_hash, compute_type_hash_of,
};
#[cfg(feature = "watcher")]
pub use dynpatch_watcher::files::{Content, FileChange, FileWatch, WatchError};
pub use future::{BoxedFuture, PatchFuture, PatchLocalFuture};
pub use held::Held;
pub use macros::{PatchType, patch, patch_entry, patch_impl, patch_trait, patchable};
pub use panics::PatchPanic;
pub use quiescence::{checkpoint, offline};
pub use raw::allocator::HostAllocator;
pub use runtime::{
    Applied, AppliedItem, Event, GenerationReport, GenerationStatus, Hold, Integrity, Limits, LivePatch, Origin,
    PatchAction, PatchInfo, PatchRecord, Phase, Plan, PlannedItem, PlannedPatch, ReclaimReport, Refusal, RolledBack,
    Runtime, RuntimeBuilder, SemverAdvice, Subscription, Timings, Unchecked, Warning, active_patch_info, disable,
    history, init, live_patches, plan, plan_for, reclaim_report, reload, rollback, rollback_to, runtime, seal,
    subscribe, try_reclaim,
};
pub use service::{Service, ServiceTrait};
pub use shared::Shared;
pub use snapshot::{Snapshot, SnapshotFuture, snapshot, snapshot_async, unpinned};
#[cfg(feature = "watcher")]
pub use watching::{PatchOutcome, watch, watch_patch, watch_patches};

mod macros;

/// Configuration that reloads itself and never lets a bad file in: see the [guide](crate::guide#configuration).
#[cfg(feature = "watcher")]
pub mod config {
    pub use crate::platform::NativeFiles;
    pub use crate::watching::watch_config as watch;
    pub use dynpatch_macro::HotConfig;
    pub use dynpatch_watcher::config::*;

    /// Files, directories and variables that make one configuration, on this system.
    pub type ConfigBuilder = dynpatch_watcher::config::ConfigBuilder<NativeFiles>;
}

#[doc = include_str!("guide.md")]
pub mod guide {
    #![expect(unused_imports, reason = "the guide links to them")]
    use crate::{Applied, Limits, PatchPanic, Runtime, Service, seal, snapshot, snapshot_async};
}

/// What most hosts and patches need.
pub mod prelude {
    pub use crate::{
        Applied, ErrorCode, PatchEntry, PatchError, PatchInfo, PatchMetadata, PatchRecord, PatchType, RolledBack,
        Runtime, RuntimeBuilder, Service, Shared, TypeLayout, Version, active_patch_info, compute_type_hash,
        compute_type_hash_of, history, init, patch_entry, patch_impl, patch_trait, patchable, reload, rollback,
        snapshot, snapshot_async,
    };
}
