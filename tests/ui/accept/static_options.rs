use dynpatch::prelude::*;

use std::sync::atomic::AtomicU32;

#[patchable(replaces = "app::COUNT")]
static COUNT: AtomicU32 = AtomicU32::new(0);
