use dynpatch::prelude::*;

struct Counter;

#[patchable]
impl Counter {
    fn limit() -> u32 {
        10
    }
}
