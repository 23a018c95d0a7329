use dynpatch::prelude::*;

#[patchable]
struct Counter(u32);

#[patchable]
pub(crate) enum Direction {
    Left,
}

#[patchable]
mod inner {
    pub(super) fn limit() -> u32 {
        10
    }
}

#[patchable]
const LIMIT: u32 = 10;

#[patchable]
trait Handler {
    fn handle(&self);
}

#[patchable]
use std::fmt;

#[patchable]
macro_rules! limit {
    () => {};
}

fn main() {}
