use dynpatch::prelude::*;

#[patchable]
async fn length(text: &str) -> usize {
    text.len()
}

async fn caller() -> usize {
    let text = String::from("here");
    let future = length(&text);
    future.await
}
