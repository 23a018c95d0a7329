use dynpatch::prelude::*;

#[patch_trait]
trait Handler {
    fn handle(&self, request: u32);
}

#[patch_trait]
trait Borrowing: Sync {
    fn handle<'a>(&self, request: &'a [u8; 4]) -> &'a u8;
}
