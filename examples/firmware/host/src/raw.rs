//! What this firmware vouches for: its memory, its table, and when nobody is in an image.

use crate::{Loaded, SERVICES};
use core::cell::UnsafeCell;
use core::sync::atomic::{AtomicBool, Ordering};
use dynpatch_core::image::{AdmittedImage, NotLoaded};
use dynpatch_core::table::{Stage, Update};
use dynpatch_interface::boundary::Code;
use firmware_interface::meter::{COUNT, Calls};

/// Bytes of a region: two of them, the stack and a page for bad images fit into the 16 KB of a microbit.
const REGION: usize = 4608;

/// Memory for an image. Aligned for any that this firmware takes.
#[repr(C, align(16))]
struct Region(UnsafeCell<[u8; REGION]>);

// SAFETY: `regions` gives each of them to one owner, once.
unsafe impl Sync for Region {}

static A: Region = Region(UnsafeCell::new([0; REGION]));
static B: Region = Region(UnsafeCell::new([0; REGION]));

/// Both regions.
///
/// # Panics
/// When asked a second time.
pub(crate) fn regions() -> [&'static mut [u8]; 2] {
    static GIVEN: AtomicBool = AtomicBool::new(false);
    // Load and store, on one core, outside of interrupts: nobody comes between.
    assert!(!GIVEN.load(Ordering::Relaxed), "the regions have owners");
    GIVEN.store(true, Ordering::Relaxed);
    [&A, &B].map(|region| {
        // SAFETY: the address of a static, so it is valid for 'static; and since this comes here once only, there is no
        // other reference to what is in it.
        let region: &'static mut [u8; REGION] = unsafe { &mut *region.0.get() };
        region.as_mut_slice()
    })
}

unsafe extern "C" {
    static __dynpatch_start: u8;
    static __dynpatch_end: u8;
}

/// The firmware's own manifest section.
pub(crate) fn manifest() -> &'static [u8] {
    let [start, end] = [&raw const __dynpatch_start, &raw const __dynpatch_end];
    // SAFETY: both symbols stand in `build.rs`: the start and the end of one section in flash, which nobody writes to. Its
    // length fits, since flash is smaller than half of all addresses.
    unsafe { core::slice::from_raw_parts(start, end.addr() - start.addr()) }
}

/// Calls through this firmware's table.
pub(crate) fn calls<C: Fn(usize) -> Code>(code: C) -> Calls<C> {
    // SAFETY: `meter::LIVE` is made of the built-in functions in the order of their places, and `meter` puts nothing else
    // into it than those, and what a loaded image brings for the same place: its records were compared with the
    // firmware's. The image's region is reclaimed only when it is on neither side of the table.
    unsafe { Calls::new(code) }
}

/// Begins the next functions of the table.
pub(crate) fn stage<'u>(update: &'u mut Update<'_, COUNT>) -> Stage<'u, COUNT> {
    // SAFETY: all calls come from the main loop, which this runs in, outside of every call; there are no interrupts and no
    // second core. So none that took its code from the idle side is under way.
    unsafe { update.stage() }
}

/// Puts an image into a region.
pub(crate) fn load(image: AdmittedImage<'_>, region: &'static mut [u8]) -> Result<Loaded, NotLoaded> {
    // SAFETY: the images were built into this firmware by its build script, as `dynpatch-image` made them of this
    // workspace's own programs; what is damaged or foreign among what it tries is not admitted. RAM of these boards may be
    // executed, and `synchronise` is what their cores, which have no caches, ask for.
    unsafe { image.load(region, &SERVICES, |_| crate::board::synchronise()) }
}

/// Takes the region of an image back.
pub(crate) fn reclaim(image: Loaded) -> &'static mut [u8] {
    // SAFETY: `meter::restore_built_in`, the only caller, has taken it out of both sides of the table, and runs in the main
    // loop outside of every call. No function of these images gives a pointer away: their results are numbers.
    unsafe { image.reclaim() }
}
