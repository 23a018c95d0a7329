use dynpatch::prelude::*;

#[patchable]
#[track_caller]
fn whose() -> u32 {
    std::panic::Location::caller().line()
}

fn main() {}
