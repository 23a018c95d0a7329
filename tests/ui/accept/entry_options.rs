use dynpatch::prelude::*;

#[patch_entry(teardown = stop)]
fn first() -> Result<(), String> {
    Ok(())
}

fn stop() {}
