//! A file that is either the old one or the new one, after a loss of power too.

use crate::files::System;
use std::fs;
use std::io::{self, Write};
use std::path::Path;

/// Writes the bytes beside the file, and puts them in its place once they are on the disk. Where the system can say so, only the
/// owner can read the file: configuration holds secrets.
pub(super) fn write(system: &dyn System, directory: &Path, file: &Path, bytes: &[u8]) -> io::Result<()> {
    fs::create_dir_all(directory)?;
    let beside = file.with_extension("new");
    let mut new = system.create_private(&beside)?;
    new.write_all(bytes)?;
    new.sync_all()?;
    drop(new);
    fs::rename(&beside, file)?;
    system.sync_directory(directory)
}
