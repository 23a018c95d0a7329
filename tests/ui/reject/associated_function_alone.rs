use dynpatch::prelude::*;

struct Counter;

impl Counter {
    #[patchable]
    fn limit() -> u32 {
        10
    }
}

fn main() {}
