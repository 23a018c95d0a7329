use dynpatch::prelude::*;

#[patchable]
fn shorter<'a: 'b, 'b>(text: &'a str, _: &'b str) -> &'b str {
    text
}

fn main() {}
