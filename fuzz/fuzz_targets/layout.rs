//! See `dynpatch_fuzz::invariants`.
#![no_main]

use dynpatch_fuzz::{invariants, mutation, starts};
use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};

fuzz_target!(
    init: starts::read(invariants::layout_is_accepted),
    |bytes: &[u8]| invariants::layout(bytes)
);

fuzz_mutator!(|buffer: &mut [u8], size: usize, longest: usize, seed: u32| {
    mutation::layout(buffer, size, seed, |buffer, size| fuzzer_mutate(buffer, size, longest))
});
