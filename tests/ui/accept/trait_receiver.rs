use dynpatch::prelude::*;

#[patch_trait]
trait Handler {
    fn shared(&self);
    fn with_a_lifetime<'a>(&'a self) -> &'a str;
    fn fine(&self);
}
