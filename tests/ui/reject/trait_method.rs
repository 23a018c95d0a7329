use dynpatch::prelude::*;

#[patch_trait]
trait Handler {
    fn generic<T>(&self, value: T);
    fn opaque(&self, value: impl Send) -> impl Send;
    fn bounded<'a: 'b, 'b>(&self, a: &'a str) -> &'b str;
    fn clause(&self)
    where
        Self: Sized;
    fn other(&self, other: &Self) -> Box<Self>;
    #[cfg(all())]
    fn sometimes(&self);
    #[track_caller]
    fn whose(&self);
    fn for_ever(&self) -> !;
    fn closure<'a>(&self, f: &'a dyn Fn()) -> &'a dyn Fn();
}

fn main() {}
