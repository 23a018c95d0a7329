use dynpatch::prelude::*;

use std::rc::Rc;

async fn elsewhere() {}

#[patchable]
async fn shared() -> u32 {
    let number = Rc::new(1);
    elsewhere().await;
    *number
}

#[patchable]
async fn argument(number: Rc<u32>) -> u32 {
    *number
}

fn main() {}
