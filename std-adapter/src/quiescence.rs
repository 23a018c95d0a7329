//! Checkpoints: for the policy without pins.

use crate::raw::{dispatch, threads};

/// Says that the calling thread uses nothing of any patch at this moment, and puts it online: what it calls from now on
/// is what is live. Under the policy `Quiesce` every thread calls it before its first patchable call, and then again and
/// again, at the top of its loop, outside of every patchable call and every [`snapshot`](crate::snapshot()). A load and a
/// comparison when nothing has changed. Does nothing in patch code, and
/// before the runtime is made.
///
/// ```
/// # dynpatch::init().unwrap();
/// for frame in 0..3 {
///     dynpatch::checkpoint();
///     // Draw the frame.
/// #   let _ = frame;
/// }
/// dynpatch::offline();
/// ```
pub fn checkpoint() {
    if dispatch::has_runtime() {
        threads::checkpoint();
    }
}

/// Says that the calling thread uses nothing of any patch until its next [`checkpoint`]: before it blocks. Does nothing in
/// patch code.
pub fn offline() {
    if dispatch::has_runtime() {
        threads::offline();
    }
}
