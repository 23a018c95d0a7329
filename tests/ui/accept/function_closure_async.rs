use dynpatch::prelude::*;

use std::sync::Arc;

#[patchable]
async fn later(f: Arc<dyn Fn(u32) -> u32 + Send + Sync>, mut g: Box<dyn FnMut() + Send>) -> u32 {
    g();
    f(1)
}
