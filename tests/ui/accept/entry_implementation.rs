use dynpatch::prelude::*;

#[derive(Default)]
struct Undefined(u32);

#[patch_entry]
impl PatchEntry for Undefined {
    fn init(&mut self) -> Result<(), PatchError> {
        Ok(())
    }

    fn teardown(&mut self) {}
}
