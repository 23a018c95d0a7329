use dynpatch::prelude::*;

#[derive(PatchType)]
#[patch_type(prefix)]
#[repr(C)]
struct Request {
    id: u8,
    length: u32,
}
