//! The images of this process, from the moment they are mapped until nothing of them is.
//!
//! An image that was closed is not gone: the dynamic linker may keep it for a reason of its own, and may unmap it later.
//! So it stays in the list, with all it takes of the budget, until it is seen to be gone. Doubt keeps it there.

use crate::budget::{DescriptorRight, Room};
use crate::maps::{Identity, Maps};
use crate::sys::Pin;
use core::ops::Range;
use dynpatch_core::{Closed, Pages};
use rustix::fs::{self, Stat};
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::sync::{Mutex, PoisonError};

/// A sealed copy that is mapped: its `/proc/self/fd` name is known to the dynamic linker, so nothing else may get it.
#[derive(Debug)]
pub(crate) struct MappedCopy {
    descriptor: Option<OwnedFd>,
    /// What the descriptor leads to.
    stat: Option<(u64, u64)>,
    _right: DescriptorRight,
}

impl MappedCopy {
    pub(crate) fn new(descriptor: OwnedFd, right: DescriptorRight) -> Self {
        let stat = fs::fstat(&descriptor).ok().map(device_and_inode);
        Self { descriptor: Some(descriptor), stat, _right: right }
    }

    fn number(&self) -> Option<RawFd> {
        self.descriptor.as_ref().map(AsRawFd::as_raw_fd)
    }
}

impl Drop for MappedCopy {
    /// Closes the descriptor, unless someone else has done so and its number belongs to another file by now.
    fn drop(&mut self) {
        let Some(descriptor) = self.descriptor.take() else { return };
        let now = fs::fstat(&descriptor).ok().map(device_and_inode);
        if now.is_none() || now != self.stat {
            core::mem::forget(descriptor);
        }
    }
}

fn device_and_inode(stat: Stat) -> (u64, u64) {
    (stat.st_dev, stat.st_ino)
}

/// What an image was mapped from. As long as this is there, no other file has the identity of the image's.
#[derive(Debug)]
pub(crate) struct Origin {
    copy: Option<MappedCopy>,
    _pin: Option<Pin>,
}

impl Origin {
    /// A sealed copy, or where there is none a pinned private file.
    pub(crate) fn new(copy: Option<MappedCopy>, pin: Option<Pin>) -> Self {
        Self { copy, _pin: pin }
    }
}

/// An image that takes its part of the budget, given back when dropped.
#[derive(Debug)]
struct Image {
    number: u64,
    /// Empty when the dynamic linker does not say where it is.
    addresses: Range<usize>,
    state: State,
    origin: Origin,
    _room: Room,
}

#[derive(Debug)]
enum State {
    Open,
    /// Its first page was mapped from this file; unknown if the system did not tell.
    Closed(Option<Identity>),
}

impl Image {
    fn may_be_mapped(&self, maps: &Maps) -> bool {
        match self.state {
            State::Open => maps.any_in(&self.addresses),
            State::Closed(file) => file.is_none_or(|file| maps.file_in(file, &self.addresses)),
        }
    }

    fn is_closed(&self) -> bool {
        matches!(self.state, State::Closed(_))
    }
}

#[derive(Debug)]
struct Images {
    list: Vec<Image>,
    /// How many there have ever been.
    count: u64,
}

static IMAGES: Mutex<Images> = Mutex::new(Images { list: Vec::new(), count: 0 });

fn with_images<R>(body: impl FnOnce(&mut Images) -> R) -> R {
    body(&mut IMAGES.lock().unwrap_or_else(PoisonError::into_inner))
}

impl Images {
    fn add(&mut self, addresses: Range<usize>, room: Room, origin: Origin) -> NativePages {
        let number = self.count;
        self.count += 1;
        self.list.push(Image { number, addresses, state: State::Open, origin, _room: room });
        NativePages(number)
    }

    fn find(&mut self, pages: &NativePages) -> Option<&mut Image> {
        self.list.iter_mut().find(|image| image.number == pages.0)
    }

    /// Takes out the closed images of which nothing is mapped.
    fn settle(&mut self) -> Vec<Image> {
        // The list is read only if it decides something.
        let maps = self.list.iter().any(Image::is_closed).then(Maps::read).flatten();
        let Some(maps) = maps else { return Vec::new() };
        self.list.extract_if(.., |image| image.is_closed() && !image.may_be_mapped(&maps)).collect()
    }
}

/// Keeps an image at `addresses` until it is closed and gone. None when another image is there: then the dynamic linker
/// has taken the one for the other, and both are kept for good.
pub(crate) fn keep(addresses: Range<usize>, room: Room, origin: Origin) -> Option<NativePages> {
    let is_there = |image: &Image| image.addresses.start == addresses.start;
    let (pages, gone) = with_images(|images| {
        // Two images cannot be at one place, but one that is gone may not have been seen to be.
        let gone = if images.list.iter().any(is_there) { images.settle() } else { Vec::new() };
        let is_new = !images.list.iter().any(is_there);
        let pages = images.add(addresses.clone(), room, origin);
        (is_new.then_some(pages), gone)
    });
    drop(gone);
    pages
}

/// Keeps an image for good of which the dynamic linker does not say where it is.
pub(crate) fn keep_for_good(room: Room, origin: Origin) {
    with_images(|images| images.add(0..0, room, origin));
}

/// Gives back what closed images took of which nothing is mapped any more.
pub(crate) fn settle() {
    let gone = with_images(Images::settle);
    drop(gone);
}

/// A number above all whose names are taken, if `descriptor` has a name that is taken. That happens only when someone
/// closed a descriptor that is not theirs.
pub(crate) fn number_above(descriptor: RawFd) -> Option<RawFd> {
    const STANDARD_STREAMS: RawFd = 2;
    with_images(|images| {
        let taken = || images.list.iter().filter_map(|image| image.origin.copy.as_ref()?.number());
        let highest = taken().max().unwrap_or(STANDARD_STREAMS).max(STANDARD_STREAMS);
        (descriptor <= STANDARD_STREAMS || taken().any(|number| number == descriptor)).then_some(highest + 1)
    })
}

/// The pages of an image of this process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NativePages(u64);

impl NativePages {
    /// The image is about to be closed: takes note of what it is mapped from while it surely is.
    pub(crate) fn closing(&self) {
        with_images(|images| {
            if let Some(image) = images.find(self) {
                let file = Maps::read().and_then(|maps| maps.file_at(image.addresses.start));
                image.state = State::Closed(file);
            }
        });
    }

    /// The image was closed: looks what came of it.
    pub(crate) fn closed(&self) -> Closed {
        settle();
        if with_images(|images| images.find(self).is_some()) { Closed::StillMapped } else { Closed::Unmapped }
    }
}

impl Pages for NativePages {
    /// Reads `/proc/thread-self/maps`: not for every call. Where there is no `/proc`, every image counts as mapped.
    fn are_mapped(&self) -> bool {
        settle();
        with_images(|images| {
            let image = images.find(self);
            image.is_some_and(|image| Maps::read().is_none_or(|maps| image.may_be_mapped(&maps)))
        })
    }
}
