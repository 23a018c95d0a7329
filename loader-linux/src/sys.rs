//! Every unsafe operation of this crate, each in a block of its own with its proof.
#![expect(unsafe_code, reason = "the one file that may")]

use crate::elf::ManifestPlace;
use crate::image::PrivateCopy;
use crate::load::NativeImage;
use core::ffi::{CStr, c_int, c_void};
use core::mem::ManuallyDrop;
use core::ops::Range;
use core::ptr::{NonNull, null, null_mut, with_exposed_provenance};
use core::slice;
use dynpatch_core::{Admitted, Unreachable};
use libloading::os::unix::{Library, RTLD_LOCAL, RTLD_NOW};
use rustix::fs::{self, SealFlags};
use rustix::io::{self, Errno};
use rustix::mm::{MapFlags, ProtFlags, mmap, munmap};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;

/// The smallest page of any processor here.
const PAGE: usize = 4096;

/// Proof that a file of this process can neither be written nor become shorter.
#[derive(Debug)]
pub(crate) struct WriteSealed(OwnedFd);

impl WriteSealed {
    /// Takes a memfd for sealed if the kernel says that it is.
    pub(crate) fn new(file: OwnedFd) -> io::Result<Self> {
        let needed = SealFlags::WRITE | SealFlags::SHRINK | SealFlags::SEAL;
        let sealed = fs::fcntl_get_seals(&file)?.contains(needed);
        if sealed { Ok(Self(file)) } else { Err(Errno::PERM) }
    }
}

impl AsFd for WriteSealed {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// Pages of a file, unmapped when dropped.
#[derive(Debug)]
struct Pages {
    start: NonNull<u8>,
    length: usize,
}

// SAFETY: the pages are memory that belongs to no thread and that nobody may write, or even read; see `SealedBytes` for why
// nobody writes the bytes behind the ones that may be read.
unsafe impl Send for Pages {}
// SAFETY: as above, shared references only read.
unsafe impl Sync for Pages {}

impl Drop for Pages {
    fn drop(&mut self) {
        // SAFETY: the range is the one that `SealedBytes::new` or `Pin::new` mapped, and it is unmapped here only.
        // References to the bytes borrow the `SealedBytes` that is being dropped, so none is left.
        let unmapped = unsafe { munmap(self.start.as_ptr().cast(), self.length) };
        debug_assert!(unmapped.is_ok(), "a whole mapping can be unmapped");
    }
}

/// A sealed file as bytes.
#[derive(Debug)]
pub(crate) struct SealedBytes {
    pages: Pages,
    file: WriteSealed,
}

impl SealedBytes {
    /// Maps the first `length` bytes, which the file has, for reading.
    pub(crate) fn new(file: WriteSealed, length: usize) -> io::Result<Self> {
        if fs::fstat(&file)?.st_size.cast_unsigned() < length as u64 {
            return Err(Errno::INVAL);
        }
        // SAFETY: a null address lets the kernel choose one that is free, so no memory in use is replaced.
        let start = unsafe { mmap(null_mut(), length, ProtFlags::READ, MapFlags::PRIVATE, &file, 0) }?;
        let start = NonNull::new(start.cast()).ok_or(Errno::NOMEM)?;
        Ok(Self { pages: Pages { start, length }, file })
    }

    /// The file, its bytes no longer mapped.
    pub(crate) fn into_file(self) -> OwnedFd {
        self.file.0
    }
}

impl AsRef<[u8]> for SealedBytes {
    fn as_ref(&self) -> &[u8] {
        let Pages { start, length } = self.pages;
        // SAFETY: `start` is the start of a readable mapping of `length` bytes that lives until `self` is dropped.
        // Every byte is in the file: it was that long when it was mapped and has F_SEAL_SHRINK, so none raises
        // SIGBUS. Nobody writes them while the reference lives: the file has F_SEAL_WRITE, which the kernel grants
        // only while no writable shared mapping exists and which refuses writes and such mappings afterwards, and
        // F_SEAL_SEAL keeps it so (memfd_create(2), fcntl(2)).
        unsafe { slice::from_raw_parts(start.as_ptr(), length) }
    }
}

impl AsFd for SealedBytes {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }
}

/// A page of a file that nobody may touch. It keeps the kernel from forgetting the file, as an open descriptor would, so no
/// other file gets its number.
#[derive(Debug)]
pub(crate) struct Pin {
    _page: Pages,
}

impl Pin {
    pub(crate) fn new(file: &impl AsFd) -> io::Result<Self> {
        // SAFETY: a null address lets the kernel choose one that is free, so no memory in use is replaced.
        let start = unsafe { mmap(null_mut(), PAGE, ProtFlags::empty(), MapFlags::PRIVATE, file, 0) }?;
        let start = NonNull::new(start.cast()).ok_or(Errno::NOMEM)?;
        Ok(Self { _page: Pages { start, length: PAGE } })
    }
}

/// Whether pages of `file` may be executed: not on a file system mounted `noexec`, nor where policy forbids it.
pub(crate) fn may_execute(file: &impl AsFd) -> bool {
    let protection = ProtFlags::READ | ProtFlags::EXEC;
    // SAFETY: a null address lets the kernel choose one that is free, so no memory in use is replaced.
    let Ok(start) = (unsafe { mmap(null_mut(), PAGE, protection, MapFlags::PRIVATE, file, 0) }) else { return false };
    // SAFETY: the range was just mapped and nothing points into it.
    let unmapped = unsafe { munmap(start, PAGE) };
    debug_assert!(unmapped.is_ok(), "a whole mapping can be unmapped");
    true
}

/// A library in the dynamic linker's list. Dropping it leaves it there.
#[derive(Debug)]
pub(crate) struct Handle {
    library: ManuallyDrop<Library>,
    base: Option<usize>,
}

/// Maps the library at `path`, a copy of the admitted bytes, and runs its constructors.
pub(crate) fn open<F>(path: &Path, _admitted: &Admitted<PrivateCopy, F>) -> Result<Handle, libloading::Error> {
    // SAFETY: constructors run here. The file at `path` holds the bytes of an `Admitted`, which exists only for a
    // patch that passed every check of the caller, `inspect` among them: the dynamic linker finds nothing in it that
    // would make it misbehave, and that the constructors may run is what admitting a patch means. Destructors run in
    // `close` only, which asks for a promise that they may.
    let library = unsafe { Library::open(Some(path), RTLD_NOW | RTLD_LOCAL) }?;
    let handle = library.into_raw();
    // SAFETY: the handle was taken out of a `Library` just above, so it is one that `dlopen` returned and that may be
    // closed once; nobody else has it but `base`, which does not close it.
    let library = unsafe { Library::from_raw(handle) };
    Ok(Handle { library: ManuallyDrop::new(library), base: base(handle) })
}

/// Takes the library of an image off the dynamic linker's list and runs its destructors, unless the linker keeps it.
///
/// That nothing reaches the image any more is what the caller has vouched for; nothing borrows from the image itself,
/// which is consumed.
pub(crate) fn close(image: Unreachable<NativeImage>) {
    let library = ManuallyDrop::into_inner(image.into_image().located.library);
    // The linker refuses only handles that are not its own. Whatever it says, the kernel is asked what came of it.
    let _ = library.close();
}

unsafe extern "C" {
    // In glibc and musl alike; libloading links the library it is in.
    fn dlinfo(handle: *mut c_void, request: c_int, answer: *mut c_void) -> c_int;
}

/// The one request that glibc and musl both know.
const RTLD_DI_LINKMAP: c_int = 2;

/// The start of `struct link_map`, the part that debuggers rely on, so that it never changes (`<link.h>`).
#[repr(C)]
struct LinkMap {
    /// The difference between the addresses in the file and those in memory.
    address: usize,
}

/// Where the image of a handle of `dlopen` begins; its addresses in the file begin at zero, as `inspect` requires.
fn base(handle: *mut c_void) -> Option<usize> {
    let mut map: *const LinkMap = null();
    // SAFETY: the handle came from `dlopen` and is not closed. The request writes one pointer to where the third
    // argument points, which is a variable for one pointer.
    let status = unsafe { dlinfo(handle, RTLD_DI_LINKMAP, (&raw mut map).cast()) };
    // SAFETY: `map` is null, as initialised, or the request succeeded and it points to the link map of the handle,
    // which begins as `LinkMap` does, is aligned, and lives until the handle is closed, which is not before this returns. The
    // dynamic linker writes its first field before `dlopen` returns and never again.
    let map = unsafe { map.as_ref() };
    map.filter(|_| status == 0).map(|map| map.address)
}

impl Handle {
    /// The library and where it lies, if the dynamic linker says so; `place` is where the manifest was found in the bytes
    /// that were mapped. Without an answer it stays open for good.
    pub(crate) fn locate(self, place: ManifestPlace) -> Option<Located> {
        let Self { library, base } = self;
        base.map(|base| Located { library, base, place })
    }
}

/// A library that is known to lie somewhere. Dropping it leaves it there.
#[derive(Debug)]
pub(crate) struct Located {
    library: ManuallyDrop<Library>,
    base: usize,
    place: ManifestPlace,
}

impl Located {
    /// Where the image begins.
    pub(crate) fn base(&self) -> usize {
        self.base
    }

    /// The address that `name` resolves to, in this library or one it needs; null when there is none.
    pub(crate) fn symbol(&self, name: &CStr) -> *const () {
        // SAFETY: the type asked for is a pointer, and all that is done with it is to return it: nothing is called
        // or read through it, whatever the symbol is.
        let symbol = unsafe { self.library.get::<*const ()>(name) };
        symbol.map_or(null(), |symbol| symbol.into_raw().cast_const().cast())
    }

    /// The manifest as it lies in memory.
    pub(crate) fn manifest(&self) -> &[u8] {
        let Range { start, end } = self.place.memory();
        let address = with_exposed_provenance::<u8>(self.base + start);
        // SAFETY: a `ManifestPlace` is proof that the range lies in a segment that is readable and not writable, so
        // the dynamic linker has mapped it so from bytes that nobody writes: a sealed memfd, or a file of ours that
        // has lost its name. It is initialised memory that does not change, and it stays while `self` is borrowed,
        // because closing the library consumes `self`. A mapping of the dynamic linker's comes from outside of Rust,
        // so its provenance is exposed.
        unsafe { slice::from_raw_parts(address, end - start) }
    }
}
