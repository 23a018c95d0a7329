//! What a loader may read and keep, and what this process keeps already.
//!
//! The counts are one per process, as are descriptors, address space and the dynamic linker's list of names.

use rustix::process::{Resource, getrlimit};
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// What a loader may read and keep. Everything kept is kept for good: no image is ever unmapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The longest file that is read, in bytes. 256 MiB.
    pub max_file_bytes: u64,
    /// How many images this process may keep. 1024.
    pub max_images: usize,
    /// The sum of what all images may keep, in bytes, each counted with its file or its address space, whichever is
    /// larger. 1 GiB.
    pub max_image_bytes: u64,
    /// How many descriptors of sealed copies may be open, never more than a quarter of `RLIMIT_NOFILE`. Beyond it a
    /// copy is mapped from a private file, which keeps no descriptor. 64.
    pub max_descriptors: usize,
    /// Maps every copy from a private file, as where there is no usable `memfd_create`. `false`.
    pub force_private_file: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_file_bytes: 256 << 20,
            max_images: 1024,
            max_image_bytes: 1 << 30,
            max_descriptors: 64,
            force_private_file: false,
        }
    }
}

/// The images of this process.
struct Kept {
    images: usize,
    bytes: u64,
    /// Load addresses: a new image has a new one.
    bases: Vec<usize>,
    /// Descriptors whose `/proc/self/fd` names the dynamic linker knows. Never closed, so never given out again.
    descriptors: Vec<OwnedFd>,
}

static KEPT: Mutex<Kept> = Mutex::new(Kept { images: 0, bytes: 0, bases: Vec::new(), descriptors: Vec::new() });

fn with_kept<R>(body: impl FnOnce(&mut Kept) -> R) -> R {
    body(&mut KEPT.lock().unwrap_or_else(PoisonError::into_inner))
}

/// Room for one image, given back when dropped.
#[derive(Debug)]
pub(crate) struct Room {
    bytes: u64,
}

impl Room {
    /// Takes room for an image that keeps `bytes`.
    ///
    /// # Errors
    /// Why there is none, with the figures.
    pub(crate) fn take(limits: &Limits, bytes: u64) -> Result<Self, String> {
        with_kept(|kept| {
            let (images, sum) = (kept.images + 1, kept.bytes.saturating_add(bytes));
            if images > limits.max_images {
                return Err(format!("{} images are kept, the limit is {}", kept.images, limits.max_images));
            }
            if sum > limits.max_image_bytes {
                let limit = limits.max_image_bytes;
                return Err(format!("images keep {} bytes, {bytes} more exceed the limit of {limit}", kept.bytes));
            }
            (kept.images, kept.bytes) = (images, sum);
            Ok(Self { bytes })
        })
    }

    /// Keeps the room for good, for an image at `base`. Says whether the base is new; the room is kept either way.
    pub(crate) fn keep(self, base: usize) -> bool {
        std::mem::forget(self);
        with_kept(|kept| {
            let new = !kept.bases.contains(&base);
            kept.bases.push(base);
            new
        })
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        with_kept(|kept| {
            kept.images -= 1;
            kept.bytes -= self.bytes;
        });
    }
}

/// How many descriptors of sealed copies are open.
static OPEN: AtomicUsize = AtomicUsize::new(0);

/// The right to hold one descriptor, given back when dropped.
#[derive(Debug)]
pub(crate) struct DescriptorRight(());

impl DescriptorRight {
    /// Takes the right, unless as many as `limits` allow are taken.
    pub(crate) fn take(limits: &Limits) -> Option<Self> {
        let soft = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
        let quarter = usize::try_from(soft / 4).unwrap_or(usize::MAX);
        let most = limits.max_descriptors.min(quarter);
        // A count, nothing is published by it.
        let taken = OPEN.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |open| (open < most).then_some(open + 1));
        taken.ok().map(|_| Self(()))
    }

    /// Keeps the right for good, together with the descriptor it is for.
    pub(crate) fn keep(self, descriptor: OwnedFd) {
        std::mem::forget(self);
        with_kept(|kept| kept.descriptors.push(descriptor));
    }
}

impl Drop for DescriptorRight {
    fn drop(&mut self) {
        OPEN.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A number above all whose names are taken, if `descriptor` has a name that is taken. That happens only when someone
/// closed a descriptor that is not theirs.
pub(crate) fn number_above(descriptor: RawFd) -> Option<RawFd> {
    const STANDARD_STREAMS: RawFd = 2;
    with_kept(|kept| {
        let taken = || kept.descriptors.iter().map(OwnedFd::as_raw_fd);
        let highest = taken().max().unwrap_or(STANDARD_STREAMS).max(STANDARD_STREAMS);
        (descriptor <= STANDARD_STREAMS || taken().any(|number| number == descriptor)).then_some(highest + 1)
    })
}
