use dynpatch::prelude::*;

struct Stack<T>(Vec<T>);

#[patchable]
impl Stack<u32> {
    fn depth(&self) -> usize {
        self.0.len()
    }
}

struct Pair<'a, 'b>(&'a str, &'b str);

#[patchable]
impl<'a, 'b> Pair<'a, 'b> {
    fn second(&self) -> &'b str {
        self.1
    }
}
