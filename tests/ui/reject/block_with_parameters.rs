use dynpatch::prelude::*;

struct Stack<T>(Vec<T>);

#[patchable]
impl<T: Clone> Stack<T> {
    fn depth(&self) -> usize {
        self.0.len()
    }
}

struct Ring<const N: usize>;

#[patchable]
impl<const N: usize> Ring<N> {
    fn depth(&self) -> usize {
        N
    }
}

struct Pair<'a, 'b>(&'a str, &'b str);

#[patchable]
impl<'a, 'b: 'a> Pair<'a, 'b>
where
    'b: 'a,
{
    fn second(&self) -> &'a str {
        self.1
    }
}

fn main() {}
