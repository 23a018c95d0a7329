use dynpatch::prelude::*;

use std::sync::Mutex;

#[patchable]
static COUNT: Mutex<u32> = Mutex::new(0);
