//! See `dynpatch_fuzz::invariants`.
#![no_main]

use dynpatch_fuzz::{invariants, mutation, starts};
use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};

fuzz_target!(
    init: starts::read(invariants::image_is_accepted),
    |bytes: &[u8]| invariants::image(bytes)
);

fuzz_mutator!(|buffer: &mut [u8], size: usize, longest: usize, seed: u32| {
    mutation::image(buffer, size, seed, |buffer, size| fuzzer_mutate(buffer, size, longest))
});
