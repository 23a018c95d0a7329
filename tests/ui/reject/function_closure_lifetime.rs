use dynpatch::prelude::*;

#[patchable]
fn returned<'a>(f: &'a dyn Fn() -> u32) -> &'a dyn Fn() -> u32 {
    f
}

#[patchable]
fn elided(f: &dyn Fn() -> u32) -> Option<&str> {
    f();
    None
}

#[patchable]
fn for_ever(f: &'static dyn Fn() -> u32, g: &mut (dyn FnMut() + 'static)) {
    g();
    f();
}

fn main() {}
