use dynpatch::prelude::*;

struct Counter(u32);

impl Counter {
    #[patchable]
    fn read(&self) -> u32 {
        self.0
    }

    #[patchable]
    fn starting_at(count: u32) -> Self {
        Self(count)
    }

    #[patchable]
    fn add(mut self: Box<Self>, more: u32) -> u32 {
        self.0 += more;
        self.0
    }
}

#[patchable]
impl Counter {
    #[patchable(latest)]
    fn twice(&self) -> u32 {
        2 * self.read()
    }
}

fn main() {}
