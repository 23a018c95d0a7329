use dynpatch::prelude::*;

#[patch_trait]
trait Handler {
    fn handle(&self) -> u32;
}

#[derive(Default)]
struct Plain;

#[patch_impl]
impl Plain {
    fn handle(&self) -> u32 {
        1
    }
}

fn main() {}
