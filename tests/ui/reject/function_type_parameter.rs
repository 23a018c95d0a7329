use dynpatch::prelude::*;

#[patchable]
fn describe<T: std::fmt::Debug>(value: T) -> String {
    format!("{value:?}")
}

#[patchable]
fn several<A, B>(_: A, _: B) {}

fn caller() -> String {
    describe(1)
}

fn main() {}
