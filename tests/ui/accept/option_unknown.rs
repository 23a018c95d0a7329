use dynpatch::prelude::*;

#[patchable(latest)]
fn first() {}

#[patchable(latest, replaces = "app::second")]
fn second() {}
