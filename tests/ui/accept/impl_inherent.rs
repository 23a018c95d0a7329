use dynpatch::prelude::*;

#[patch_trait]
trait Handler {
    fn handle(&self) -> u32;
}

#[derive(Default)]
struct Plain;

#[patchable]
impl Plain {
    fn handle(&self) -> u32 {
        1
    }
}
