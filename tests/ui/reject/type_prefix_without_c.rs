use dynpatch::prelude::*;

#[derive(PatchType)]
#[patch_type(prefix)]
struct Request {
    id: u8,
    length: u32,
}

fn main() {}
