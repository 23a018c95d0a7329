use dynpatch::prelude::*;

use std::cell::Cell;

#[patchable]
static COUNT: Cell<u32> = Cell::new(0);

fn main() {}
