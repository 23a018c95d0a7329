use dynpatch::prelude::*;

#[patch_trait]
trait Other: Send + Sync {
    fn handle(&self) -> u32;
}

struct Plain;

impl Other for Plain {
    fn handle(&self) -> u32 {
        1
    }
}

static SERVICE: Service<dyn Other> = Service::new(&Plain);
