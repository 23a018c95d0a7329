use dynpatch::prelude::*;

struct Counter(u32);

#[patchable]
impl Counter {
    fn read(&self) -> u32 {
        self.0
    }

    fn starting_at(count: u32) -> Self {
        Self(count)
    }

    fn add(mut self: Box<Self>, more: u32) -> u32 {
        self.0 += more;
        self.0
    }
}

#[patchable(latest)]
impl Counter {
    fn twice(&self) -> u32 {
        2 * self.read()
    }
}
