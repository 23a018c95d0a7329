use dynpatch::prelude::*;

struct Undefined(u32);

#[patch_entry]
impl PatchEntry for Undefined {
    fn init(&mut self) -> Result<(), PatchError> {
        Ok(())
    }

    fn teardown(&mut self) {}
}

#[derive(Default)]
struct Generic<T>(T);

#[patch_entry(teardown = stop)]
impl<T: Default + Send + Sync> PatchEntry for Generic<T> {
    fn init(&mut self) -> Result<(), PatchError> {
        Ok(())
    }

    fn teardown(&mut self) {}
}

#[derive(Default)]
struct Other;

#[patch_entry]
impl Clone for Other {
    fn clone(&self) -> Self {
        Self
    }
}

fn main() {}
