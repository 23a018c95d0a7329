//! The items that images may replace: what the firmware was built with, and the table that says what is live.

use crate::{Loaded, raw};
use dynpatch_core::table::{SlotIndex, SwapTable, Update};
use dynpatch_interface::boundary::Code;
use firmware_interface::Reading;
use firmware_interface::meter::{COUNT, Calls, Functions};

dynpatch_interface::firmware_host!(firmware_interface::meter);

const BUILT_IN: Functions = Functions { scale, report, count };

static LIVE: SwapTable<COUNT> = SwapTable::new(BUILT_IN.erased());

fn scale(raw: u32) -> u32 {
    raw
}

fn report(readings: &[Reading], text: &mut [u8]) -> usize {
    let sum: u32 = readings.iter().map(|reading| reading.value).sum();
    let mut mean = sum / readings.len().max(1) as u32;
    let mut digits = [b' '; 10];
    let mut first = digits.len();
    while first == digits.len() || mean > 0 {
        first -= 1;
        digits[first] = b'0' + (mean % 10) as u8;
        mean /= 10;
    }
    let parts = [b"mean ".as_slice(), &digits[first..]];
    let mut length = 0;
    for (place, byte) in text.iter_mut().zip(parts.into_iter().flatten()) {
        *place = *byte;
        length += 1;
    }
    length
}

fn count() -> u32 {
    0
}

/// Calls whatever is live at the moment of the call.
pub(crate) fn live() -> Calls<impl Fn(usize) -> Code> {
    raw::calls(|place| LIVE.code(SlotIndex::new(place).expect("the table has a slot for each item")))
}

/// Makes what an image brings live, all at once. What it does not bring stays as it is.
pub(crate) fn commit(image: &Loaded) {
    let mut update = update();
    let mut stage = raw::stage(&mut update);
    for (place, function) in image.functions().iter().enumerate() {
        if let (Some(function), Some(place)) = (function, SlotIndex::new(place)) {
            stage.set(place, *function);
        }
    }
    stage.commit();
}

/// Makes live what was live before.
pub(crate) fn rollback() {
    update().rollback().expect("something older is there");
}

/// Makes the built-in functions live, so that nothing leads into the image any more, and gives its region back.
pub(crate) fn restore_built_in(image: Loaded) -> &'static mut [u8] {
    let mut update = update();
    let mut stage = raw::stage(&mut update);
    for (place, function) in BUILT_IN.erased().into_iter().enumerate() {
        if let Some(place) = SlotIndex::new(place) {
            stage.set(place, function);
        }
    }
    stage.commit();
    // The image must not be rolled back to either: a stage overwrites it, whatever becomes of the stage.
    drop(raw::stage(&mut update));
    raw::reclaim(image)
}

fn update() -> Update<'static, COUNT> {
    LIVE.try_update().expect("nobody else updates")
}
