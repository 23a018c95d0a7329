use dynpatch::prelude::*;

#[derive(Default)]
struct Entry;

#[patch_entry]
impl PatchEntry for Entry {
    fn init(&mut self) -> Result<(), PatchError> {
        Ok(())
    }

    fn teardown(&mut self) {}
}
