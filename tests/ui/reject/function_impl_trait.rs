use dynpatch::prelude::*;

#[patchable]
fn argument(numbers: impl Iterator<Item = u32>) -> u32 {
    numbers.sum()
}

#[patchable]
fn output(end: u32) -> impl Iterator<Item = u32> {
    0..end
}

#[patchable]
fn both(numbers: Option<impl Send>) -> Box<impl Send> {
    Box::new(numbers)
}

fn main() {}
