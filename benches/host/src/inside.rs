//! Calls from inside a patchable call. Outside of the subject, so that no patch replaces it: the frame stays the host's,
//! whatever its calls lead to.

use bench_subject::{Case, run};
use dynpatch::patchable;

/// `n` calls, issued from inside a patchable call of the host.
#[patchable]
#[must_use]
pub fn inside(case: Case, n: u64) -> u64 {
    run(case, n)
}
