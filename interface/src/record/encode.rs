//! A writer for constants: run once with `N = 0` to count, once with the counted length to write.

use super::{FORMAT, MAGIC, PREFIX};
use crate::types::{Definition, TypeNode};

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
        self.writer().push(bytes);
        self
    }

    const fn writer(&mut self) -> Writer<'_> {
        Writer { bytes: &mut self.bytes, length: &mut self.length }
    }

    pub(super) const fn push_definition(&mut self, definition: &Definition) {
        self.writer().push_definition(definition);
    }

    /// Appends a field whose value is a string.
    #[must_use]
    pub const fn string_field(mut self, tag: u8, text: &str) -> Self {
        let length = varint_length(text.len() as u128) + text.len();
        let mut writer = self.writer();
        writer.push_byte(tag);
        writer.push_varint(length as u128);
        writer.push_string(text);
        self
    }

    /// Appends a field whose value is an unsigned number, or a `bool` as 0 or 1.
    #[must_use]
    pub const fn number_field(mut self, tag: u8, value: u128) -> Self {
        let mut writer = self.writer();
        writer.push_byte(tag);
        writer.push_varint(varint_length(value) as u128);
        writer.push_varint(value);
        self
    }

    /// Appends a field whose value is bytes of a fixed number.
    #[must_use]
    pub const fn bytes_field(mut self, tag: u8, bytes: &[u8]) -> Self {
        let mut writer = self.writer();
        writer.push_byte(tag);
        writer.push_varint(bytes.len() as u128);
        writer.push(bytes);
        self
    }

    /// Appends a field whose value is three numbers.
    #[must_use]
    pub const fn version_field(mut self, tag: u8, version: crate::Version) -> Self {
        let (major, minor, patch) = (version.major as u128, version.minor as u128, version.patch as u128);
        let length = varint_length(major) + varint_length(minor) + varint_length(patch);
        let mut writer = self.writer();
        writer.push_byte(tag);
        writer.push_varint(length as u128);
        writer.push_varint(major);
        writer.push_varint(minor);
        writer.push_varint(patch);
        self
    }

    /// Appends a field whose value is a type.
    #[must_use]
    pub const fn node_field(mut self, tag: u8, node: &TypeNode) -> Self {
        let mut length = 0;
        Writer { bytes: &mut [], length: &mut length }.push_node(node);
        let mut writer = self.writer();
        writer.push_byte(tag);
        writer.push_varint(length as u128);
        writer.push_node(node);
        self
    }

    /// Appends a field whose value is a sequence of types.
    #[must_use]
    pub const fn nodes_field(mut self, tag: u8, nodes: &[TypeNode]) -> Self {
        let mut length = 0;
        Writer { bytes: &mut [], length: &mut length }.push_nodes(nodes);
        let mut writer = self.writer();
        writer.push_byte(tag);
        writer.push_varint(length as u128);
        writer.push_nodes(nodes);
        self
    }

    /// Fills in length and CRC.
    ///
    /// # Panics
    /// When `N` is not the number of bytes written.
    pub const fn finish(self) -> [u8; N] {
        self.cut()
    }

    /// The same for what is longer than the record.
    ///
    /// # Panics
    /// When `LENGTH` is not the number of bytes written, or more than there is room for.
    pub(super) const fn cut<const LENGTH: usize>(&self) -> [u8; LENGTH] {
        assert!(self.length == LENGTH, "an encoder must be finished with exactly the bytes it counted");
        let mut bytes = [0; LENGTH];
        bytes.copy_from_slice(self.bytes.split_at(LENGTH).0);
        let (_, rest) = bytes.split_at_mut(6);
        let (length, _) = rest.split_at_mut(4);
        length.copy_from_slice(&((LENGTH - PREFIX) as u32).to_le_bytes());
        let crc = crc32_without_crc(&bytes).to_le_bytes();
        let (_, rest) = bytes.split_at_mut(10);
        rest.split_at_mut(4).0.copy_from_slice(&crc);
        bytes
    }
}

/// Writes parts; past the end it only counts. The compiler interprets this for every record there is, and a call is what
/// it takes longest for: a type without parameters, short loops, and no calls into core are what makes it quick.
pub(super) struct Writer<'a> {
    bytes: &'a mut [u8],
    length: &'a mut usize,
}

impl Writer<'_> {
    pub(super) const fn push(&mut self, bytes: &[u8]) {
        let start = *self.length;
        *self.length = start + bytes.len();
        if *self.length <= self.bytes.len() {
            let mut index = 0;
            while index < bytes.len() {
                self.bytes[start + index] = bytes[index];
                index += 1;
            }
        }
    }

    pub(super) const fn push_byte(&mut self, byte: u8) {
        if *self.length < self.bytes.len() {
            self.bytes[*self.length] = byte;
        }
        *self.length += 1;
    }

    /// A postcard varint.
    pub(super) const fn push_varint(&mut self, mut value: u128) {
        while value > 0x7f {
            self.push_byte(value as u8 | 0x80);
            value >>= 7;
        }
        self.push_byte(value as u8);
    }

    /// A string in postcard's encoding.
    pub(super) const fn push_string(&mut self, text: &str) {
        self.push_varint(text.len() as u128);
        if !text.is_empty() {
            self.push(text.as_bytes());
        }
    }
}

pub(super) const fn varint_length(mut value: u128) -> usize {
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
    // The name of the table is a copy of it, wherever it stands.
    let table = &CRC_TABLE;
    let mut index = 0;
    while index < bytes.len() {
        crc = table[(crc as u8 ^ bytes[index]) as usize] ^ (crc >> 8);
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
