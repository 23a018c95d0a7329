use dynpatch::prelude::*;

unsafe extern "C" {
    safe fn abs(number: i32) -> i32;
}

#[patchable]
fn absolute(number: i32) -> i32 {
    abs(number)
}

fn caller() -> i32 {
    absolute(-1)
}
