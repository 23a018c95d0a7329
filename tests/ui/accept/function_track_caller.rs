use dynpatch::prelude::*;

#[track_caller]
fn whose() -> u32 {
    whose_at(std::panic::Location::caller())
}

#[patchable]
fn whose_at(location: &'static std::panic::Location<'static>) -> u32 {
    location.line()
}
