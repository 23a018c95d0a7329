//! See `dynpatch_fuzz::invariants`.
#![no_main]

use dynpatch_fuzz::{invariants, starts};
use libfuzzer_sys::fuzz_target;

fuzz_target!(
    init: starts::read(invariants::config_is_accepted),
    |bytes: &[u8]| invariants::config(bytes)
);
