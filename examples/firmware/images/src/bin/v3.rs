//! Brings everything, with what makes relocations: statics that point at statics, trait objects, slices, formatting.
#![no_std]
#![no_main]

use core::fmt::{self, Write};
use core::sync::atomic::{AtomicU32, Ordering};
use dynpatch_interface::firmware::HostServices;
use firmware_interface::{Reading, meter};

dynpatch_interface::firmware_image! {
    name: "whole-meter",
    items: meter,
    connect: greet,
    provides: { scale: scale, report: report, count: count },
}

static COUNT: AtomicU32 = AtomicU32::new(300);
/// Zero at first, so it lies behind what is in the file.
static LAST: AtomicU32 = AtomicU32::new(0);
static NAMES: [&str; 3] = ["inlet", "outlet", "ambient"];

trait Range: Sync {
    fn scale(&self, raw: u32) -> u32;
}

struct Low(u32);
struct High {
    factor: u32,
    offset: u32,
}

impl Range for Low {
    fn scale(&self, raw: u32) -> u32 {
        raw.wrapping_mul(self.0)
    }
}

impl Range for High {
    fn scale(&self, raw: u32) -> u32 {
        raw.wrapping_mul(self.factor).wrapping_add(self.offset)
    }
}

static RANGES: [&dyn Range; 2] = [&Low(3), &High { factor: 4, offset: 7 }];

fn greet(services: &'static HostServices) -> u32 {
    (services.print)("image whole-meter: connected\n");
    0
}

fn scale(raw: u32) -> u32 {
    COUNT.store(COUNT.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
    let scaled = RANGES[usize::from(raw >= 100)].scale(raw);
    LAST.store(scaled, Ordering::Relaxed);
    scaled
}

fn count() -> u32 {
    COUNT.load(Ordering::Relaxed)
}

fn report(readings: &[Reading], text: &mut [u8]) -> usize {
    let mut page = Page { text, length: 0 };
    // A page that is full ends the report.
    let _ = readings.iter().try_for_each(|reading| {
        let name = NAMES.get(usize::from(reading.channel)).copied().unwrap_or("?");
        write!(page, "{name}={} ", reading.value)
    });
    let _ = write!(page, "last={:#x}", LAST.load(Ordering::Relaxed));
    page.length
}

struct Page<'t> {
    text: &'t mut [u8],
    length: usize,
}

impl Write for Page<'_> {
    fn write_str(&mut self, part: &str) -> fmt::Result {
        let room = self.text.get_mut(self.length..).unwrap_or_default();
        let place = room.get_mut(..part.len()).ok_or(fmt::Error)?;
        place.copy_from_slice(part.as_bytes());
        self.length += part.len();
        Ok(())
    }
}
