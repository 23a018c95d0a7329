use dynpatch::prelude::*;

#[patchable]
async fn later(f: &(dyn Fn(u32) -> u32 + Sync), g: &mut (dyn FnMut() + Send)) -> u32 {
    g();
    f(1)
}

fn main() {}
