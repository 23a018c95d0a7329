use dynpatch::prelude::*;

#[patchable]
#[cfg(unix)]
fn sometimes(a: u32) -> u32 {
    a
}

#[patchable]
#[cfg(windows)]
fn sometimes(a: u32, b: u32) -> u32 {
    a + b
}
