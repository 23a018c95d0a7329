use dynpatch::prelude::*;

#[patch_entry]
fn silent() {}

#[patch_entry]
fn with_arguments(_: u32) -> Result<(), String> {
    Ok(())
}

#[patch_entry]
async fn later() -> Result<(), String> {
    Ok(())
}

#[patch_entry]
unsafe fn not_safe() -> Result<(), String> {
    Ok(())
}

#[patch_entry]
fn of_any<T>() -> Result<(), String> {
    Ok(())
}

fn main() {}
