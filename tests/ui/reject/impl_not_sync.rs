use dynpatch::prelude::*;

#[patch_trait]
trait Handler {
    fn handle(&self) -> u32;
}

#[patch_impl(Handler)]
#[derive(Default)]
struct Counter(std::cell::Cell<u32>);

impl Handler for Counter {
    fn handle(&self) -> u32 {
        self.0.get()
    }
}

fn main() {}
