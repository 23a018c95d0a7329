//! One record: the texts of an accepted set.
//!
//! All numbers are little-endian:
//!
//! ```text
//! magic[16] · version u32 · identity[32] · number u64 · files u32 · file… · BLAKE3 of all before [32]
//! file = format u8 · path u32 + UTF-8 · text u64 + UTF-8
//! ```

use super::super::format::Format;
use super::super::layers::Text;
use std::path::PathBuf;

const MAGIC: &[u8; 16] = b"DYNPATCH-CONFIG\n";
const VERSION: u32 = 1;
const CHECKSUM: usize = 32;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Record {
    /// The higher, the newer.
    pub(super) number: u64,
    pub(super) files: Vec<Text>,
}

impl Record {
    pub(super) fn encode(&self, identity: &[u8; 32]) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend(VERSION.to_le_bytes());
        bytes.extend(identity);
        bytes.extend(self.number.to_le_bytes());
        bytes.extend((self.files.len() as u32).to_le_bytes());
        for file in &self.files {
            let path = file.path.to_string_lossy();
            bytes.push(number_of(file.format));
            bytes.extend((path.len() as u32).to_le_bytes());
            bytes.extend(path.as_bytes());
            bytes.extend((file.text.len() as u64).to_le_bytes());
            bytes.extend(file.text.as_bytes());
        }
        let checksum = blake3::hash(&bytes);
        bytes.extend(checksum.as_bytes());
        bytes
    }

    pub(super) fn decode(bytes: &[u8], identity: &[u8; 32]) -> Result<Self, &'static str> {
        let (body, checksum) = bytes.split_last_chunk::<CHECKSUM>().ok_or("the record is cut short")?;
        if blake3::hash(body) != *checksum {
            return Err("the record is damaged: its checksum differs");
        }
        let mut rest = Rest(body);
        if rest.array::<16>()? != *MAGIC {
            return Err("this is no record of a configuration");
        }
        if u32::from_le_bytes(rest.array()?) != VERSION {
            return Err("the record was written by another version");
        }
        if rest.array::<32>()? != *identity {
            return Err("the record is of other files");
        }
        let number = u64::from_le_bytes(rest.array()?);
        let count = u32::from_le_bytes(rest.array()?);
        let files = (0..count).map(|_| rest.file()).collect::<Result<_, _>>()?;
        if rest.0.is_empty() { Ok(Self { number, files }) } else { Err("there is more than the record") }
    }
}

/// What has not been read yet.
struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    fn array<const N: usize>(&mut self) -> Result<[u8; N], &'static str> {
        let (taken, rest) = self.0.split_first_chunk().ok_or("the record is cut short")?;
        self.0 = rest;
        Ok(*taken)
    }

    fn text(&mut self, length: u64) -> Result<&'a str, &'static str> {
        let length = usize::try_from(length).map_err(|_| "the record is cut short")?;
        let (taken, rest) = self.0.split_at_checked(length).ok_or("the record is cut short")?;
        self.0 = rest;
        std::str::from_utf8(taken).map_err(|_| "the record holds what is not UTF-8")
    }

    fn file(&mut self) -> Result<Text, &'static str> {
        let [format] = self.array()?;
        let format = format_of(format).ok_or("the record names an unknown format")?;
        let length = u32::from_le_bytes(self.array()?);
        let path = PathBuf::from(self.text(length.into())?);
        let length = u64::from_le_bytes(self.array()?);
        Ok(Text { path, format, text: self.text(length)?.into() })
    }
}

const fn number_of(format: Format) -> u8 {
    match format {
        Format::Toml => 0,
        Format::Json => 1,
        Format::Yaml => 2,
    }
}

const fn format_of(number: u8) -> Option<Format> {
    match number {
        0 => Some(Format::Toml),
        1 => Some(Format::Json),
        2 => Some(Format::Yaml),
        _ => None,
    }
}
