use dynpatch::prelude::*;

#[derive(PatchType)]
#[patch_type(open)]
#[repr(u8)]
enum Event {
    Started,
}

#[derive(PatchType)]
struct Node {
    next: Option<Box<Node>>,
}

#[derive(PatchType)]
struct Empty;
