use dynpatch::prelude::*;

fn serve() -> ! {
    loop {
        serve_one();
    }
}

#[patchable]
fn serve_one() {
    std::thread::yield_now();
}
