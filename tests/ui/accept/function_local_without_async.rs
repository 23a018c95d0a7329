use dynpatch::prelude::*;

#[patchable(local)]
async fn later(n: u32) -> u32 {
    n
}

struct Counter;

#[patchable(local)]
impl Counter {
    fn at_once(&self) {}

    async fn later(&self) {}
}
