//! Types that only `abi_stable` can tell apart: dynpatch knows their name and their size.
use abi_stable::StableAbi;
use dynpatch::prelude::*;

#[repr(C)]
#[derive(StableAbi)]
pub struct Order {
    pub id: u32,
    #[cfg(not(changed = "order"))]
    pub amount: u32,
    #[cfg(changed = "order")]
    pub amount: i32,
}

/// Which build answers.
pub const VERSION: u32 = match option_env!("SHARED_VERSION") {
    Some(_) => 2,
    None => 1,
};

#[patchable]
pub fn total(order: Order) -> u32 {
    order.amount as u32 * VERSION
}

/// What an order may amount to, for the host and all patches.
#[patchable]
pub static LIMIT: Limit = Limit { amount: Amount::new(9) };

#[cfg(not(changed = "limit"))]
type Amount = std::sync::atomic::AtomicU32;
#[cfg(changed = "limit")]
type Amount = std::sync::atomic::AtomicI32;

#[repr(C)]
#[derive(StableAbi)]
pub struct Limit {
    pub amount: Amount,
}

/// Says nothing that `abi_stable` would know of.
#[patchable]
pub fn version() -> u32 {
    VERSION
}
