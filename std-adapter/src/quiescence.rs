//! Checkpoints: for the policy without pins.

use crate::raw::{dispatch, threads};

/// Says that the calling thread uses nothing of any patch at this moment, and puts it online: what it calls from now on
/// is what is live. Under the policy `Quiesce` every thread calls it before its first patchable call, and then again and
/// again, at the top of its loop, outside of every patchable call and every [`snapshot`](crate::snapshot()). A load and a
/// comparison when nothing has changed. Does nothing under the other policies, and before the runtime is made. In patch code
/// only a thread that the patch has started may call it.
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
    if let Some(host) = dispatch::host_if_linked() {
        (host.checkpoint)();
    } else if dispatch::has_runtime() {
        threads::checkpoint();
    }
}

/// Says that the calling thread uses nothing of any patch until its next [`checkpoint`]: before it blocks.
pub fn offline() {
    if let Some(host) = dispatch::host_if_linked() {
        (host.offline)();
    } else if dispatch::has_runtime() {
        threads::offline();
    }
}
