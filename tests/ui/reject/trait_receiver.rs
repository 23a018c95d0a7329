use dynpatch::prelude::*;

#[patch_trait]
trait Handler {
    fn exclusive(&mut self);
    fn by_value(self);
    fn none(request: u32);
    fn nothing();
    fn boxed(self: Box<Self>);
    fn typed(self: &Self);
    fn fine(&self);
}

fn main() {}
