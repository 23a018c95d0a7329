use dynpatch::prelude::*;

#[derive(PatchType)]
struct Hidden;

#[derive(PatchType)]
struct Pair<T> {
    both: [T; 2],
}

fn main() {
    TypeLayout::of::<Pair<Hidden>>();
}
