use dynpatch::prelude::*;

#[patch_trait]
trait Handler {
    fn handle(&self) -> u32;
}

#[patch_impl(Handler)]
#[derive(Debug)]
struct Plain;

impl Handler for Plain {
    fn handle(&self) -> u32 {
        1
    }
}
