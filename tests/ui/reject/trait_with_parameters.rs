use dynpatch::prelude::*;

#[patch_trait]
trait Handler<T> {
    fn handle(&self, request: T);
}

#[patch_trait]
trait Borrowing<'a, const N: usize>
where
    Self: Sync,
{
    fn handle(&self, request: &'a [u8; N]);
}

fn main() {}
