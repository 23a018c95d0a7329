use dynpatch::prelude::*;

#[patch_trait]
trait Handler {
    fn handle(&self) -> u32;
}

#[derive(Default)]
struct Plain;

#[patch_impl(Handler)]
impl Handler for Plain {
    fn handle(&self) -> u32 {
        1
    }
}

#[patch_impl(Handler, Handler)]
struct Twice;

fn main() {}
