//! The fallback where no sealed memfd can be mapped: a file with a name of its own that exists while it is mapped.

use crate::sys::{self, Pin};
use std::collections::hash_map::RandomState;
use std::env;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::hash::{BuildHasher, Hasher};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// A private file: mode 0600 in a directory of its own of mode 0700. Both are removed when it is dropped; they are left
/// behind only when the process dies while a constructor runs.
#[derive(Debug)]
pub(crate) struct PrivateFile {
    directory: PathBuf,
    file: PathBuf,
    pin: Option<Pin>,
}

impl PrivateFile {
    /// Writes `bytes` to the first place where files can be written and executed: `$XDG_RUNTIME_DIR`, the directory
    /// for temporary files, `/var/tmp`.
    ///
    /// # Errors
    /// What stood in the way at the last place.
    pub(crate) fn write(bytes: &[u8]) -> io::Result<Self> {
        let runtime = env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from).filter(|path| path.is_absolute());
        let places = runtime.into_iter().chain([env::temp_dir(), PathBuf::from("/var/tmp")]);
        let mut refusal = io::Error::from(io::ErrorKind::NotFound);
        for place in places {
            match Self::write_in(&place, bytes) {
                Ok(file) => return Ok(file),
                Err(error) => refusal = io::Error::new(error.kind(), format!("{}: {error}", place.display())),
            }
        }
        Err(refusal)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.file
    }

    /// Removes the file. What is left keeps its identity from being given to another file.
    pub(crate) fn into_pin(mut self) -> Option<Pin> {
        self.pin.take()
    }

    fn write_in(place: &Path, bytes: &[u8]) -> io::Result<Self> {
        // Not secret, only unlikely: creating something that is there already fails.
        let unlikely = RandomState::new().build_hasher().finish();
        let directory = place.join(format!("dynpatch-{}-{unlikely:016x}", std::process::id()));
        DirBuilder::new().mode(0o700).create(&directory)?;
        let mut this = Self { file: directory.join("patch.so"), directory, pin: None };
        let mut file = this.create()?;
        file.write_all(bytes)?;
        if !sys::may_execute(&file) {
            return Err(io::Error::other("files here cannot be executed"));
        }
        this.pin = Some(Pin::new(&file)?);
        Ok(this)
    }

    fn create(&self) -> io::Result<File> {
        OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(&self.file)
    }
}

impl Drop for PrivateFile {
    fn drop(&mut self) {
        // Left behind at worst, in a directory that is cleaned up anyway; nothing depends on it.
        let _ = fs::remove_file(&self.file);
        let _ = fs::remove_dir(&self.directory);
    }
}
