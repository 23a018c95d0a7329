use dynpatch::prelude::*;

type Request = u32;

#[patch_trait]
trait Handler {
    fn limit(&self) -> usize;
    fn handle(&self, request: Request);
}
