use dynpatch::prelude::*;

#[patch_trait]
trait Handler {
    const LIMIT: usize;
    type Request;
    fn handle(&self);
}

fn main() {}
