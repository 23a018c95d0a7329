use dynpatch::prelude::*;

#[derive(PatchType)]
#[patch_type(opened)]
#[repr(u8)]
enum Event {
    Started,
}

#[derive(PatchType)]
#[patch_type(recursive)]
struct Node {
    next: Option<Box<Node>>,
}

#[derive(PatchType)]
#[patch_type]
struct Empty;

fn main() {}
