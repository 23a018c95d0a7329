use dynpatch::prelude::*;

#[derive(PatchType)]
#[patch_type(open)]
enum Event {
    Started,
    Stopped(u32),
}

#[derive(PatchType)]
#[patch_type(open)]
#[repr(C)]
enum Signal {
    Red,
}

fn main() {}
