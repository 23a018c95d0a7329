use dynpatch::prelude::*;

#[derive(PatchType)]
struct Request {
    #[patch_type(recursive)]
    id: u32,
}

#[derive(PatchType)]
enum Event {
    Started,
    Stopped {
        #[patch_type(recursive)]
        why: u32,
    },
}

#[derive(PatchType)]
#[patch_type(open)]
#[repr(u8)]
enum Signal {
    Red,
}
