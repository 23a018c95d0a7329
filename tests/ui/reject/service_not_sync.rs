use dynpatch::prelude::*;

#[patch_trait]
trait Handler {
    fn handle(&self) -> u32;
}

struct Counter(std::cell::Cell<u32>);

impl Handler for Counter {
    fn handle(&self) -> u32 {
        self.0.get()
    }
}

fn service() -> Service<dyn Handler> {
    Service::owned(Counter(std::cell::Cell::new(0)))
}

static SERVICE: Service<dyn Handler> = Service::new(const { &Counter(std::cell::Cell::new(0)) });

fn main() {}
