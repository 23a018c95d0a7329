use dynpatch::prelude::*;

#[derive(PatchType)]
struct Request {
    #[patch_type(skip)]
    id: u32,
}

#[derive(PatchType)]
enum Event {
    Started,
    Stopped {
        #[patch_type(opaque)]
        why: u32,
    },
}

#[derive(PatchType)]
enum Signal {
    #[patch_type(open)]
    Red,
}

fn main() {}
