use dynpatch::prelude::*;

#[patchable]
fn either<'a>(a: &'a str, b: &'a str) -> &'a str {
    if a.len() > b.len() { a } else { b }
}

struct Words<'a>(&'a str);

#[patchable]
impl Words<'_> {
    fn either<'a>(self, a: &'a str, b: &'a str) -> &'a str {
        if a.len() > b.len() { a } else { b }
    }
}
