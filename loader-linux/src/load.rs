//! The loader: seals, inspects and maps.

use crate::budget::{Limits, Room};
use crate::elf::{self, ElfObject, ManifestPlace};
use crate::image::PrivateCopy;
use crate::kept::{self, NativePages, Origin};
use crate::sys::{self, Handle, Located, Pin};
use core::ffi::CStr;
use core::ops::Range;
use dynpatch_core::{Admitted, Closed, Image, Loader, Sealed, Unreachable};
use dynpatch_interface::{ErrorCode, PatchError};
use std::path::Path;

/// Loads patches through the system's dynamic linker, glibc's or musl's.
///
/// Works on x86_64 and aarch64. A program that is linked statically has no dynamic linker: there
/// [`seal`](Loader::seal) refuses with [`ErrorCode::Unsupported`] and nothing is touched.
#[derive(Debug, Clone, Default)]
pub struct NativeLoader {
    limits: Limits,
}

impl NativeLoader {
    /// A loader with the default [`Limits`].
    pub fn new() -> Self {
        Self::default()
    }

    /// A loader with limits of its own. What is kept is counted once for the whole process.
    pub fn with_limits(limits: Limits) -> Self {
        Self { limits }
    }

    /// The limits of this loader.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Hands the copy to the dynamic linker. On an error nothing is mapped and nothing is kept.
    fn open<M>(&self, admitted: &Admitted<PrivateCopy, (ElfObject, M)>) -> Result<Opened, PatchError> {
        let (copy, (object, _)) = (admitted.copy(), admitted.findings());
        let place = elf::locate(copy.as_ref(), object);
        let place = place.ok_or_else(|| failed(copy.source(), "what was inspected is not this file"))?;
        kept::settle();
        let room = self.room(copy, object)?;
        let file = copy.file().map_err(|error| failed(copy.source(), format!("no file to map it from: {error}")))?;
        let handle = sys::open(file.path(), admitted).map_err(|error| failed(copy.source(), text(&error)))?;
        Ok(Opened { handle, room, place, pin: file.into_pin() })
    }

    fn room(&self, copy: &PrivateCopy, object: &ElfObject) -> Result<Room, PatchError> {
        let bytes = object.image_size().max(copy.as_ref().len() as u64);
        Room::take(&self.limits, bytes).map_err(|figures| {
            PatchError::new(ErrorCode::BudgetExhausted, copy.source().display(), figures).with_help(
                "every patch stays mapped unless it is closed: restart the program, or raise the loader's limits",
            )
        })
    }
}

/// What is mapped, and what that takes.
struct Opened {
    handle: Handle,
    room: Room,
    place: ManifestPlace,
    pin: Option<Pin>,
}

fn failed(source: &Path, cause: impl core::fmt::Display) -> PatchError {
    PatchError::new(ErrorCode::MapFailed, source.display(), cause)
}

/// The dynamic linker's own words.
fn text(error: &libloading::Error) -> String {
    std::error::Error::source(error).map_or_else(|| error.to_string(), |source| source.to_string())
}

impl Loader for NativeLoader {
    type Source = Path;
    type Copy = PrivateCopy;
    type Object = ElfObject;
    type Image = NativeImage;
    type Error = PatchError;

    /// Copies the file at `source`, which may be a symbolic link to a plain file. Nothing else is opened, so nothing
    /// blocks. The subject of an error is the path.
    ///
    /// A write between two looks at the file is seen by its length and times; one within the granularity of the file
    /// system's clock, of the same length, is not. Writers should rename a complete file into place.
    ///
    /// # Errors
    /// `NotFound`, `NotAFile`, `Empty`, `TooLarge`, `Changed`, `Io`, or `Unsupported` in a program that is linked
    /// statically.
    fn seal(&self, source: &Path) -> Result<Sealed<PrivateCopy>, PatchError> {
        if cfg!(target_feature = "crt-static") {
            let cause = "this program is linked statically, so it has no dynamic linker";
            return Err(PatchError::new(ErrorCode::Unsupported, source.display(), cause)
                .with_help("build the host with `-C target-feature=-crt-static`"));
        }
        PrivateCopy::new(source, &self.limits).map(Sealed::new)
    }

    /// See [`inspect`](crate::inspect). The subject of an error is the part of the file.
    fn inspect(&self, bytes: &[u8]) -> Result<ElfObject, PatchError> {
        elf::inspect(bytes)
    }

    /// Maps the copy with `dlopen(RTLD_NOW | RTLD_LOCAL)`. The subject of an error is the path the copy was made of.
    ///
    /// # Errors
    /// `BudgetExhausted` with the figures; `MapFailed` with the words of the dynamic linker, for instance when a
    /// symbol or a version of one is missing. No constructor has run then, and nothing is kept.
    fn map<M>(&self, admitted: Admitted<PrivateCopy, (ElfObject, M)>) -> Result<(NativeImage, M), PatchError> {
        let Opened { handle, room, place, pin } = self.open(&admitted)?;
        let (copy, (object, rest)) = admitted.into_parts();
        // Whatever comes now, the dynamic linker knows its name.
        let (source, copy) = copy.into_mapped();
        let origin = Origin::new(copy, pin);
        let Some(located) = handle.locate(place) else {
            kept::keep_for_good(room, origin);
            return Err(failed(&source, "the dynamic linker does not say where it is"));
        };
        let size = usize::try_from(object.image_size()).unwrap_or(usize::MAX);
        let range = located.base()..located.base().saturating_add(size);
        let pages = kept::keep(range.clone(), room, origin)
            .ok_or_else(|| failed(&source, "the dynamic linker took it for a patch that is mapped already"))?;
        Ok((NativeImage { located, range, pages }, rest))
    }
}

/// A mapped patch. It stays mapped until the process ends, whatever happens to this value, unless it is closed.
///
/// To be [`Unreachable`], an image may still have destructors of thread-local variables to come, if they were registered
/// as Rust's are, through `__cxa_thread_atexit_impl`: glibc keeps an image as long as there are any, and musl keeps
/// every image for good.
#[derive(Debug)]
pub struct NativeImage {
    pub(crate) located: Located,
    range: Range<usize>,
    pages: NativePages,
}

impl NativeImage {
    /// All addresses of the image, its code among them. Holes between its segments belong to it too.
    pub fn addresses(&self) -> Range<usize> {
        self.range.clone()
    }
}

impl Image for NativeImage {
    type Pages = NativePages;

    fn manifest(&self) -> &[u8] {
        self.located.manifest()
    }

    /// Only what the patch itself exports: not what a library it needs would answer with, nor thread-local variables.
    fn symbol(&self, name: &CStr) -> *const () {
        let address = self.located.symbol(name);
        if self.range.contains(&address.addr()) { address } else { core::ptr::null() }
    }

    fn pages(&self) -> NativePages {
        self.pages.clone()
    }

    /// Asks the dynamic linker with `dlclose` and the kernel with `/proc/thread-self/maps`. An image that is still mapped
    /// keeps its descriptor and its part of the limits. Both are given back when it is seen to be gone: by the next image
    /// that is mapped or closed, or asked for its pages.
    fn close(image: Unreachable<Self>) -> Closed {
        let pages = image.image().pages();
        pages.closing();
        sys::close(image);
        pages.closed()
    }
}
