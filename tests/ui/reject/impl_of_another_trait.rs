use dynpatch::prelude::*;

#[patch_trait]
trait Handler {
    fn handle(&self) -> u32;
}

#[patch_impl(std::fmt::Debug)]
#[derive(Debug)]
struct Plain;

fn main() {}
