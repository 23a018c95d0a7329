use dynpatch::prelude::*;

#[patchable]
unsafe extern "C" fn log(level: u32, _: ...) -> u32 {
    level
}

fn main() {}
