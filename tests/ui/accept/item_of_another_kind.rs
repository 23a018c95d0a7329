use dynpatch::prelude::*;

struct Counter(u32);

mod inner {
    use dynpatch::prelude::*;

    #[patchable]
    pub(super) fn limit() -> u32 {
        10
    }
}

#[patchable]
static LIMIT: u32 = 10;

#[patch_trait]
trait Handler {
    fn handle(&self);
}
