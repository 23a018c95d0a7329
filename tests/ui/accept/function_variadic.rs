use dynpatch::prelude::*;

#[patchable]
unsafe extern "C" fn log(level: u32, _: *const u32, _: usize) -> u32 {
    level
}
