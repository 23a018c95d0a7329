//! Edits a file as people and programs do.

use dynpatch_examples::Result;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

/// A file in a folder of its own, which goes with this.
pub(crate) struct Editor {
    folder: PathBuf,
}

impl Editor {
    pub(crate) fn new() -> Result<Self> {
        let folder = std::env::temp_dir().join(format!("dynpatch-config-reload-{}", std::process::id()));
        fs::create_dir_all(&folder)?;
        Ok(Self { folder })
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.folder.join("config.toml")
    }

    /// Over what is there.
    pub(crate) fn in_place(&self, text: &str) -> Result<()> {
        Ok(fs::write(self.file(), text)?)
    }

    /// A copy beside the file, piece by piece, which then takes its name.
    pub(crate) fn by_rename(&self, pieces: &[&str]) -> Result<()> {
        let copy = self.folder.join(".config.toml.new");
        write_pieces(&copy, pieces)?;
        Ok(fs::rename(copy, self.file())?)
    }

    pub(crate) fn delete(&self) -> Result<()> {
        Ok(fs::remove_file(self.file())?)
    }
}

fn write_pieces(path: &Path, pieces: &[&str]) -> Result<()> {
    let mut file = File::create(path)?;
    for piece in pieces {
        file.write_all(piece.as_bytes())?;
        file.flush()?;
    }
    Ok(file.sync_all()?)
}

impl Drop for Editor {
    fn drop(&mut self) {
        // What is left in the temporary folder harms nobody.
        let _ = fs::remove_dir_all(&self.folder);
    }
}
