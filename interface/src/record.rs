//! The manifest: self-delimiting records of flat bytes in their own link section, readable without mapping the file.
//!
//! A record is `magic (4) · format (1) · kind (1) · payload length (4, little endian) · CRC-32 (4, little endian) ·
//! payload`. The CRC covers format, kind, length and payload. The payload is a sequence of fields: a tag byte, the
//! length of the value as a postcard varint, and the value in postcard's encoding. A tag with its highest bit set must
//! be understood, any other may be skipped. Alignment is one; zero bytes between records are padding.
//!
//! Everything here runs in constants; nothing is relocated, so the bytes in the file are the bytes in memory.

mod describe;
mod encode;
mod nodes;

pub use describe::{HeaderDescription, ItemDescription, ItemKind, TypeDraft, type_record, type_record_length};
pub use encode::{Encoder, crc32};

/// What every record begins with.
pub const MAGIC: [u8; 4] = *b"dynp";
/// The format this crate writes and `dynpatch_core` reads.
pub const FORMAT: u8 = 1;
/// Bytes before a record's payload.
pub const PREFIX: usize = 14;
/// Set in a tag that a reader must know.
pub const MUST_UNDERSTAND: u8 = 0x80;

/// The kinds of records.
pub mod kind {
    /// What a patch is: exactly one in a patch, none in a host.
    pub const HEADER: u8 = 1;
    /// A patchable item: provided, required, or part of a host.
    pub const ITEM: u8 = 2;
    /// A BLAKE3 hash of the whole file, all zero until the file is sealed: exactly one in a patch.
    pub const SEAL: u8 = 3;
    /// The definition of a type: the payload is one [`Definition`](crate::types::Definition), see `nodes.rs`.
    pub const TYPE: u8 = 4;
    /// What built an image that is no patch: the environment fields of a header. In a patch it says nothing.
    pub const ENVIRONMENT: u8 = 5;
}

/// The fields of a header.
pub mod header {
    use super::MUST_UNDERSTAND;
    /// `&str`
    pub const NAME: u8 = 1 | MUST_UNDERSTAND;
    /// `(u32, u32, u32)`
    pub const VERSION: u8 = 2 | MUST_UNDERSTAND;
    /// `(u32, u32, u32)`; absent: the patch makes no claim.
    pub const INTERFACE_VERSION: u8 = 3 | MUST_UNDERSTAND;
    /// `u64`; absent: the patch makes no claim.
    pub const TYPE_HASH: u8 = 4 | MUST_UNDERSTAND;
    /// `&str`, once for each crate whose items the patch provides.
    pub const PROVIDES: u8 = 5 | MUST_UNDERSTAND;
    /// `(u32, u32, u32)`
    pub const FRAMEWORK: u8 = 6 | MUST_UNDERSTAND;
    /// `&str`
    pub const COMPILER: u8 = 7 | MUST_UNDERSTAND;
    /// `&str`
    pub const TARGET: u8 = 8 | MUST_UNDERSTAND;
    /// `bool`
    pub const PANICS_UNWIND: u8 = 9 | MUST_UNDERSTAND;
    /// `&str`: whose allocator the patch uses; `host` is the only one there is.
    pub const ALLOCATOR: u8 = 10 | MUST_UNDERSTAND;
    /// `bool`
    pub const DEBUG_ASSERTIONS: u8 = 11;
    /// `&str`: `target_abi`, as `eabihf`; mostly empty.
    pub const ABI: u8 = 14 | MUST_UNDERSTAND;
    /// `u8`: bits of a pointer.
    pub const POINTER_WIDTH: u8 = 15 | MUST_UNDERSTAND;
    /// `bool`
    pub const LITTLE_ENDIAN: u8 = 16 | MUST_UNDERSTAND;
    /// `[u8; 8]`: where the compiler put the fields of a struct and an enum of known making.
    pub const LAYOUT_PROBE: u8 = 17 | MUST_UNDERSTAND;
    /// `&str`: the processor features the image was compiled for, separated by commas.
    pub const CPU_FEATURES: u8 = 18 | MUST_UNDERSTAND;
    /// `&str`, once for each patch that must be live: its name, and after a space the version it is to go with, if any.
    pub const REQUIRES: u8 = 19 | MUST_UNDERSTAND;
    /// `&str`, once for each patch that must not be live, in the same form.
    pub const CONFLICTS: u8 = 20 | MUST_UNDERSTAND;
    /// `bool`: the patch stands on the built-in code, in the place of all live patches.
    pub const REPLACES_ALL: u8 = 21 | MUST_UNDERSTAND;
    /// `&str`
    pub const DESCRIPTION: u8 = 12;
    /// `&str`
    pub const AUTHOR: u8 = 13;
}

/// The fields of an item.
pub mod item {
    use super::MUST_UNDERSTAND;
    /// `&str`: the item's path; for an implementation, the service's path.
    pub const NAME: u8 = 1 | MUST_UNDERSTAND;
    /// `u8`, see [`ItemKind`](super::ItemKind).
    pub const KIND: u8 = 2 | MUST_UNDERSTAND;
    /// `&str`: the signature's tokens, or a static's type: for people.
    pub const SIGNATURE: u8 = 3;
    /// `&str`: everything of the signature but the types: safety, asynchrony, lifetimes.
    pub const FORM: u8 = 9 | MUST_UNDERSTAND;
    /// `Seq<TypeNode>`: the arguments.
    pub const INPUTS: u8 = 10 | MUST_UNDERSTAND;
    /// `TypeNode`: the result, or a static's type.
    pub const OUTPUT: u8 = 11 | MUST_UNDERSTAND;
    /// `u8`: the auto traits of a service, see [`AutoTraits`](crate::types::AutoTraits).
    pub const AUTO_TRAITS: u8 = 12 | MUST_UNDERSTAND;
    /// `bool`: the name is that of another crate's item, which this one replaces.
    pub const REPLACES: u8 = 5 | MUST_UNDERSTAND;
    /// `u32`: a method's place in its service.
    pub const INDEX: u8 = 6 | MUST_UNDERSTAND;
    /// `bool`: whether a method has a default body.
    pub const HAS_DEFAULT: u8 = 8 | MUST_UNDERSTAND;
    /// `&str`: the name of the binary whose root the item stands in.
    pub const BINARY: u8 = 7;
    /// `bool`: whether another crate describes types of the signature, and checks them once they are mapped.
    pub const FOREIGN: u8 = 13;
}

/// The bytes of a seal record's payload: one BLAKE3 hash.
pub const SEAL_LENGTH: usize = 32;

/// An unsealed seal record.
pub const fn unsealed() -> [u8; PREFIX + SEAL_LENGTH] {
    Encoder::new(kind::SEAL).raw(&[0; SEAL_LENGTH]).finish()
}
