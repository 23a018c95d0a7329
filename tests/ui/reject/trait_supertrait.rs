use dynpatch::prelude::*;

#[patch_trait]
trait Handler: Send + std::fmt::Debug + 'static + Clone {
    fn handle(&self);
}

fn main() {}
