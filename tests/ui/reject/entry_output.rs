use dynpatch::prelude::*;

struct Failed;

#[patch_entry]
fn not_shown() -> Result<(), Failed> {
    Ok(())
}

#[patch_entry]
fn no_result() -> bool {
    true
}

#[patch_entry]
fn with_a_value() -> Result<u32, String> {
    Ok(1)
}

fn main() {}
