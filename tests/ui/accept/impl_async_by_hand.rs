use dynpatch::prelude::*;

#[patch_trait]
trait Handler {
    async fn handle(&self, request: &str) -> usize;
}

struct Plain;

#[patch_impl(new = Plain)]
impl Handler for Plain {
    async fn handle(&self, request: &str) -> usize {
        request.len()
    }
}
