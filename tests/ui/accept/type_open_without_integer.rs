use dynpatch::prelude::*;

#[derive(PatchType)]
#[patch_type(open)]
#[repr(u8)]
enum Event {
    Started,
    Stopped(u32),
}

#[derive(PatchType)]
#[patch_type(open)]
#[repr(i32)]
enum Signal {
    Red,
}
