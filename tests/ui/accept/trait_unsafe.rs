use dynpatch::prelude::*;

#[patch_trait]
trait Handler {
    fn handle(&self);
}
