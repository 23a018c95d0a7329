//! What the suites share: processes of their own for tests that load code, and patches built once.

mod fixtures;
mod process;

pub use fixtures::{copy_numbered, fixture, fixture_in, randomised, scratch_directory, sealed};
pub use process::isolated;
