use dynpatch::prelude::*;

#[patch_trait]
trait Handler {
    fn handle(&self) -> u32;
}

struct Plain;

static SERVICE: Service<dyn Handler> = Service::new(&Plain);

fn main() {}
