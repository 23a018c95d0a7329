//! One number for a whole type.

use super::{Argument, Body, Definition, Extent, Field};

/// A 128-bit hash over a type's structure: names, sizes, offsets, variants, and the fingerprints of what it is made of.
/// Never over module paths or lines. Equal fingerprints mean equal structure; a hash is no signature.
///
/// Built like FNV-1a, but over words of 128 bits: the compiler computes it for every type there is, and interprets each
/// step. The upper half of a product is folded into the lower one, which it would else never reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint(pub u128);

impl Fingerprint {
    /// Odd, and without a pattern: the digits of the golden ratio.
    const FACTOR: u128 = 0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835;

    /// The fingerprint of nothing: FNV's offset basis.
    pub const EMPTY: Self = Self(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d);

    /// Adds bytes, preceded by their number so that two different sequences of parts never read alike.
    #[must_use]
    pub const fn with_bytes(self, bytes: &[u8]) -> Self {
        let mut hash = self.step(bytes.len() as u128);
        let mut word = 0;
        let mut index = 0;
        while index < bytes.len() {
            word = word << 8 | bytes[index] as u128;
            index += 1;
            if index % 16 == 0 || index == bytes.len() {
                hash = hash.step(word);
                word = 0;
            }
        }
        hash
    }

    /// Adds a number.
    #[must_use]
    pub const fn with_number(self, number: u64) -> Self {
        self.step(number as u128)
    }

    /// Adds the fingerprint of a part.
    #[must_use]
    pub const fn with(self, part: Self) -> Self {
        self.step(part.0)
    }

    /// The low 64 bits, for places that hold a `u64` hash.
    pub const fn low64(self) -> u64 {
        self.0 as u64
    }

    const fn step(self, word: u128) -> Self {
        let product = (self.0 ^ word).wrapping_mul(Self::FACTOR);
        Self(product ^ (product >> 64))
    }

    /// A type of core, alloc or std, and its arguments.
    #[must_use]
    pub const fn of_builtin(name: &str, extent: Extent, parts: &[Self]) -> Self {
        Self::EMPTY.with_bytes(name.as_bytes()).with_extent(extent).with_all(parts)
    }

    /// A definition. `parts` are the fingerprints of its type arguments and of its fields, in order.
    #[must_use]
    pub const fn of_definition(definition: &Definition, parts: &[Self]) -> Self {
        let mut hash = Self::EMPTY
            .with_bytes(definition.crate_name.as_bytes())
            .with_bytes(definition.name.as_bytes())
            .with_bytes(definition.repr.as_bytes())
            .with_number(definition.evolution as u64)
            .with_extent(definition.extent);
        let mut index = 0;
        while index < definition.arguments.len() {
            hash = match definition.arguments[index] {
                Argument::Type(_) => hash.with_number(0),
                Argument::Const(value) => hash.with_number(1).step(value as u128),
            };
            index += 1;
        }
        hash.with_body(&definition.body).with_all(parts)
    }

    const fn with_body(self, body: &Body) -> Self {
        match body {
            Body::Struct(fields) => self.with_number(0).with_fields(fields),
            Body::Union(fields) => self.with_number(1).with_fields(fields),
            Body::Enum(variants) => {
                let mut hash = self.with_number(2).with_number(variants.len() as u64);
                let mut index = 0;
                while index < variants.len() {
                    let variant = &variants[index];
                    hash = hash.with_bytes(variant.name.as_bytes()).step(variant.discriminant as u128);
                    hash = hash.with_fields(variant.fields);
                    index += 1;
                }
                hash
            }
            Body::Trait(auto, methods) => {
                let mut hash = self.with_number(3).with_number(auto.0 as u64).with_number(methods.len() as u64);
                let mut index = 0;
                while index < methods.len() {
                    hash = hash.with_bytes(methods[index].name.as_bytes()).with_bytes(methods[index].form.as_bytes());
                    index += 1;
                }
                hash
            }
        }
    }

    const fn with_fields(self, fields: &[Field]) -> Self {
        let mut hash = self.with_number(fields.len() as u64);
        let mut index = 0;
        while index < fields.len() {
            let Field { name, offset, lifetimes, .. } = fields[index];
            let offset = match offset {
                Some(offset) => offset,
                None => u64::MAX,
            };
            hash = hash.with_bytes(name.as_bytes()).with_number(offset).with_bytes(lifetimes.as_bytes());
            index += 1;
        }
        hash
    }

    const fn with_extent(self, extent: Extent) -> Self {
        self.with_number(extent.size).with_number(extent.alignment).with_number(extent.niche as u64)
    }

    const fn with_all(self, parts: &[Self]) -> Self {
        let mut hash = self.with_number(parts.len() as u64);
        let mut index = 0;
        while index < parts.len() {
            hash = hash.with(parts[index]);
            index += 1;
        }
        hash
    }
}
