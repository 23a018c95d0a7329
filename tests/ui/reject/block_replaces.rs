use dynpatch::prelude::*;

struct Counter(u32);

#[patchable(replaces = "app::Counter::read")]
impl Counter {
    fn read(&self) -> u32 {
        self.0
    }
}

fn main() {}
