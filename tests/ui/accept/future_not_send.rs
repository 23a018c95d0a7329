use dynpatch::prelude::*;

use std::rc::Rc;

async fn elsewhere() {}

#[patchable(local)]
async fn shared() -> u32 {
    let number = Rc::new(1);
    elsewhere().await;
    *number
}

#[patchable(local)]
async fn argument(number: Rc<u32>) -> u32 {
    *number
}
