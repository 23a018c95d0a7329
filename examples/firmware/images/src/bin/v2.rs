//! Mends the scale, and leaves the report to the firmware.
#![no_std]
#![no_main]

use core::sync::atomic::{AtomicU32, Ordering};
use firmware_interface::meter;

dynpatch_interface::firmware_image! {
    name: "mended-scale",
    items: meter,
    provides: { scale: scale, count: count },
}

/// Begins anew, at this number, whenever the image is loaded.
static COUNT: AtomicU32 = AtomicU32::new(200);

fn scale(raw: u32) -> u32 {
    // Load and store: a Cortex-M0 has nothing else, and nobody interrupts this.
    COUNT.store(COUNT.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
    raw.wrapping_mul(2)
}

fn count() -> u32 {
    COUNT.load(Ordering::Relaxed)
}
