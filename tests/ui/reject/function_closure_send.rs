use dynpatch::prelude::*;

#[patchable]
fn sent(f: &(dyn Fn(u32) -> u32 + Send)) -> u32 {
    f(1)
}

fn main() {}
