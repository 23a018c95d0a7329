use dynpatch::prelude::*;

#[patch_trait]
trait Handler {
    fn handle(&self) -> u32;
}

struct Plain;

impl Handler for Plain {
    fn handle(&self) -> u32 {
        1
    }
}

static SERVICE: Service<dyn Handler> = Service::new(&Plain);
