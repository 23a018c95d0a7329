use dynpatch::prelude::*;

#[patch_trait]
trait Handler {
    fn generic(&self, value: &dyn std::any::Any);
    fn opaque(&self, value: Box<dyn Send>) -> Box<dyn Send>;
    fn bounded<'a>(&self, a: &'a str) -> &'a str;
    fn other(&self, other: &dyn Handler) -> Box<dyn Handler>;
    fn closure(&self, f: &dyn Fn());
}
