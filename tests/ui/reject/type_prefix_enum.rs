use dynpatch::prelude::*;

#[derive(PatchType)]
#[patch_type(prefix)]
#[repr(u8)]
enum Event {
    Started,
}

fn main() {}
