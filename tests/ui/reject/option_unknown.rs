use dynpatch::prelude::*;

#[patchable(lastest)]
fn first() {}

#[patchable(latest, "app::second")]
fn second() {}

#[patchable(for = 1)]
fn third() {}

fn main() {}
