use dynpatch::prelude::*;

#[patch_trait]
trait Handler {
    fn handle(&self) -> u32;
}

#[patch_impl(Handler, new = Plain)]
struct Plain;

impl Handler for Plain {
    fn handle(&self) -> u32 {
        1
    }
}

#[derive(Default)]
enum Either {
    #[default]
    One,
}

#[patch_impl]
impl Handler for Either {
    fn handle(&self) -> u32 {
        1
    }
}
