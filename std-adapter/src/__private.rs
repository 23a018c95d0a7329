//! What generated code names. No part of the public API.

pub use crate::entry::{EntryCell, construct, destroy, run_entry, run_teardown};
pub use crate::future::{
    PatchFuture, PatchLocalFuture, boxed_future, hold_boxed_future, inbound_boxed_future, keep_boxed_future,
    outbound_boxed_future,
};
pub use crate::raw::allocator::PatchAllocator;
pub use crate::raw::connect::patch_table;
pub use crate::raw::dispatch::{
    Entered, Route, enter, enter_addition, enter_in_host, enter_latest, enter_method, route, slowly,
};
pub use crate::raw::foreign::{Foreign, ForeignFallback, is_foreign};
pub use crate::raw::future::{
    ErasedFuture, ErasedLocalFuture, erase_future, erase_local_future, hold_future, hold_local_future, keep_future,
    keep_local_future, outbound_future, outbound_local_future,
};
pub use crate::raw::image::{patch_at_thread_exit, patch_start_thread};
pub use crate::raw::instance::{Instance, InstanceCell};
pub use crate::raw::panic::{RAISE, guarded, inbound, outbound, way_out};
pub use crate::service::{BuiltInTable, PatchedTable};
pub use crate::shared::{redirect, storage};
pub use dynpatch_interface::boundary::{
    Code, EntryItem, Function, FunctionItem, ImplementationItem, Link, MethodOf, PatchTable, Raise, Slot, StaticItem,
};
pub use dynpatch_interface::record::{HeaderDescription, ItemDescription, ItemKind, unsealed};
pub use dynpatch_interface::{Environment, Version, types};

/// The same for callers that are not optimised.
pub mod out_of_line {
    pub use crate::raw::out_of_line::{OutOfLine, enter, enter_in_host, enter_latest, enter_method};
}

/// Bytes of a seal record.
pub const SEAL_RECORD_LENGTH: usize = dynpatch_interface::record::PREFIX + dynpatch_interface::record::SEAL_LENGTH;

/// The crate a module path begins with.
pub const fn crate_of(module_path: &'static str) -> &'static str {
    let bytes = module_path.as_bytes();
    let mut end = 0;
    while end < bytes.len() && bytes[end] != b':' {
        end += 1;
    }
    module_path.split_at(end).0
}
