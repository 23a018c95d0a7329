use dynpatch::prelude::*;

#[patch_trait(version = 2)]
trait Handler {
    fn handle(&self);
}

#[patch_trait]
struct Other;

fn main() {}
