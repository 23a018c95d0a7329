use dynpatch::prelude::*;

#[patch_trait]
trait Handler {
    fn handle(&self) -> u32;
}

struct Counter(std::sync::Mutex<u32>);

impl Handler for Counter {
    fn handle(&self) -> u32 {
        *self.0.lock().unwrap()
    }
}

fn service() -> Service<dyn Handler> {
    Service::owned(Counter(std::sync::Mutex::new(0)))
}

static COUNTER: Counter = Counter(std::sync::Mutex::new(0));
static SERVICE: Service<dyn Handler> = Service::new(&COUNTER);
