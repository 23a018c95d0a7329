//! What a loader may read and keep, and what this process keeps already.
//!
//! The counts are one per process, as are descriptors, address space and the dynamic linker's list of names.

use rustix::process::{Resource, getrlimit};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// What a loader may read and keep. An image is kept until it is closed and seen to be unmapped; one that is never closed
/// is kept for good.
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

/// What the images of this process take.
struct Taken {
    images: usize,
    bytes: u64,
}

static TAKEN: Mutex<Taken> = Mutex::new(Taken { images: 0, bytes: 0 });

fn with_taken<R>(body: impl FnOnce(&mut Taken) -> R) -> R {
    body(&mut TAKEN.lock().unwrap_or_else(PoisonError::into_inner))
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
        with_taken(|taken| {
            let (images, sum) = (taken.images + 1, taken.bytes.saturating_add(bytes));
            if images > limits.max_images {
                return Err(format!("{} images are kept, the limit is {}", taken.images, limits.max_images));
            }
            if sum > limits.max_image_bytes {
                let limit = limits.max_image_bytes;
                return Err(format!("images keep {} bytes, {bytes} more exceed the limit of {limit}", taken.bytes));
            }
            (taken.images, taken.bytes) = (images, sum);
            Ok(Self { bytes })
        })
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        with_taken(|taken| {
            taken.images -= 1;
            taken.bytes -= self.bytes;
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
}

impl Drop for DescriptorRight {
    fn drop(&mut self) {
        OPEN.fetch_sub(1, Ordering::Relaxed);
    }
}
