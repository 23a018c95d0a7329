use dynpatch::prelude::*;

#[patch_trait]
trait Handler {
    async fn named<'a>(&self, text: &'a str) -> &'a str;
    async fn generic<T>(&self, value: T);
    async fn closure(&self, f: &(dyn Fn() + Sync));
    async fn with_default(&self) -> u32 {
        1
    }
}

fn main() {}
