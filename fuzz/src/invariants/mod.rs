//! What must hold for every input, whoever wrote it. Also replayed by `tests/tests/regressions.rs` without a fuzzer.

mod manifest;
mod meter;
mod object;

pub use manifest::{manifest, manifest_is_accepted};
pub use object::{object, object_is_accepted};
