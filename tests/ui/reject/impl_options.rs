use dynpatch::prelude::*;

#[patch_trait]
trait Handler {
    fn handle(&self) -> u32;
}

#[patch_impl(Handler, default = Plain)]
struct Plain;

impl Handler for Plain {
    fn handle(&self) -> u32 {
        1
    }
}

#[patch_impl("Handler")]
struct Named;

#[patch_impl]
enum Either {
    One,
}

fn main() {}
