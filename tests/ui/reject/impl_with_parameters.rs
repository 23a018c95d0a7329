use dynpatch::prelude::*;

#[patch_trait]
trait Handler {
    fn handle(&self) -> u32;
}

#[patch_impl(Handler)]
struct Stack<T>(Vec<T>);

#[derive(Default)]
struct Holder<T, const N: usize>(Option<T>);

#[patch_impl]
impl<T: Send + Sync, const N: usize> Handler for Holder<T, N> {
    fn handle(&self) -> u32 {
        1
    }
}

fn main() {}
