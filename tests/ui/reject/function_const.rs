use dynpatch::prelude::*;

#[patchable]
const fn limit() -> u32 {
    10
}

static LIMIT: u32 = limit();

fn main() {}
