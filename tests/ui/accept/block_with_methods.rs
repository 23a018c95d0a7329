use dynpatch::prelude::*;

struct Counter(u32);

impl Counter {
    const fn new() -> Self {
        Self(0)
    }

    fn add(&mut self, more: impl Into<u32>) {
        self.add_number(more.into());
    }
}

#[patchable]
impl Counter {
    fn add_number(&mut self, more: u32) {
        self.0 += more;
    }

    fn each(&self, f: &mut dyn FnMut(u32)) {
        f(self.0)
    }

    fn closure(&self, f: &dyn Fn(u32)) {
        f(self.0)
    }

    fn fine(&self) {}
}

fn caller() {
    Counter::new().add(1_u8);
}
