use dynpatch::prelude::*;

#[patchable]
fn serve() -> ! {
    loop {
        std::thread::yield_now();
    }
}

fn main() {}
