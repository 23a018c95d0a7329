//! The records of an image, read from bytes nobody vouches for. No `unsafe`, no allocation, time linear in the bytes.

mod error;
mod fields;
mod header;
mod item;

pub use error::ManifestError;
pub use fields::{Field, Fields};
pub use header::{Header, Relation};
pub use item::Item;

use crate::checksum;
use crate::layout::TypeEntry;
use core::ops::Range;
use dynpatch_interface::Environment;
use dynpatch_interface::record::{FORMAT, MAGIC, PREFIX, SEAL_LENGTH, kind};

/// Most records a manifest may hold: far above any program, low enough to bound a reader's time.
pub const MAX_RECORDS: usize = 1 << 16;

/// One record of a manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record<'a> {
    /// The kind byte.
    pub kind: u8,
    /// The payload.
    pub payload: &'a [u8],
    /// Where the whole record lies in the manifest.
    pub range: Range<usize>,
}

impl<'a> Record<'a> {
    /// Reads the record at the start of `bytes`, with nothing behind it, as an item keeps it in memory.
    ///
    /// # Errors
    /// When the bytes are not exactly one whole record of a format this reads.
    pub fn single(bytes: &'a [u8]) -> Result<Self, ManifestError> {
        let record = record_at(bytes, 0)?;
        if record.range.end == bytes.len() {
            Ok(record)
        } else {
            Err(ManifestError::Damaged { offset: record.range.end })
        }
    }

    /// The payload's fields.
    pub fn fields(&self) -> Fields<'a> {
        Fields::new(self.payload)
    }
}

/// The records of a manifest section, in order. Ends after the first error.
pub fn records(manifest: &[u8]) -> impl Iterator<Item = Result<Record<'_>, ManifestError>> {
    each_record(manifest, record_at)
}

fn each_record<'a>(
    manifest: &'a [u8],
    read: fn(&'a [u8], usize) -> Result<Record<'a>, ManifestError>,
) -> EachRecord<'a> {
    EachRecord { manifest, read, offset: 0, left: MAX_RECORDS }
}

struct EachRecord<'a> {
    manifest: &'a [u8],
    read: fn(&'a [u8], usize) -> Result<Record<'a>, ManifestError>,
    offset: usize,
    left: usize,
}

impl<'a> Iterator for EachRecord<'a> {
    type Item = Result<Record<'a>, ManifestError>;

    // There is much that goes through records: one function for all.
    #[inline(never)]
    fn next(&mut self) -> Option<Self::Item> {
        self.offset += self.manifest.get(self.offset..)?.iter().take_while(|byte| **byte == 0).count();
        if self.offset >= self.manifest.len() {
            return None;
        }
        let result = match self.left.checked_sub(1) {
            Some(fewer) => {
                self.left = fewer;
                (self.read)(self.manifest, self.offset)
            }
            None => Err(ManifestError::TooManyRecords),
        };
        self.offset = result.as_ref().map_or(self.manifest.len(), |record| record.range.end);
        Some(result)
    }
}

fn record_at(manifest: &[u8], offset: usize) -> Result<Record<'_>, ManifestError> {
    let record = split_record(manifest, offset)?;
    let damaged = ManifestError::Damaged { offset };
    let prefix = manifest.get(offset..).and_then(|bytes| bytes.first_chunk::<PREFIX>()).ok_or(damaged)?;
    let &[_, _, _, _, format, kind, l0, l1, l2, l3, c0, c1, c2, c3] = prefix;
    let mut crc = checksum::Hasher::new();
    crc.update(&[format, kind, l0, l1, l2, l3]);
    // A seal is written after the link: its payload is judged by the hash it holds, not by a checksum.
    if kind == kind::SEAL {
        crc.update(&[0; SEAL_LENGTH]);
    } else {
        crc.update(record.payload);
    }
    if crc.finalize() != u32::from_le_bytes([c0, c1, c2, c3]) {
        return Err(damaged);
    }
    // Judged after the checksum: a flipped bit in this byte is damage, not a newer format.
    if format != FORMAT {
        return Err(ManifestError::Format { reads: FORMAT, found: format });
    }
    Ok(record)
}

/// The record at a place, its checksum not compared.
fn split_record(manifest: &[u8], offset: usize) -> Result<Record<'_>, ManifestError> {
    let damaged = ManifestError::Damaged { offset };
    let bytes = manifest.get(offset..).ok_or(damaged)?;
    let (prefix, rest) = bytes.split_first_chunk::<PREFIX>().ok_or(damaged)?;
    let &[m0, m1, m2, m3, _, kind, l0, l1, l2, l3, ..] = prefix;
    if [m0, m1, m2, m3] != MAGIC {
        return Err(damaged);
    }
    let length = u32::from_le_bytes([l0, l1, l2, l3]) as usize;
    let payload = rest.get(..length).ok_or(damaged)?;
    Ok(Record { kind, payload, range: offset..offset + PREFIX + length })
}

/// Where the seal's hash lies in the manifest, and the hash; `None` where the file was never sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seal {
    /// The hash's place in the manifest.
    pub range: Range<usize>,
    /// The hash, or `None` for a file nobody sealed.
    pub hash: Option<[u8; SEAL_LENGTH]>,
}

/// Records that were read once, so that later readers meet no error.
#[derive(Debug, Clone, Copy)]
pub struct Contents<'a> {
    bytes: &'a [u8],
    definitions: usize,
}

impl<'a> Contents<'a> {
    /// The items, in file order.
    pub fn items(&self) -> impl Iterator<Item = Item<'a>> + use<'a> {
        self.of_kind(kind::ITEM).filter_map(|record| Item::read(&record).ok())
    }

    /// The definitions of types, in file order.
    pub fn definitions(&self) -> impl Iterator<Item = TypeEntry<'a>> + use<'a> {
        self.of_kind(kind::TYPE).filter_map(|record| TypeEntry::new(record.payload).ok())
    }

    /// Checksums were compared when the records were read first.
    fn of_kind(&self, kind: u8) -> impl Iterator<Item = Record<'a>> + use<'a> {
        each_record(self.bytes, split_record).filter_map(Result::ok).filter(move |record| record.kind == kind)
    }

    /// How many definitions there are.
    pub fn definition_count(&self) -> usize {
        self.definitions
    }
}

/// What a patch's manifest says, read once and checked as a whole.
#[derive(Debug, Clone)]
pub struct Manifest<'a> {
    contents: Contents<'a>,
    header: Header<'a>,
    seal: Seal,
}

impl<'a> Manifest<'a> {
    /// Reads a patch's manifest: every record and every field.
    ///
    /// # Errors
    /// When a record is damaged or of another format, a field is unknown that must be understood, or there is not
    /// exactly one header and one seal.
    pub fn read(bytes: &'a [u8]) -> Result<Self, ManifestError> {
        let found = Found::read(bytes)?;
        Ok(Self {
            contents: found.contents,
            header: found.header.ok_or(ManifestError::Missing { what: "header" })?,
            seal: found.seal.ok_or(ManifestError::Missing { what: "seal" })?,
        })
    }

    /// The header.
    pub fn header(&self) -> &Header<'a> {
        &self.header
    }

    /// The seal.
    pub fn seal(&self) -> &Seal {
        &self.seal
    }

    /// Items and definitions.
    pub fn contents(&self) -> &Contents<'a> {
        &self.contents
    }
}

/// What the manifest of an executable says: a host, against which a patch can be checked without running it.
#[derive(Debug, Clone)]
pub struct HostManifest<'a> {
    contents: Contents<'a>,
    environment: Environment<'a>,
}

impl<'a> HostManifest<'a> {
    /// Reads a host's manifest: every record and every field.
    ///
    /// # Errors
    /// When a record is damaged or of another format, a field is unknown that must be understood, or there is not
    /// exactly one environment.
    pub fn read(bytes: &'a [u8]) -> Result<Self, ManifestError> {
        let found = Found::read(bytes)?;
        let environment = found.environment.ok_or(ManifestError::Missing { what: "environment" })?;
        Ok(Self { contents: found.contents, environment })
    }

    /// What built the host.
    pub fn environment(&self) -> &Environment<'a> {
        &self.environment
    }

    /// Items and definitions.
    pub fn contents(&self) -> &Contents<'a> {
        &self.contents
    }
}

struct Found<'a> {
    contents: Contents<'a>,
    header: Option<Header<'a>>,
    seal: Option<Seal>,
    environment: Option<Environment<'a>>,
}

impl<'a> Found<'a> {
    fn read(bytes: &'a [u8]) -> Result<Self, ManifestError> {
        let contents = Contents { bytes, definitions: 0 };
        let mut found = Self { contents, header: None, seal: None, environment: None };
        for record in records(bytes) {
            let record = record?;
            match record.kind {
                kind::HEADER => once(&mut found.header, Header::read(&record)?, "header")?,
                kind::SEAL => once(&mut found.seal, read_seal(&record)?, "seal")?,
                kind::ENVIRONMENT => once(&mut found.environment, header::environment(&record)?, "environment")?,
                kind::ITEM => Item::read(&record).map(drop)?,
                kind::TYPE => {
                    TypeEntry::new(record.payload)?;
                    found.contents.definitions += 1;
                }
                other => return Err(ManifestError::UnknownKind { kind: other }),
            }
        }
        Ok(found)
    }
}

fn once<T>(place: &mut Option<T>, value: T, what: &'static str) -> Result<(), ManifestError> {
    match place.replace(value) {
        None => Ok(()),
        Some(_) => Err(ManifestError::Second { what }),
    }
}

/// Reads a field into its place. A function of its own for each type of value: in line it would be there for each field.
#[inline(never)]
fn take_once<'a, T>(
    place: &mut Option<T>,
    field: &Field<'a>,
    read: fn(&Field<'a>) -> Result<T, ManifestError>,
    what: &'static str,
) -> Result<(), ManifestError> {
    once(place, read(field)?, what)
}

fn read_seal(record: &Record<'_>) -> Result<Seal, ManifestError> {
    let start = record.range.start + PREFIX;
    let hash = <[u8; SEAL_LENGTH]>::try_from(record.payload).map_err(|_| ManifestError::Damaged { offset: start })?;
    let sealed = hash.iter().any(|byte| *byte != 0);
    Ok(Seal { range: start..record.range.end, hash: sealed.then_some(hash) })
}
