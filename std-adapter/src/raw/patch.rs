//! The table a patch exports, as its host sees it.

use super::{allocator, host};
use dynpatch_interface::boundary::{EarlyAllocations, Failure, Items, PATCH_SYMBOL, PatchTable, Text};

/// A mapped patch that said what it exports.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Exported(&'static PatchTable);

impl Exported {
    /// The table at the address of [`PATCH_SYMBOL`], if there is one of the size this host knows.
    pub(crate) fn of(image: &impl dynpatch_core::Image) -> Option<Self> {
        let table = image.symbol(PATCH_SYMBOL).cast::<PatchTable>();
        // SAFETY: the image passed the checks: its manifest, written by `patch!` of this very version of dynpatch, says
        // so, and `patch!` exports a static `PatchTable` under this name. The image is never unmapped.
        let table = unsafe { table.as_ref() }?;
        (table.size == size_of::<PatchTable>()).then_some(Self(table))
    }

    pub(crate) fn items(self) -> Items {
        (self.0.items)()
    }

    /// Connects the patch with this host.
    pub(crate) fn connect(self) -> EarlyAllocations {
        // SAFETY: called by `apply`, once for an image, after the checks and before any other use of it.
        unsafe { (self.0.connect)(&host::TABLE) }
    }
}

/// Whether blocks that the patch allocated early can be told apart by this host.
pub(crate) fn admit_early(early: EarlyAllocations) -> bool {
    early.used == 0 || allocator::admit_early(early)
}

/// Takes a failure's text, which the patch allocated from this host.
pub(crate) fn take_message(failure: Failure) -> (bool, String) {
    let Text { start, length, capacity } = failure.message;
    // SAFETY: `leave_message` made the parts from a `String`, in memory of the host's allocator, and gave it away.
    let message = unsafe { String::from_raw_parts(start, length, capacity) };
    (failure.panicked, message)
}

/// A failure with a text, for the host to take.
pub(crate) fn leave_message(panicked: bool, message: String) -> Failure {
    let mut message = std::mem::ManuallyDrop::new(message);
    let text = Text { start: message.as_mut_ptr(), length: message.len(), capacity: message.capacity() };
    Failure { panicked, message: text }
}
