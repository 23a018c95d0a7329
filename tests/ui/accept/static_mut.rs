use dynpatch::prelude::*;

use std::sync::atomic::AtomicU32;

#[patchable]
static COUNT: AtomicU32 = AtomicU32::new(0);
