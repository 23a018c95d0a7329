//! The patch's end of the table.

use super::{allocator, dispatch, log, panic, registry, trace};
use dynpatch_interface::boundary::{EarlyAllocations, HostTable, ImageToken, PatchTable};

/// What `patch!` exports: whether it has put this crate's functions in the place of the C library's.
pub const fn patch_table(is_hooked: bool) -> PatchTable {
    PatchTable { size: size_of::<PatchTable>(), items: registry::items, connect, is_hooked }
}

/// Connects this image with its host.
///
/// # Safety
/// Called once, by the loader, after the checks and before any other code of the patch but its constructors.
unsafe fn connect(host: &'static HostTable, image: ImageToken) -> EarlyAllocations {
    let early = EarlyAllocations { has_begun: super::image::has_begun_early(), ..allocator::early() };
    if early.overflowed {
        return early;
    }
    super::image::set_own(image);
    dispatch::link(host);
    std::panic::set_hook(Box::new(|info| {
        super::image::tell_of_panic();
        panic::note_location(info.location());
        // SAFETY: the host reads the reference during the call only.
        unsafe { (dispatch::host().report_panic)(std::ptr::from_ref(info).cast()) };
    }));
    log::forward();
    trace::forward();
    early
}
