use dynpatch::prelude::*;

#[patchable]
unsafe extern "C" {
    safe fn abs(number: i32) -> i32;
}

fn caller() -> i32 {
    abs(-1)
}

fn main() {}
