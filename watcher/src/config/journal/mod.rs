//! The last good configuration, kept for the next process.
//!
//! - here: two slots, written in turn, so that one is whole whatever happens.
//! - `record.rs`: what stands in a slot.
//! - `durable.rs`: how a slot is written.
//!
//! What is kept are the texts of the accepted files. The environment is not: its variables often hold secrets, and the next
//! process has an environment of its own, which is layered over the kept texts as it is over files.

mod durable;
mod record;

use super::layers::Text;
use crate::files::System;
use record::Record;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// No slot is larger: it holds a few files of configuration.
const LARGEST: u64 = 256 << 20;

/// The state directory, as far as one configuration is concerned.
pub(super) struct Journal {
    system: Arc<dyn System>,
    directory: PathBuf,
    identity: [u8; 32],
    /// The newest record that is whole.
    newest: Option<Record>,
    /// The number of the next record.
    next: u64,
    /// What could not be kept.
    unkept: Option<Vec<Text>>,
}

/// What could be read of the state, and what was damaged.
pub(super) struct Opened {
    pub(super) journal: Journal,
    /// The texts of the records that are whole, newest first.
    pub(super) kept: Vec<Vec<Text>>,
    pub(super) damage: Option<String>,
}

impl Journal {
    /// Reads what there is. `names` are the files and directories that make the configuration: others have slots of their
    /// own.
    pub(super) fn open(system: Arc<dyn System>, directory: PathBuf, names: &[PathBuf]) -> Opened {
        let mut journal = Self { system, directory, identity: identity(names), newest: None, next: 1, unkept: None };
        let (mut records, mut damage) = (Vec::new(), Vec::new());
        for slot in 0..2 {
            match journal.read(&journal.slot(slot)) {
                Ok(record) => records.extend(record),
                Err(error) => damage.push(format!("{}: {error}", journal.slot(slot).display())),
            }
        }
        records.sort_by_key(|record| std::cmp::Reverse(record.number));
        journal.next = records.first().map_or(1, |newest| newest.number.saturating_add(1));
        let kept = records.iter().map(|record| record.files.clone()).collect();
        journal.newest = records.into_iter().next();
        Opened { journal, kept, damage: (!damage.is_empty()).then(|| damage.join("; ")) }
    }

    /// Tries again what could not be kept, if there is such.
    pub(super) fn keep_the_rest(&mut self) -> Option<io::Result<()>> {
        let files = self.unkept.take()?;
        Some(self.keep(&files))
    }

    /// Keeps these files in place of the older record, unless they are kept already.
    pub(super) fn keep(&mut self, files: &[Text]) -> io::Result<()> {
        let outcome = self.write(files);
        self.unkept = outcome.is_err().then(|| files.to_vec());
        outcome
    }

    fn write(&mut self, files: &[Text]) -> io::Result<()> {
        if self.newest.as_ref().is_some_and(|newest| newest.files == files) {
            return Ok(());
        }
        let record = Record { number: self.next, files: files.to_vec() };
        let bytes = record.encode(&self.identity);
        if bytes.len() as u64 > LARGEST {
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, "it is too large to be kept"));
        }
        durable::write(&*self.system, &self.directory, &self.slot(record.number % 2), &bytes)?;
        self.next = self.next.saturating_add(1);
        self.newest = Some(record);
        Ok(())
    }

    fn slot(&self, number: u64) -> PathBuf {
        let identity: String = self.identity[..8].iter().map(|byte| format!("{byte:02x}")).collect();
        self.directory.join(format!("last-good-{identity}-{number}"))
    }

    fn read(&self, slot: &Path) -> Result<Option<Record>, String> {
        let bytes = match bytes(slot) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.to_string()),
        };
        Record::decode(&bytes, &self.identity).map(Some).map_err(str::to_owned)
    }
}

fn bytes(slot: &Path) -> io::Result<Vec<u8>> {
    if !std::fs::metadata(slot)?.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    let mut bytes = Vec::new();
    File::open(slot)?.take(LARGEST).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Relative names are those of the working directory, so that two programs started elsewhere do not share a slot.
fn identity(names: &[PathBuf]) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    for name in names {
        let whole = std::path::absolute(name).unwrap_or_else(|_| name.clone());
        let text = whole.as_os_str().as_encoded_bytes();
        hasher.update(&(text.len() as u64).to_le_bytes()).update(text);
    }
    *hasher.finalize().as_bytes()
}

#[cfg(test)]
mod tests;
