use dynpatch::prelude::*;

struct Request {
    id: u32,
}

fn main() {
    TypeLayout::of::<Request>();
    TypeLayout::of::<Vec<Option<Request>>>();
}
