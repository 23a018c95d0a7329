//! The table a patch exports, as its host sees it.

use super::image::ImageRecord;
use super::{allocator, host};
use crate::platform::NativeImage;
use dynpatch_core::{Closed, Image as _, Unreachable};
use dynpatch_interface::boundary::{EarlyAllocations, Failure, Items, PATCH_SYMBOL, PatchTable, Text};

/// A mapped patch that said what it exports.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Exported(&'static PatchTable);

impl Exported {
    /// The table at the address of [`PATCH_SYMBOL`], if there is one of the size this host knows.
    pub(crate) fn of(image: &impl dynpatch_core::Image) -> Option<Self> {
        let table = image.symbol(PATCH_SYMBOL).cast::<PatchTable>();
        // SAFETY: the image passed the checks: its manifest, written by `patch!` of this very version of dynpatch, says
        // so, and `patch!` exports a static `PatchTable` under this name. Whoever has the value uses it
        // before the image is closed: `apply` alone.
        let table = unsafe { table.as_ref() }?;
        (table.size == size_of::<PatchTable>()).then_some(Self(table))
    }

    pub(crate) fn items(self) -> Items {
        (self.0.items)()
    }

    /// Connects the patch with this host, which knows it by the given record from now on.
    pub(crate) fn connect(self, image: &ImageRecord) -> EarlyAllocations {
        // SAFETY: called by `apply`, once for an image, after the checks and before any other use of it.
        unsafe { (self.0.connect)(&host::TABLE, image.token()) }
    }

    /// Whether the image's threads and thread-exit destructors are counted.
    pub(crate) fn is_hooked(self) -> bool {
        self.0.is_hooked
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

/// Closes an image that a survey has found free.
pub(crate) fn close_unreachable(image: NativeImage) -> Closed {
    // SAFETY: `ImageBook::finish` calls this, alone. No thread is in the image, and none can enter: a survey has found no
    // word, no count and no reference that leads to it, after all generations with its code were retired, and it ran no
    // code since but its own destructors, on this thread, after which it was still owned by nobody. Nothing that it
    // handed out leads into it: images of which that is not known, by the types of their items, by what they have
    // started, allocated or registered, are never closed, and whoever chose a policy that closes images has vouched for
    // the rest.
    NativeImage::close(unsafe { Unreachable::vouch(image) })
}
