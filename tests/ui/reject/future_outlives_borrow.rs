use dynpatch::prelude::*;

#[patchable]
async fn length(text: &str) -> usize {
    text.len()
}

async fn caller() -> usize {
    let future = {
        let text = String::from("gone");
        length(&text)
    };
    future.await
}

fn main() {}
