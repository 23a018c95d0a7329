use dynpatch::prelude::*;

#[patchable]
fn describe(value: &dyn std::fmt::Debug) -> String {
    format!("{value:?}")
}

fn caller() -> String {
    describe(&1)
}
