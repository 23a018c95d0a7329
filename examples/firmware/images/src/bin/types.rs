//! Built for a later interface, in which a struct that is handed over has another field.
#![no_std]
#![no_main]

use firmware_interface::{Reading, meter};

dynpatch_interface::firmware_image! {
    name: "too-new",
    items: meter,
    provides: { report: report },
}

fn report(readings: &[Reading], _: &mut [u8]) -> usize {
    readings.iter().map(|reading| usize::from(reading.value)).sum()
}
