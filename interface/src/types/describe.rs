//! The model: what an image says of the types that cross its boundary.

use super::{Fingerprint, Named, PatchType};

/// How much room a type takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent {
    /// Bytes; zero for an unsized type.
    pub size: u64,
    /// Bytes; zero for an unsized type.
    pub alignment: u64,
    /// Whether `Option` of it takes no more room.
    pub niche: bool,
}

impl Extent {
    /// Of a type without a size.
    pub const UNSIZED: Self = Self { size: 0, alignment: 0, niche: false };

    /// Of a type.
    pub const fn of<T>() -> Self {
        let (size, niche) = (size_of::<T>(), size_of::<Option<T>>() == size_of::<T>());
        Self { size: size as u64, alignment: align_of::<T>() as u64, niche }
    }
}

/// What a type is, seen from where it is used.
#[derive(Debug, Clone, Copy)]
pub enum TypeNode {
    /// A type of the language whose name says everything on one target.
    Primitive {
        /// `u32`, `str`, …
        name: &'static str,
    },
    /// A type whose layout is the compiler's or the standard library's.
    Builtin {
        /// `Vec`, `&`, `(,)`, …
        name: &'static str,
        /// Its room.
        extent: Extent,
        /// Whether values of unknown types can be taken out of it (`dyn Any`, `dyn Error`).
        downcasts: bool,
        /// Where the parts lie, for a tuple.
        offsets: &'static [u64],
        /// Its type arguments or parts.
        arguments: &'static [TypeNode],
    },
    /// `[T; N]`
    Array {
        /// Elements.
        length: u64,
        /// Of which type.
        element: &'static TypeNode,
    },
    /// A function pointer.
    Function {
        /// `Rust`, `C`, `C-unwind`, …
        abi: &'static str,
        /// Whether it is `unsafe`.
        is_unsafe: bool,
        /// The arguments.
        inputs: &'static [TypeNode],
        /// The result.
        output: &'static TypeNode,
    },
    /// A type with a definition of its own in the manifest.
    Defined {
        /// The key of the definition, good in one image only.
        key: u64,
    },
    /// An instance of a generic type, defined on the spot.
    Inline(&'static Definition),
    /// The definition this stands inside of.
    Recursive {
        /// Its key.
        key: u64,
    },
    /// A type that is not described.
    Opaque {
        /// As written.
        name: &'static str,
        /// Its room.
        extent: Extent,
        /// Whether it is known to hold values of unknown types.
        downcasts: bool,
        /// The types its name names.
        parts: &'static [TypeNode],
    },
}

/// How a definition may differ between two images.
#[repr(u8)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Evolution {
    /// Not at all.
    Closed = 0,
    /// An enum may have more variants on the side that receives it.
    Open = 1,
    /// Behind a shared reference, a struct may have more fields at the end on the side that provides it.
    Prefix = 2,
}

/// What a type is made of.
#[derive(Debug, Clone, Copy)]
pub struct Definition {
    /// Tells definitions of one image apart; says nothing in another.
    pub key: u64,
    /// The package it stands in.
    pub crate_name: &'static str,
    /// Its name, without modules.
    pub name: &'static str,
    /// Its room.
    pub extent: Extent,
    /// As written, in one form: `C,packed(2)`; empty for Rust's own.
    pub repr: &'static str,
    /// How it may differ.
    pub evolution: Evolution,
    /// What a generic type was made for.
    pub arguments: &'static [Argument],
    /// Its parts.
    pub body: Body,
}

/// What a generic type was made for.
#[derive(Debug, Clone, Copy)]
pub enum Argument {
    /// A type.
    Type(TypeNode),
    /// A constant: an integer, a `bool`, or a `char`.
    Const(i128),
}

/// What a definition is.
#[derive(Debug, Clone, Copy)]
pub enum Body {
    /// In the order of the source.
    Struct(&'static [Field]),
    /// In the order of the source.
    Union(&'static [Field]),
    /// In the order of the source.
    Enum(&'static [Variant]),
    /// A service trait: its auto traits and its methods, in order.
    Trait(AutoTraits, &'static [Method]),
}

/// A field.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// Its name, or its place.
    pub name: &'static str,
    /// Bytes from the start of the type; absent where the compiler does not say.
    pub offset: Option<u64>,
    /// The lifetimes its type names, in one form.
    pub lifetimes: &'static str,
    /// Its type.
    pub ty: TypeNode,
}

/// A variant.
#[derive(Debug, Clone, Copy)]
pub struct Variant {
    /// Its name.
    pub name: &'static str,
    /// Its discriminant.
    pub discriminant: i128,
    /// Its fields.
    pub fields: &'static [Field],
}

/// A method of a trait.
#[derive(Debug, Clone, Copy)]
pub struct Method {
    /// Its name.
    pub name: &'static str,
    /// Whether it has a default body.
    pub has_default: bool,
    /// Everything of its signature but the types: safety, asynchrony, lifetimes.
    pub form: &'static str,
    /// The arguments, the receiver left out.
    pub inputs: &'static [TypeNode],
    /// The result.
    pub output: TypeNode,
}

/// Auto traits as bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AutoTraits(pub u8);

impl AutoTraits {
    /// Each with its bit.
    pub const ALL: [(u8, &'static str); 3] = [(1, "Send"), (2, "Sync"), (4, "Unpin")];
}

/// A definition's record, as it lies in the type section of an image.
#[derive(Debug)]
pub struct TypeItem {
    /// Its manifest record.
    pub record: &'static [u8],
}

/// Tells definitions of one image apart: by where they stand, and in which version of the package.
pub const fn key(path: &str, name: &str, line: u32, column: u32, version: &str) -> u64 {
    Fingerprint::EMPTY
        .with_bytes(path.as_bytes())
        .with_bytes(name.as_bytes())
        .with_number(line as u64)
        .with_number(column as u64)
        .with_bytes(version.as_bytes())
        .low64()
}

/// Stands for a type inside of its own definition, with the same layout, so that a description ends.
#[doc(hidden)]
#[repr(transparent)]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Recursive<T: ?Sized>(pub T);

impl<T: Named + ?Sized> PatchType for Recursive<T> {
    const TYPE: TypeNode = TypeNode::Recursive { key: T::KEY };
    const FINGERPRINT: Fingerprint = Fingerprint::EMPTY.with_bytes(b"Self");
}
