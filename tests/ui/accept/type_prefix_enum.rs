use dynpatch::prelude::*;

#[derive(PatchType)]
#[patch_type(open)]
#[repr(u8)]
enum Event {
    Started,
}
