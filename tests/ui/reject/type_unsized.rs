use dynpatch::prelude::*;

#[derive(PatchType)]
struct Packet {
    length: usize,
    bytes: [u8],
}

#[derive(PatchType)]
struct Tail<T: ?Sized> {
    length: usize,
    tail: T,
}

fn main() {}
