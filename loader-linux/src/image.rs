//! The private copy of a patch: bytes that nobody else can change, and where they can be mapped from.

use crate::budget::{DescriptorRight, Limits};
use crate::kept::{MappedCopy, number_above};
use crate::private_file::PrivateFile;
use crate::source::Source;
use crate::sys::{self, Pin, SealedBytes, WriteSealed};
use dynpatch_interface::PatchError;
use rustix::fs::{self, MemfdFlags, SealFlags, Stat};
use rustix::io::{self, Errno};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::path::{Path, PathBuf};

/// The kernel allows 249 bytes for the name of a memfd.
const LONGEST_NAME: usize = 200;

/// A private copy of a patch.
///
/// Usually a memfd that the kernel has sealed against writing, growing, shrinking and further sealing. Where that
/// cannot be had, or the budget of descriptors is used up, memory of this process; it is written to a private file
/// for the moment of mapping. [`is_write_sealed`](Self::is_write_sealed) tells which.
#[derive(Debug)]
pub struct PrivateCopy {
    source: PathBuf,
    bytes: Bytes,
}

#[derive(Debug)]
enum Bytes {
    Sealed(SealedBytes, DescriptorRight),
    Memory(Vec<u8>),
}

impl PrivateCopy {
    /// Copies the file at `source` once.
    pub(crate) fn new(source: &Path, limits: &Limits) -> Result<Self, PatchError> {
        let file = Source::open(source, limits)?;
        let bytes = match Memfd::create(source, limits) {
            Some(memfd) => {
                file.copy_to(&memfd.file)?;
                memfd.seal(file.length()).map_err(|error| file.io("sealing the copy failed", error))?
            }
            None => Bytes::Memory(file.read()?),
        };
        Ok(Self { source: source.to_owned(), bytes })
    }

    /// Where the bytes came from, for messages only.
    pub fn source(&self) -> &Path {
        &self.source
    }

    /// Whether the kernel keeps every process, this one included, from changing what will be mapped. If not, another
    /// process of the same user could change the private file while it is mapped.
    pub fn is_write_sealed(&self) -> bool {
        matches!(self.bytes, Bytes::Sealed(..))
    }

    /// Something to give to `dlopen`.
    pub(crate) fn file(&self) -> std::io::Result<MappableFile> {
        Ok(match &self.bytes {
            Bytes::Sealed(bytes, _) => MappableFile::Descriptor(proc_path(bytes)),
            Bytes::Memory(bytes) => MappableFile::Private(PrivateFile::write(bytes)?),
        })
    }

    /// Where the bytes came from, and what must be kept open while the dynamic linker knows it by name.
    pub(crate) fn into_mapped(self) -> (PathBuf, Option<MappedCopy>) {
        let copy = match self.bytes {
            Bytes::Sealed(bytes, right) => Some(MappedCopy::new(bytes.into_file(), right)),
            Bytes::Memory(_) => None,
        };
        (self.source, copy)
    }
}

impl AsRef<[u8]> for PrivateCopy {
    fn as_ref(&self) -> &[u8] {
        match &self.bytes {
            Bytes::Sealed(bytes, _) => bytes.as_ref(),
            Bytes::Memory(bytes) => bytes,
        }
    }
}

/// A file that can be mapped, under a name the dynamic linker does not know.
pub(crate) enum MappableFile {
    Descriptor(PathBuf),
    Private(PrivateFile),
}

impl MappableFile {
    pub(crate) fn path(&self) -> &Path {
        match self {
            Self::Descriptor(path) => path,
            Self::Private(file) => file.path(),
        }
    }

    /// It has been mapped. What keeps its identity from being given to another file, unless its descriptor does.
    pub(crate) fn into_pin(self) -> Option<Pin> {
        match self {
            Self::Descriptor(_) => None,
            Self::Private(file) => file.into_pin(),
        }
    }
}

fn proc_path(file: &impl AsFd) -> PathBuf {
    PathBuf::from(format!("/proc/self/fd/{}", file.as_fd().as_raw_fd()))
}

/// A memfd that can be sealed, found by name, and executed from.
struct Memfd {
    file: OwnedFd,
    right: DescriptorRight,
}

impl Memfd {
    /// None where one cannot be had: by choice, by budget, by kernel, by policy, or because `/proc` is not there.
    fn create(source: &Path, limits: &Limits) -> Option<Self> {
        if limits.force_private_file {
            return None;
        }
        let right = DescriptorRight::take(limits)?;
        let name = memfd_name(source);
        let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
        let file = match fs::memfd_create(name.as_slice(), flags | MemfdFlags::EXEC) {
            // Linux before 6.3 does not know the flag, and needs none.
            Err(Errno::INVAL) => fs::memfd_create(name.as_slice(), flags),
            other => other,
        };
        let file = with_new_number(file.ok()?).ok()?;
        reachable(&file).then_some(Self { file, right })
    }

    fn seal(self, length: u64) -> io::Result<Bytes> {
        // Against making it unexecutable; unknown before Linux 6.3.
        match fs::fcntl_add_seals(&self.file, SealFlags::EXEC) {
            Ok(()) | Err(Errno::INVAL) => {}
            Err(error) => return Err(error),
        }
        let seals = SealFlags::WRITE | SealFlags::GROW | SealFlags::SHRINK | SealFlags::SEAL;
        fs::fcntl_add_seals(&self.file, seals)?;
        let length = usize::try_from(length).map_err(|_| Errno::NOMEM)?;
        Ok(Bytes::Sealed(SealedBytes::new(WriteSealed::new(self.file)?, length)?, self.right))
    }
}

/// Shown in `/proc/self/maps`.
fn memfd_name(source: &Path) -> Vec<u8> {
    let name = source.file_name().unwrap_or_default().as_encoded_bytes();
    [b"dynpatch:", &name[..name.len().min(LONGEST_NAME)]].concat()
}

/// The dynamic linker takes a name it knows for the library it knows, whatever is behind the name by now.
fn with_new_number(file: OwnedFd) -> io::Result<OwnedFd> {
    match number_above(file.as_raw_fd()) {
        None => Ok(file),
        Some(number) => io::fcntl_dupfd_cloexec(&file, number),
    }
}

/// Whether the name that `dlopen` will be given leads to this very file, and it may be executed.
fn reachable(file: &OwnedFd) -> bool {
    let same = |(by_name, by_descriptor): (Stat, Stat)| {
        by_name.st_ino == by_descriptor.st_ino && by_name.st_dev == by_descriptor.st_dev
    };
    let stats = fs::stat(proc_path(file)).and_then(|by_name| Ok((by_name, fs::fstat(file)?)));
    stats.is_ok_and(same) && sys::may_execute(file)
}
