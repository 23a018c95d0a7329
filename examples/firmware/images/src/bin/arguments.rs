//! Built for a later interface, in which a function takes one argument more.
#![no_std]
#![no_main]

use firmware_interface::meter;

dynpatch_interface::firmware_image! {
    name: "too-new",
    items: meter,
    provides: { scale: scale },
}

fn scale(raw: u32, temperature: i32) -> u32 {
    raw.wrapping_add_signed(temperature)
}
