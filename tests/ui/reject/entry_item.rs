use dynpatch::prelude::*;

#[patch_entry]
struct Entry;

#[patch_entry]
impl Entry {
    fn init(&mut self) {}
}

#[patch_entry]
static ENTRY: u32 = 0;

fn main() {}
