//! The patch: another implementation of the service, and a fix for one function, which it names by its path.

use dynpatch::prelude::*;
use service_app::{Cart, Pricing};

dynpatch::patch!();

/// Three for the price of two.
#[patch_impl(Pricing)]
struct ThreeForTwo;

impl Pricing for ThreeForTwo {
    fn name(&self) -> String {
        "three for two".to_owned()
    }

    fn net(&self, cart: &Cart) -> u64 {
        (cart.pieces - cart.pieces / 3) * cart.price
    }
}

/// Rounds to the nearest cent.
#[patchable(replaces = "service_app::tax")]
fn tax(net: u64) -> u64 {
    (net * 19 + 50) / 100
}
