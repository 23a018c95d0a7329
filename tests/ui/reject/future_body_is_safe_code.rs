use dynpatch::prelude::*;

#[patchable]
async fn read(pointer: usize) -> u32 {
    std::ptr::read(pointer as *const u32)
}

struct Reader;

#[patchable]
impl Reader {
    async fn read(&self, pointer: usize) -> u32 {
        std::ptr::read(pointer as *const u32)
    }
}

fn main() {}
