use dynpatch::prelude::*;

#[patchable(replaces)]
fn nothing() {}

#[patchable(replaces = app::path)]
fn path() {}

#[patchable(replaces = "name")]
fn name() {}

#[patchable(replaces = "crate::name")]
fn relative() {}

#[patchable(replaces = "app::")]
fn unfinished() {}

#[patchable(replaces = "app :: name")]
fn spaced() {}

fn main() {}
