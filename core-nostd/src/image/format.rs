//! The header of an image file. All numbers are 32 bits or 16, low byte first.

use super::ImageError;
use crate::checksum;

/// What every image file begins with.
pub const MAGIC: [u8; 4] = *b"dynR";
/// The format this crate reads and `dynpatch-image` writes.
pub const FORMAT: u16 = 1;
/// Bytes before the list of relocations.
pub const HEADER_LENGTH: usize = 40;
/// The largest alignment an image may ask for.
pub const MAX_ALIGNMENT: u32 = 4096;

/// Where the bytes begin that the checksum covers: behind the magic and the checksum itself.
const COVERED: usize = 8;

/// The processor family an image is for, numbered as in ELF.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Machine(pub u16);

impl Machine {
    /// 32-bit ARM; images are Thumb code.
    pub const ARM: Self = Self(40);
    /// RISC-V; images are of 32 bits.
    pub const RISC_V: Self = Self(243);

    /// That of this build, where images can be loaded.
    pub const THIS: Option<Self> = if cfg!(target_arch = "arm") {
        Some(Self::ARM)
    } else if cfg!(target_arch = "riscv32") {
        Some(Self::RISC_V)
    } else {
        None
    };

    /// Whether a number can be the address of a function: Thumb code has the lowest bit set, RISC-V code has not.
    pub(super) fn is_code_address(self, address: u32) -> bool {
        (address & 1 == 1) == (self == Self::ARM)
    }
}

/// The header of an image file: what follows it, in this order, and what the image needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImageHeader {
    /// The processor family.
    pub machine: Machine,
    /// How many words are relocated: the list is four bytes for each.
    pub relocations: u32,
    /// Bytes of code and data, which follow the list.
    pub contents: u32,
    /// Bytes of the manifest, which is last in the file and not loaded.
    pub manifest: u32,
    /// Bytes the image takes in RAM: contents, and zeros behind them.
    pub memory: u32,
    /// What the start of the image must be a multiple of: a power of two.
    pub alignment: u32,
    /// Where in the contents the entry table lies.
    pub table: u32,
}

impl ImageHeader {
    /// The bytes of the whole file, or `None` when they are more than 32 bits count.
    pub fn total(&self) -> Option<u32> {
        let relocations = self.relocations.checked_mul(4)?;
        let parts = [HEADER_LENGTH as u32, relocations, self.contents, self.manifest];
        parts.into_iter().try_fold(0_u32, u32::checked_add)
    }

    /// The header's bytes; `rest` is the file behind it, in parts, for the checksum. `None` as for [`Self::total`].
    pub fn encode(&self, rest: &[&[u8]]) -> Option<[u8; HEADER_LENGTH]> {
        let mut bytes = [0; HEADER_LENGTH];
        let [format, machine] = [FORMAT, self.machine.0].map(u32::from);
        let words = [
            format | machine << 16,
            self.total()?,
            self.contents,
            self.memory,
            self.alignment,
            self.relocations,
            self.manifest,
            self.table,
        ];
        bytes[..4].copy_from_slice(&MAGIC);
        for (place, word) in bytes[COVERED..].chunks_exact_mut(4).zip(words) {
            place.copy_from_slice(&word.to_le_bytes());
        }
        let mut checksum = checksum::Hasher::new();
        checksum.update(&bytes[COVERED..]);
        rest.iter().for_each(|part| checksum.update(part));
        bytes[4..COVERED].copy_from_slice(&checksum.finalize().to_le_bytes());
        Some(bytes)
    }

    /// Reads the header of a file whose every byte is here.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, ImageError> {
        let header = bytes.first_chunk::<HEADER_LENGTH>();
        if !bytes.starts_with(&MAGIC) && bytes.len() >= MAGIC.len() {
            return Err(ImageError::NotAnImage);
        }
        let truncated = ImageError::Truncated { needs: HEADER_LENGTH as u32, has: bytes.len() };
        let header = header.ok_or(truncated)?;
        check_length(bytes, field(header, 12))?;
        if checksum::hash(&bytes[COVERED..]) != field(header, 4) {
            return Err(ImageError::Damaged);
        }
        Self::of_fields(header)
    }

    /// Judged after the checksum: a flipped bit is damage, and nothing else.
    fn of_fields(header: &[u8; HEADER_LENGTH]) -> Result<Self, ImageError> {
        let [format, machine] = [field(header, 8) as u16, (field(header, 8) >> 16) as u16];
        if format != FORMAT {
            return Err(ImageError::Format { reads: FORMAT, found: format });
        }
        let read = Self {
            machine: Machine(machine),
            contents: field(header, 16),
            memory: field(header, 20),
            alignment: field(header, 24),
            relocations: field(header, 28),
            manifest: field(header, 32),
            table: field(header, 36),
        };
        read.check(field(header, 12)).map(|()| read)
    }

    fn check(&self, total: u32) -> Result<(), ImageError> {
        let is_aligned = self.alignment.is_power_of_two() && (4..=MAX_ALIGNMENT).contains(&self.alignment);
        let fits = self.contents <= self.memory && self.memory <= u32::MAX / 2;
        match self.total() {
            Some(sum) if sum == total && is_aligned && fits => Ok(()),
            _ => Err(ImageError::Sizes),
        }
    }
}

fn check_length(bytes: &[u8], total: u32) -> Result<(), ImageError> {
    let has = bytes.len();
    match usize::try_from(total) {
        Ok(total) if total < HEADER_LENGTH => Err(ImageError::Sizes),
        Ok(total) if total == has => Ok(()),
        Ok(total) if total < has => Err(ImageError::Trailing { surplus: has - total }),
        _ => Err(ImageError::Truncated { needs: total, has }),
    }
}

/// The number at a place of the header.
fn field(header: &[u8; HEADER_LENGTH], at: usize) -> u32 {
    word(header, at).unwrap_or_default()
}

/// The 32-bit number at a place, where there is one.
pub(super) fn word(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|bytes| u32::from_le_bytes(*bytes))
}
