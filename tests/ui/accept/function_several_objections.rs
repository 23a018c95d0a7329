use dynpatch::prelude::*;

#[patchable]
fn everything(_: &'static str, _: Box<dyn Send>, _: [u8; 2]) {
    panic!()
}
