use dynpatch::prelude::*;

#[patchable(replaces = "app::module::name")]
fn nothing() {}
