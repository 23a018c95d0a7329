//! A running program and its patches. Every test has a process of its own and first proves that the new code ran.

mod asynchronous;
mod events;
mod functions;
mod generations;
mod hotfix;
mod panics;
mod plans;
mod refusals;
mod seals;
mod services;
mod snapshots;
mod stacks;
mod statics;
mod transactions;
mod watching;

use dynpatch::prelude::*;
use dynpatch_tests::fixture;

/// Initialises this process and applies a fixture; the first proof is that the built-in code ran before.
fn applied(package: &str) -> Applied {
    assert_eq!(test_app::version(), 1, "the built-in code runs first");
    init().expect("the first runtime of this process");
    reload(fixture(package)).expect("the fixture fits")
}

/// The error of an apply that must be refused, with the proof that the old code still runs and nothing changed.
fn refused(path: impl AsRef<std::path::Path>) -> PatchError {
    let before = (test_app::version(), active_patch_info(), test_app::process_data("x"));
    let error = reload(path).expect_err("the patch must be refused");
    assert_eq!((test_app::version(), active_patch_info(), test_app::process_data("x")), before);
    error
}
