use dynpatch::prelude::*;

#[patchable]
fn returned(f: &dyn Fn() -> u32) -> u32 {
    f()
}

#[patchable]
fn elided(f: &dyn Fn() -> u32) -> Option<&'static str> {
    f();
    None
}

#[patchable]
fn for_ever(f: fn() -> u32, mut g: Box<dyn FnMut()>) {
    g();
    f();
}
