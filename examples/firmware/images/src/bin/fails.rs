//! Cannot do its work here, and says so when it is connected.
#![no_std]
#![no_main]

use dynpatch_interface::firmware::HostServices;
use firmware_interface::meter;

dynpatch_interface::firmware_image! {
    name: "elsewhere",
    items: meter,
    connect: refuse,
    provides: { scale: scale },
}

fn refuse(_: &'static HostServices) -> u32 {
    7
}

fn scale(_: u32) -> u32 {
    unreachable!("it was never connected")
}
