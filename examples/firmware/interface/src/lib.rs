//! What images of this firmware may replace. Firmware and images link it; nothing else is shared.
#![no_std]

use dynpatch_macro::PatchType;

/// What a sensor said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PatchType)]
#[patch_type(crate = dynpatch_interface)]
pub struct Reading {
    /// Which sensor.
    pub channel: u8,
    /// In thousandths.
    #[cfg(not(feature = "changed-type"))]
    pub value: u32,
    /// In thousandths; they became too small for what sensors say.
    #[cfg(feature = "changed-type")]
    pub value: u16,
}

#[cfg(not(feature = "changed-arguments"))]
dynpatch_interface::firmware_items! {
    /// A meter.
    pub mod meter {
        /// What a raw reading means.
        fn scale(raw: u32) -> u32;
        /// Writes a report, as much of it as there is room for, and says how long it is.
        fn report(readings: &[Reading], text: &mut [u8]) -> usize;
        /// How often this version was asked to scale.
        fn count() -> u32;
    }
}

#[cfg(feature = "changed-arguments")]
dynpatch_interface::firmware_items! {
    /// A meter that is told the temperature.
    pub mod meter {
        /// What a raw reading means.
        fn scale(raw: u32, temperature: i32) -> u32;
        /// Writes a report, as much of it as there is room for, and says how long it is.
        fn report(readings: &[Reading], text: &mut [u8]) -> usize;
        /// How often this version was asked to scale.
        fn count() -> u32;
    }
}
