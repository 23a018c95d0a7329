//! What the macros say about an item or a patch, and its bytes.

use super::{Encoder, header, item, kind};
use crate::{Environment, Fingerprint, Version};

/// What an item is.
#[repr(u8)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ItemKind {
    /// A function, a method of a type, or an associated function.
    Function = 1,
    /// A method of a service trait.
    Method = 2,
    /// A type that implements a service trait.
    Implementation = 3,
    /// A shared static.
    Static = 4,
}

impl ItemKind {
    /// The kind a byte stands for.
    pub const fn from_byte(byte: u8) -> Option<Self> {
        match byte {
            1 => Some(Self::Function),
            2 => Some(Self::Method),
            3 => Some(Self::Implementation),
            4 => Some(Self::Static),
            _ => None,
        }
    }
}

/// A type that a signature names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TypeUse<'a> {
    /// The type as written.
    pub name: &'a str,
    /// Bytes; zero for an unsized type.
    pub size: u64,
    /// Bytes; zero for an unsized type.
    pub alignment: u64,
    /// The hash of the definition; zero where it is not known.
    pub definition: Fingerprint,
}

/// What an item record holds.
#[derive(Debug, Clone, Copy)]
pub struct ItemDescription<'a> {
    /// The item's path, `crate::module::name`.
    pub name: &'a str,
    /// What it is.
    pub kind: ItemKind,
    /// The signature's tokens, or a static's type.
    pub signature: &'a str,
    /// The types the signature names.
    pub types: &'a [TypeUse<'a>],
    /// Whether `name` is that of another crate's item.
    pub replaces: bool,
    /// A method's place in its service.
    pub index: Option<u32>,
    /// Whether a method has a default body.
    pub has_default: bool,
    /// The binary whose root the item stands in, as cargo names it.
    pub binary: Option<&'a str>,
}

impl ItemDescription<'_> {
    /// Bytes the record takes.
    pub const fn encoded_length(&self) -> usize {
        self.describe::<0>().length()
    }

    /// The record.
    ///
    /// # Panics
    /// When `N` is not [`Self::encoded_length`].
    pub const fn encode<const N: usize>(&self) -> [u8; N] {
        self.describe::<N>().finish()
    }

    const fn describe<const N: usize>(&self) -> Encoder<N> {
        let mut encoder = Encoder::new(kind::ITEM)
            .string_field(item::NAME, self.name)
            .number_field(item::KIND, self.kind as u128)
            .string_field(item::SIGNATURE, self.signature);
        let mut index = 0;
        while index < self.types.len() {
            encoder = encoder.type_field(item::TYPE, &self.types[index]);
            index += 1;
        }
        if self.replaces {
            encoder = encoder.number_field(item::REPLACES, 1);
        }
        if let Some(place) = self.index {
            encoder = encoder.number_field(item::INDEX, place as u128);
        }
        if self.has_default {
            encoder = encoder.number_field(item::HAS_DEFAULT, 1);
        }
        if let Some(binary) = self.binary {
            encoder = encoder.string_field(item::BINARY, binary);
        }
        encoder
    }
}

/// What a header record holds.
#[derive(Debug, Clone, Copy)]
pub struct HeaderDescription<'a> {
    /// The patch's name.
    pub name: &'a str,
    /// The patch's version.
    pub version: Version,
    /// The interface version it was written for, if it claims one.
    pub interface_version: Option<Version>,
    /// The interface hash, if it claims one.
    pub type_hash: Option<u64>,
    /// The crates whose items it provides.
    pub provides: &'a [&'a str],
    /// What built it.
    pub environment: Environment<'a>,
    /// What it is for.
    pub description: Option<&'a str>,
    /// Who made it.
    pub author: Option<&'a str>,
}

impl HeaderDescription<'_> {
    /// Bytes the record takes.
    pub const fn encoded_length(&self) -> usize {
        self.describe::<0>().length()
    }

    /// The record.
    ///
    /// # Panics
    /// When `N` is not [`Self::encoded_length`].
    pub const fn encode<const N: usize>(&self) -> [u8; N] {
        self.describe::<N>().finish()
    }

    const fn describe<const N: usize>(&self) -> Encoder<N> {
        let mut encoder = Encoder::new(kind::HEADER)
            .string_field(header::NAME, self.name)
            .version_field(header::VERSION, self.version)
            .version_field(header::FRAMEWORK, self.environment.framework)
            .string_field(header::COMPILER, self.environment.compiler)
            .string_field(header::TARGET, self.environment.target)
            .number_field(header::PANICS_UNWIND, self.environment.panics_unwind as u128)
            .string_field(header::ALLOCATOR, "host")
            .number_field(header::DEBUG_ASSERTIONS, self.environment.debug_assertions as u128);
        if let Some(version) = self.interface_version {
            encoder = encoder.version_field(header::INTERFACE_VERSION, version);
        }
        if let Some(hash) = self.type_hash {
            encoder = encoder.number_field(header::TYPE_HASH, hash as u128);
        }
        let mut index = 0;
        while index < self.provides.len() {
            encoder = encoder.string_field(header::PROVIDES, self.provides[index]);
            index += 1;
        }
        if let Some(text) = self.description {
            encoder = encoder.string_field(header::DESCRIPTION, text);
        }
        if let Some(text) = self.author {
            encoder = encoder.string_field(header::AUTHOR, text);
        }
        encoder
    }
}
