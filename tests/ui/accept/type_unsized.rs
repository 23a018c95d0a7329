use dynpatch::prelude::*;

#[derive(PatchType)]
struct Packet {
    length: usize,
    bytes: Box<[u8]>,
}

#[derive(PatchType)]
struct Tail<T> {
    length: usize,
    tail: T,
}
