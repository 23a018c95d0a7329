use dynpatch::prelude::*;

#[patchable]
fn sometimes(#[cfg(unix)] a: u32, #[cfg_attr(unix, cfg(windows))] b: u32) -> u32 {
    a
}

fn main() {}
