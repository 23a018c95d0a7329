use dynpatch::prelude::*;

#[patch_entry(shutdown = stop)]
fn first() -> Result<(), String> {
    Ok(())
}

#[patch_entry(teardown)]
fn second() -> Result<(), String> {
    Ok(())
}

#[patch_entry("stop")]
fn third() -> Result<(), String> {
    Ok(())
}

fn stop() {}

fn main() {}
