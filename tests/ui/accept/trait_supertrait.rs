use dynpatch::prelude::*;

#[patch_trait]
trait Handler: Send + Sync + Unpin {
    fn handle(&self);
    fn describe(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result;
}
