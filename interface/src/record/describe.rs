//! What the macros say about an item or a patch, and its bytes.

use super::{Encoder, header, item, kind};
use crate::types::{AutoTraits, Definition, TypeNode};
use crate::{Environment, Version};

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

/// What an item record holds.
#[derive(Debug, Clone, Copy)]
pub struct ItemDescription<'a> {
    /// The item's path, `crate::module::name`.
    pub name: &'a str,
    /// What it is.
    pub kind: ItemKind,
    /// The signature's tokens, or a static's type: for people.
    pub signature: &'a str,
    /// Everything of the signature but the types: safety, asynchrony, lifetimes.
    pub form: &'a str,
    /// The arguments.
    pub inputs: &'a [TypeNode],
    /// The result, or a static's type; an implementation has none.
    pub output: Option<TypeNode>,
    /// Whether `name` is that of another crate's item.
    pub replaces: bool,
    /// A method's place in its service.
    pub index: Option<u32>,
    /// Whether a method has a default body.
    pub has_default: bool,
    /// The binary whose root the item stands in, as cargo names it.
    pub binary: Option<&'a str>,
    /// The auto traits of a method's service.
    pub auto_traits: Option<AutoTraits>,
    /// Whether another crate describes types of the signature.
    pub foreign: bool,
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
            .string_field(item::SIGNATURE, self.signature)
            .string_field(item::FORM, self.form)
            .nodes_field(item::INPUTS, self.inputs);
        if let Some(output) = &self.output {
            encoder = encoder.node_field(item::OUTPUT, output);
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
        if let Some(auto) = self.auto_traits {
            encoder = encoder.number_field(item::AUTO_TRAITS, auto.0 as u128);
        }
        if self.foreign {
            encoder = encoder.number_field(item::FOREIGN, 1);
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
    /// The patches that must be live, each a name, or a name, a space and a version.
    pub requires: &'a [&'a str],
    /// The patches that must not be live, in the same form.
    pub conflicts: &'a [&'a str],
    /// Whether it stands in the place of all live patches.
    pub replaces_all: bool,
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
            .string_field(header::ALLOCATOR, "host");
        encoder = self.environment.describe(encoder);
        if let Some(version) = self.interface_version {
            encoder = encoder.version_field(header::INTERFACE_VERSION, version);
        }
        if let Some(hash) = self.type_hash {
            encoder = encoder.number_field(header::TYPE_HASH, hash as u128);
        }
        encoder = strings(encoder, header::PROVIDES, self.provides);
        encoder = strings(encoder, header::REQUIRES, self.requires);
        encoder = strings(encoder, header::CONFLICTS, self.conflicts);
        if self.replaces_all {
            encoder = encoder.number_field(header::REPLACES_ALL, 1);
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

const fn strings<const N: usize>(mut encoder: Encoder<N>, tag: u8, texts: &[&str]) -> Encoder<N> {
    let mut index = 0;
    while index < texts.len() {
        encoder = encoder.string_field(tag, texts[index]);
        index += 1;
    }
    encoder
}

impl Environment<'_> {
    /// The record of an image that is no patch, of [`Self::record_length`] bytes.
    ///
    /// # Panics
    /// When `N` is not that.
    pub const fn record<const N: usize>(&self) -> [u8; N] {
        self.describe(Encoder::<N>::new(kind::ENVIRONMENT)).finish()
    }

    /// Bytes the record takes.
    pub const fn record_length(&self) -> usize {
        self.describe(Encoder::<0>::new(kind::ENVIRONMENT)).length()
    }

    const fn describe<const N: usize>(&self, encoder: Encoder<N>) -> Encoder<N> {
        encoder
            .version_field(header::FRAMEWORK, self.framework)
            .string_field(header::COMPILER, self.compiler)
            .string_field(header::TARGET, self.target)
            .string_field(header::ABI, self.abi)
            .number_field(header::POINTER_WIDTH, self.pointer_width as u128)
            .number_field(header::LITTLE_ENDIAN, self.little_endian as u128)
            .bytes_field(header::LAYOUT_PROBE, &self.layout_probe)
            .string_field(header::CPU_FEATURES, self.cpu_features)
            .number_field(header::PANICS_UNWIND, self.panics_unwind as u128)
            .number_field(header::DEBUG_ASSERTIONS, self.debug_assertions as u128)
    }
}

/// The record of a definition, of [`type_record_length`] bytes.
///
/// # Panics
/// When `N` is not that.
pub const fn type_record<const N: usize>(definition: &Definition) -> [u8; N] {
    let mut encoder = Encoder::<N>::new(kind::TYPE);
    encoder.push_definition(definition);
    encoder.finish()
}

/// Bytes the record of a definition takes.
pub const fn type_record_length(definition: &Definition) -> usize {
    let mut encoder = Encoder::<0>::new(kind::TYPE);
    encoder.push_definition(definition);
    encoder.length()
}

/// More than a definition takes; a longer one is written a second time.
const DRAFT_ROOM: usize = 4096;

/// A record of a definition, written before its length is known: the compiler goes through the definition once, not once
/// to count and once to write.
#[derive(Debug, Clone, Copy)]
pub struct TypeDraft<'a> {
    definition: &'a Definition,
    encoder: Encoder<DRAFT_ROOM>,
}

impl<'a> TypeDraft<'a> {
    /// Writes a definition.
    pub const fn new(definition: &'a Definition) -> Self {
        let mut encoder = Encoder::new(kind::TYPE);
        encoder.push_definition(definition);
        Self { definition, encoder }
    }

    /// Bytes the record takes.
    pub const fn length(&self) -> usize {
        self.encoder.length()
    }

    /// The record, of [`Self::length`] bytes.
    ///
    /// # Panics
    /// When `N` is not that.
    pub const fn record<const N: usize>(&self) -> [u8; N] {
        if N <= DRAFT_ROOM { self.encoder.cut() } else { type_record(self.definition) }
    }
}
