use dynpatch::prelude::*;

#[patchable]
fn either(a: &str, b: &str) -> &str {
    if a.len() > b.len() { a } else { b }
}

struct Words<'a>(&'a str);

#[patchable]
impl Words<'_> {
    fn either(self, a: &str, b: &str) -> &str {
        if a.len() > b.len() { a } else { b }
    }
}

fn main() {}
