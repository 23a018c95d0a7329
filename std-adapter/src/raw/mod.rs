//! Everything in this crate that the compiler cannot check. Each file is one reason for `unsafe`.
//!
//! - `dispatch.rs`: reading a slot through the bias of the calling thread, which says where it is.
//! - `out_of_line.rs`: the same for callers that are not optimised.
//! - `policy.rs`: what the optimiser may know of the policy.
//! - `threads.rs`, `held.rs`: ways into a generation that are no call.
//! - `image.rs`: who needs the code of a patch.
//! - `panic.rs`: a panic leaves one image and is raised in another.
//! - `generation.rs`: the tables that a bias leads to.
//! - `host.rs`, `connect.rs`: the two ends of the table a host gives to a patch.
//! - `registry.rs`: the link sections of this image.
//! - `allocator.rs`: a patch's memory is its host's memory.
//! - `instance.rs`, `object.rs`, `future.rs`: lifetimes and types that the boundary erases.
//! - `foreign.rs`: types that another crate describes.
//! - `log.rs`, `trace/`: records leave a patch.
//! - `patch.rs`: the table a patch exports.
#![expect(unsafe_code, reason = "this is the address of unsafe code in this crate")]

pub(crate) mod allocator;
pub(crate) mod connect;
pub(crate) mod dispatch;
pub(crate) mod foreign;
pub(crate) mod future;
pub(crate) mod generation;
pub(crate) mod held;
pub(crate) mod host;
pub(crate) mod image;
pub(crate) mod instance;
pub(crate) mod log;
pub(crate) mod object;
pub(crate) mod out_of_line;
pub(crate) mod panic;
pub(crate) mod patch;
pub(crate) mod policy;
pub(crate) mod registry;
pub(crate) mod threads;
pub(crate) mod trace;
