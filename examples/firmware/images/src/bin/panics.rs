//! Panics when it is asked for more than it knows: the panic ends in the firmware's trap.
#![no_std]
#![no_main]

use firmware_interface::meter;

dynpatch_interface::firmware_image! {
    name: "careless",
    items: meter,
    provides: { scale: scale },
}

static KNOWN: [u32; 4] = [10, 11, 12, 13];

fn scale(raw: u32) -> u32 {
    KNOWN[raw as usize]
}
