//! The file a patch comes from: opened with care, read once, and not trusted to stay as it is.

use crate::budget::Limits;
use dynpatch_interface::{ErrorCode, PatchError};
use rustix::fs::{self, FileType, Mode, OFlags, Stat};
use rustix::io::{self, Errno};
use std::os::fd::OwnedFd;
use std::path::Path;

/// Bytes read at once where `sendfile` cannot read the source.
const CHUNK: usize = 64 << 10;

/// A plain file that is open for reading, and what it looked like then.
pub(crate) struct Source<'p> {
    path: &'p Path,
    file: OwnedFd,
    before: Stat,
}

impl<'p> Source<'p> {
    /// Opens the file at `path` if it is a plain file of a length within the limits. Nothing here blocks.
    pub(crate) fn open(path: &'p Path, limits: &Limits) -> Result<Self, PatchError> {
        let refuse = |error| not_readable(path, error);
        // Looked at before it is opened, because opening some devices does something.
        plain_file(path, &fs::stat(path).map_err(refuse)?)?;
        let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOCTTY;
        let file = fs::open(path, flags, Mode::empty()).map_err(refuse)?;
        let before = fs::fstat(&file).map_err(refuse)?;
        plain_file(path, &before)?;
        let length = before.st_size.cast_unsigned();
        match length {
            0 => Err(PatchError::new(ErrorCode::Empty, path.display(), "the file is empty")),
            _ if length > limits.max_file_bytes => Err(too_large(path, length, limits.max_file_bytes)),
            _ => Ok(Self { path, file, before }),
        }
    }

    /// Its length in bytes when it was opened.
    pub(crate) fn length(&self) -> u64 {
        self.before.st_size.cast_unsigned()
    }

    /// Copies all of it into `file` without a detour through this process.
    pub(crate) fn copy_to(&self, file: &OwnedFd) -> Result<(), PatchError> {
        let mut left = self.length();
        while left > 0 {
            let count = usize::try_from(left).unwrap_or(usize::MAX);
            match fs::sendfile(file, &self.file, None, count) {
                Ok(0) => return Err(self.changed("it became shorter")),
                Ok(copied) => left -= copied as u64,
                Err(Errno::INTR) => {}
                // Some file systems cannot.
                Err(Errno::INVAL | Errno::NOSYS) => left -= self.copy_chunk_to(file, left)?,
                Err(error) => return Err(self.io("copying it failed", error)),
            }
        }
        self.unchanged()
    }

    fn copy_chunk_to(&self, to: &OwnedFd, left: u64) -> Result<u64, PatchError> {
        let mut chunk = vec![0; CHUNK.min(usize::try_from(left).unwrap_or(CHUNK))];
        let length = self.fill(&mut chunk)?;
        let mut rest = &chunk[..length];
        while !rest.is_empty() {
            let written =
                io::retry_on_intr(|| io::write(to, rest)).map_err(|error| self.io("copying it failed", error))?;
            rest = &rest[written..];
        }
        Ok(length as u64)
    }

    /// Reads all of it into memory of this process.
    pub(crate) fn read(&self) -> Result<Vec<u8>, PatchError> {
        let length = usize::try_from(self.length()).map_err(|_| self.io("reading it failed", Errno::NOMEM))?;
        let mut bytes = vec![0; length];
        let mut filled = 0;
        while filled < length {
            filled += self.fill(&mut bytes[filled..])?;
        }
        self.unchanged()?;
        Ok(bytes)
    }

    fn fill(&self, buffer: &mut [u8]) -> Result<usize, PatchError> {
        match io::retry_on_intr(|| io::read(&self.file, &mut *buffer)) {
            Ok(0) => Err(self.changed("it became shorter")),
            Ok(length) => Ok(length),
            Err(error) => Err(self.io("reading it failed", error)),
        }
    }

    /// Nobody wrote to it meanwhile, as far as its length and times tell.
    fn unchanged(&self) -> Result<(), PatchError> {
        let now = fs::fstat(&self.file).map_err(|error| self.io("looking at it failed", error))?;
        let times = |stat: &Stat| (stat.st_mtime, stat.st_mtime_nsec, stat.st_ctime, stat.st_ctime_nsec);
        if now.st_size != self.before.st_size {
            return Err(self.changed(format!("{} bytes became {}", self.before.st_size, now.st_size)));
        }
        if times(&now) == times(&self.before) { Ok(()) } else { Err(self.changed("it was written to or replaced")) }
    }

    fn changed(&self, how: impl std::fmt::Display) -> PatchError {
        PatchError::new(ErrorCode::Changed, self.path.display(), format!("the file changed while it was read: {how}"))
            .with_help("write to another name and rename it when it is complete, or try again")
    }

    /// An error of the operating system while something was done with it.
    pub(crate) fn io(&self, what: &str, error: Errno) -> PatchError {
        PatchError::new(ErrorCode::Io, self.path.display(), format!("{what}: {error}"))
    }
}

fn plain_file(path: &Path, stat: &Stat) -> Result<(), PatchError> {
    let found = match FileType::from_raw_mode(stat.st_mode) {
        FileType::RegularFile => return Ok(()),
        FileType::Directory => "a directory",
        FileType::Fifo => "a pipe",
        FileType::Socket => "a socket",
        FileType::CharacterDevice | FileType::BlockDevice => "a device",
        _ => "neither file nor directory",
    };
    Err(PatchError::new(ErrorCode::NotAFile, path.display(), format!("{found}, not a file")))
}

fn too_large(path: &Path, length: u64, limit: u64) -> PatchError {
    PatchError::new(ErrorCode::TooLarge, path.display(), format!("{length} bytes, the limit is {limit}"))
        .with_help("build it in release, or strip its debug information, or raise `Limits::max_file_bytes`")
}

fn not_readable(path: &Path, error: Errno) -> PatchError {
    let code = match error {
        Errno::NOENT | Errno::NOTDIR => ErrorCode::NotFound,
        _ => ErrorCode::Io,
    };
    PatchError::new(code, path.display(), error)
}

#[cfg(test)]
#[path = "source_tests.rs"]
mod tests;
