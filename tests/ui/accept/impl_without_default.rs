use dynpatch::prelude::*;

#[patch_trait]
trait Handler {
    fn handle(&self) -> u32;
}

struct Made(u32);

#[patch_impl(new = Made(1))]
impl Handler for Made {
    fn handle(&self) -> u32 {
        self.0
    }
}

#[patch_impl(Handler)]
#[derive(Default)]
struct Named {
    number: u32,
}

impl Handler for Named {
    fn handle(&self) -> u32 {
        self.number
    }
}
