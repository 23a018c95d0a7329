use dynpatch::prelude::*;

#[patchable]
fn argument(numbers: &mut dyn Iterator<Item = u32>) -> u32 {
    numbers.sum()
}

#[patchable]
fn output(end: u32) -> Box<dyn Iterator<Item = u32>> {
    Box::new(0..end)
}
