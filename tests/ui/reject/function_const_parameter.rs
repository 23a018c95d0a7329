use dynpatch::prelude::*;

#[patchable]
fn sum<const N: usize>(numbers: [u32; N]) -> u32 {
    numbers.iter().sum()
}

fn main() {}
