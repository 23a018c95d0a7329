use dynpatch::prelude::*;

#[patchable]
fn shorter<'a, 'b>(text: &'a str, _: &'b str) -> &'b str
where
    'a: 'b,
{
    text
}

fn main() {}
