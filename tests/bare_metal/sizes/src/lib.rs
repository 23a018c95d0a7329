//! What the measured programs share. They are linked and measured, never run.
#![no_std]

pub mod judgement;
pub mod table;

use core::hint::black_box;
use core::panic::PanicInfo;

#[panic_handler]
fn panicked(_: &PanicInfo<'_>) -> ! {
    stop()
}

/// Where every program ends.
pub fn stop() -> ! {
    #[expect(clippy::empty_loop, reason = "nothing is to be measured here")]
    loop {}
}

/// Bytes that the compiler knows nothing of.
pub fn unknown_bytes() -> &'static [u8] {
    black_box(&[])
}

/// Takes a result, so that no work for it is left out.
pub fn keep<T>(result: T) {
    black_box(result);
}
