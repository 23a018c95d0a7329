use dynpatch::prelude::*;

const fn built_in_limit() -> u32 {
    10
}

#[patchable]
fn limit() -> u32 {
    built_in_limit()
}

static LIMIT: u32 = built_in_limit();
