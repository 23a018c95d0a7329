use dynpatch::prelude::*;

#[patch_trait]
trait Handler {
    fn handle(&self) -> u32;
}

#[derive(Default)]
struct Holder<T, const N: usize>(Option<T>);

#[patch_impl]
impl Handler for Holder<u32, 1> {
    fn handle(&self) -> u32 {
        1
    }
}
