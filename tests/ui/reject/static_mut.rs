use dynpatch::prelude::*;

#[patchable]
static mut COUNT: u32 = 0;

fn main() {}
