use dynpatch::prelude::*;

#[unsafe(no_mangle)]
extern "C" fn first(n: u32) -> u32 {
    patchable_first(n)
}

#[patchable]
fn patchable_first(n: u32) -> u32 {
    n
}
