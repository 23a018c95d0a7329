use dynpatch::prelude::*;

#[patch_trait]
trait Handler {
    async fn handle(&self, request: &str) -> usize;
}

#[patch_impl(Handler)]
struct Plain;

impl Handler for Plain {
    async fn handle(&self, request: &str) -> usize {
        request.len()
    }
}

fn main() {}
