use dynpatch::prelude::*;

#[derive(PatchType)]
#[patch_type(open)]
#[repr(C)]
struct Request {
    id: u32,
}

fn main() {}
