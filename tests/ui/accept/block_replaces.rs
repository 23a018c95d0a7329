use dynpatch::prelude::*;

struct Counter(u32);

#[patchable(replaces = "app::Counter::read")]
fn read(counter: &Counter) -> u32 {
    counter.0
}
