use dynpatch::prelude::*;

#[patchable(local)]
fn at_once(n: u32) -> u32 {
    n
}

struct Counter;

#[patchable(local)]
impl Counter {
    fn at_once(&self) {}
}

fn main() {}
