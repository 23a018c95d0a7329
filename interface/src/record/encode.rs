//! A writer for constants: run once with `N = 0` to count, once with the counted length to write.

use super::{FORMAT, MAGIC, PREFIX};

/// Writes one record into an array of `N` bytes; past its end it only counts.
#[derive(Debug, Clone, Copy)]
pub struct Encoder<const N: usize> {
    bytes: [u8; N],
    length: usize,
}

impl<const N: usize> Encoder<N> {
    /// Begins a record of the given kind.
    #[must_use]
    pub const fn new(kind: u8) -> Self {
        let encoder = Self { bytes: [0; N], length: 0 };
        encoder.raw(&MAGIC).raw(&[FORMAT, kind]).raw(&[0; PREFIX - 6])
    }

    /// Bytes written or counted so far.
    pub const fn length(&self) -> usize {
        self.length
    }

    /// Appends bytes as they are.
    #[must_use]
    pub const fn raw(mut self, bytes: &[u8]) -> Self {
        let mut index = 0;
        while index < bytes.len() {
            if self.length < N {
                self.bytes[self.length] = bytes[index];
            }
            self.length += 1;
            index += 1;
        }
        self
    }

    /// Appends a postcard varint.
    #[must_use]
    pub const fn varint(mut self, mut value: u128) -> Self {
        while value >= 0x80 {
            self = self.raw(&[value as u8 | 0x80]);
            value >>= 7;
        }
        self.raw(&[value as u8])
    }

    /// Appends a string in postcard's encoding.
    #[must_use]
    pub const fn string(self, text: &str) -> Self {
        self.varint(text.len() as u128).raw(text.as_bytes())
    }

    /// Appends a field whose value is a string.
    #[must_use]
    pub const fn string_field(self, tag: u8, text: &str) -> Self {
        let length = varint_length(text.len() as u128) + text.len();
        self.raw(&[tag]).varint(length as u128).string(text)
    }

    /// Appends a field whose value is an unsigned number, or a `bool` as 0 or 1.
    #[must_use]
    pub const fn number_field(self, tag: u8, value: u128) -> Self {
        self.raw(&[tag]).varint(varint_length(value) as u128).varint(value)
    }

    /// Appends a field whose value is three numbers.
    #[must_use]
    pub const fn version_field(self, tag: u8, version: crate::Version) -> Self {
        let (major, minor, patch) = (version.major as u128, version.minor as u128, version.patch as u128);
        let length = varint_length(major) + varint_length(minor) + varint_length(patch);
        self.raw(&[tag]).varint(length as u128).varint(major).varint(minor).varint(patch)
    }

    /// Appends a field whose value is a string and three numbers.
    #[must_use]
    pub const fn type_field(self, tag: u8, used: &super::TypeUse) -> Self {
        let (size, alignment) = (used.size as u128, used.alignment as u128);
        let length = varint_length(used.name.len() as u128)
            + used.name.len()
            + varint_length(size)
            + varint_length(alignment)
            + varint_length(used.definition.0);
        self.raw(&[tag])
            .varint(length as u128)
            .string(used.name)
            .varint(size)
            .varint(alignment)
            .varint(used.definition.0)
    }

    /// Fills in length and CRC.
    ///
    /// # Panics
    /// When `N` is not the number of bytes written.
    pub const fn finish(mut self) -> [u8; N] {
        assert!(self.length == N, "an encoder must be finished with exactly the bytes it counted");
        let length = ((N - PREFIX) as u32).to_le_bytes();
        let mut index = 0;
        while index < 4 {
            self.bytes[6 + index] = length[index];
            index += 1;
        }
        let crc = crc32_without_crc(&self.bytes).to_le_bytes();
        let mut index = 0;
        while index < 4 {
            self.bytes[10 + index] = crc[index];
            index += 1;
        }
        self.bytes
    }
}

const fn varint_length(mut value: u128) -> usize {
    let mut length = 1;
    while value >= 0x80 {
        value >>= 7;
        length += 1;
    }
    length
}

const fn crc32_without_crc(record: &[u8]) -> u32 {
    let (head, rest) = record.split_at(10);
    let (_, head) = head.split_at(4);
    let (_, payload) = rest.split_at(4);
    !crc32_step(crc32_step(!0, head), payload)
}

/// The CRC-32 of IEEE 802.3 over `bytes`, bit by bit: for constants. Readers use a faster one.
pub const fn crc32(bytes: &[u8]) -> u32 {
    !crc32_step(!0, bytes)
}

const fn crc32_step(mut crc: u32, bytes: &[u8]) -> u32 {
    let mut index = 0;
    while index < bytes.len() {
        crc = CRC_TABLE[((crc ^ bytes[index] as u32) & 0xff) as usize] ^ (crc >> 8);
        index += 1;
    }
    crc
}

const CRC_TABLE: [u32; 256] = {
    let mut table = [0; 256];
    let mut index = 0;
    while index < 256 {
        let mut value = index as u32;
        let mut bit = 0;
        while bit < 8 {
            value = if value & 1 == 1 { 0xedb8_8320 ^ (value >> 1) } else { value >> 1 };
            bit += 1;
        }
        table[index] = value;
        index += 1;
    }
    table
};
