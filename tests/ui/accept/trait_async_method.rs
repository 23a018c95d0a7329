use dynpatch::prelude::*;

use std::sync::Arc;

#[patch_trait]
trait Handler: Sync {
    async fn named(&self, text: &str) -> &str;
    async fn closure(&self, f: Arc<dyn Fn() + Send + Sync>);
    async fn with_default(&self) -> u32 {
        1
    }
}
