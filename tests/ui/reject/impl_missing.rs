use dynpatch::prelude::*;

#[patch_trait]
trait Handler {
    fn handle(&self) -> u32;
}

#[patch_impl(Handler)]
struct Plain;

fn main() {}
