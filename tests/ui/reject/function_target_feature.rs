use dynpatch::prelude::*;

#[patchable]
#[target_feature(enable = "sse2")]
fn fast(numbers: &[u32]) -> u32 {
    numbers.iter().sum()
}

fn main() {}
