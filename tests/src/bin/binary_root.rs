//! A program with nothing but a `main.rs`: shows what the runtime says of a patchable item in it.

use dynpatch::prelude::*;

#[patchable]
fn in_the_root() -> u64 {
    7
}

fn main() -> Result<(), PatchError> {
    assert_eq!(in_the_root(), 7);
    for warning in init()?.warnings() {
        println!("{warning}");
    }
    Ok(())
}
