use dynpatch::prelude::*;

#[patch_trait]
unsafe trait Handler {
    unsafe fn handle(&self);
}

fn main() {}
