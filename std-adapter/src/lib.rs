#![doc = include_str!("crate.md")]
#![deny(unsafe_code)]

// The macros name this crate by its own path, also in this crate's tests.
extern crate self as dynpatch;

#[doc(hidden)]
pub mod __private;
mod entry;
mod future;
mod panics;
mod platform;
mod processor;
mod raw;
mod runtime;
mod service;
mod shared;

pub use dynpatch_interface::{
    ErrorCode, Fingerprint, PatchEntry, PatchError, PatchInterface, PatchMetadata, PatchType, StateMigration,
    TypeLayout, Version, compute_type_hash, compute_type_hash_of,
};
pub use future::{BoxedFuture, PatchFuture, PatchLocalFuture, SnapshotFuture, snapshot, snapshot_async};
pub use macros::{PatchType, patch, patch_entry, patch_impl, patch_trait, patchable};
pub use panics::PatchPanic;
pub use raw::allocator::HostAllocator;
pub use runtime::{
    Applied, AppliedItem, Integrity, Limits, Origin, PatchAction, PatchInfo, PatchRecord, Plan, PlannedItem,
    PlannedPatch, Refusal, RolledBack, Runtime, RuntimeBuilder, SemverAdvice, Timings, Unchecked, Warning,
    active_patch_info, history, init, plan, plan_for, reload, rollback, runtime, seal,
};
pub use service::{Service, ServiceTrait};
pub use shared::Shared;

mod macros;

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
