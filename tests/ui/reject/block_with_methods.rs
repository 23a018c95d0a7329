use dynpatch::prelude::*;

struct Counter(u32);

#[patchable]
impl Counter {
    const fn new() -> Self {
        Self(0)
    }

    fn add(&mut self, more: impl Into<u32>) {
        self.0 += more.into();
    }

    fn each<F: FnMut(u32)>(&self, mut f: F) {
        f(self.0)
    }

    fn closure(&self, f: &'static dyn Fn(u32)) {
        f(self.0)
    }

    fn fine(&self) {}
}

fn caller() {
    Counter::new().add(1_u8);
}

fn main() {}
