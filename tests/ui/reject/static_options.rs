use dynpatch::prelude::*;

use std::sync::atomic::AtomicU32;

#[patchable(latest, local, host)]
static COUNT: AtomicU32 = AtomicU32::new(0);

fn main() {}
