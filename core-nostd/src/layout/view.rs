//! Descriptions of types, read where they lie. The encoding stands in `dynpatch_interface`, `record/nodes.rs`.

use super::pair;
use crate::encoding;
use core::fmt;
use core::marker::PhantomData;
use dynpatch_interface::types::Extent;

/// Levels of types inside one another in one description; the compiler stops far below.
pub(super) const NESTING: u8 = 64;

/// Reads forward; `None` where the bytes are not what they should be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cursor<'a> {
    rest: &'a [u8],
}

impl<'a> Cursor<'a> {
    fn byte(&mut self) -> Option<u8> {
        encoding::byte(&mut self.rest)
    }

    fn number(&mut self) -> Option<u64> {
        encoding::number(&mut self.rest, u64::BITS)
    }

    fn boolean(&mut self) -> Option<bool> {
        encoding::boolean(&mut self.rest)
    }

    fn text(&mut self) -> Option<&'a str> {
        encoding::text(&mut self.rest)
    }

    fn extent(&mut self) -> Option<Extent> {
        Some(Extent { size: self.number()?, alignment: self.number()?, niche: self.boolean()? })
    }

    /// What `read` steps over.
    fn span(&mut self, read: impl FnOnce(&mut Self) -> Option<()>) -> Option<&'a [u8]> {
        let start = self.rest;
        read(self)?;
        start.get(..start.len() - self.rest.len())
    }

    fn sequence<T: Part<'a>>(&mut self, nesting: u8) -> Option<Sequence<'a, T>> {
        let count = encoding::number(&mut self.rest, u32::BITS)? as u32;
        // Every part takes a byte at least, so that a count beyond the bytes ends with them.
        let bytes = self.span(|cursor| (0..count).try_for_each(|_| T::read(cursor, nesting).map(drop)))?;
        Some(Sequence { count, bytes, part: PhantomData })
    }

    fn node(&mut self, nesting: u8) -> Option<NodeView<'a>> {
        let bytes = self.span(|cursor| Node::read(cursor, nesting).map(drop))?;
        Some(NodeView { bytes })
    }
}

/// What stands in a sequence.
pub(super) trait Part<'a>: Sized {
    fn read(cursor: &mut Cursor<'a>, nesting: u8) -> Option<Self>;
}

/// Reads exactly one part from all of `bytes`.
pub(super) fn whole<'a, T: Part<'a>>(bytes: &'a [u8]) -> Option<T> {
    let mut cursor = Cursor { rest: bytes };
    let part = T::read(&mut cursor, NESTING)?;
    cursor.rest.is_empty().then_some(part)
}

/// Parts of one kind, in order.
pub struct Sequence<'a, T> {
    count: u32,
    bytes: &'a [u8],
    part: PhantomData<fn() -> T>,
}

impl<'a, T> Sequence<'a, T> {
    /// No parts.
    pub const EMPTY: Self = Self { count: 0, bytes: &[], part: PhantomData };

    /// How many.
    pub fn len(&self) -> usize {
        self.count as usize
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Bytes of all parts together.
    pub(super) fn length(&self) -> usize {
        self.bytes.len()
    }

    /// All parts, unread.
    pub(super) fn bytes(self) -> &'a [u8] {
        self.bytes
    }

    /// The parts.
    pub fn iter(&self) -> Parts<'a, T> {
        Parts { cursor: Cursor { rest: self.bytes }, left: self.count, part: PhantomData }
    }
}

impl<T> Clone for Sequence<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Sequence<'_, T> {}
impl<T> fmt::Debug for Sequence<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} parts", self.count)
    }
}
impl<T> PartialEq for Sequence<'_, T> {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}
impl<T> Eq for Sequence<'_, T> {}

impl<'a> Sequence<'a, NodeView<'a>> {
    /// Reads a sequence of types, with nothing behind it.
    pub(crate) fn read(bytes: &'a [u8]) -> Option<Self> {
        let mut nodes = bytes;
        let count = encoding::number(&mut nodes, u32::BITS)? as u32;
        pair::are_nodes(nodes, usize::try_from(count).ok()?).then_some(Self { count, bytes: nodes, part: PhantomData })
    }
}

/// Goes through a [`Sequence`].
#[derive(Debug)]
pub struct Parts<'a, T> {
    cursor: Cursor<'a>,
    left: u32,
    part: PhantomData<fn() -> T>,
}

impl<T> Clone for Parts<'_, T> {
    fn clone(&self) -> Self {
        Self { ..*self }
    }
}

impl<'a, T: Part<'a>> Iterator for Parts<'a, T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        self.left = self.left.checked_sub(1)?;
        T::read(&mut self.cursor, NESTING)
    }
}

/// One type of a description, unread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NodeView<'a> {
    bytes: &'a [u8],
}

impl<'a> NodeView<'a> {
    /// Takes a description with nothing behind it, if it reads.
    pub(crate) fn new(bytes: &'a [u8]) -> Option<Self> {
        pair::is_node(bytes).then_some(Self { bytes })
    }

    /// Bytes of the description.
    pub(super) fn length(&self) -> usize {
        self.bytes.len()
    }

    /// The description.
    pub(super) fn bytes(self) -> &'a [u8] {
        self.bytes
    }

    /// Which of [`Node`] it is.
    pub(super) fn kind(self) -> Kind {
        match self.bytes.first() {
            Some(1) => Kind::Builtin,
            Some(2) => Kind::Array,
            Some(3) => Kind::Function,
            Some(4) => Kind::Defined,
            Some(5) => Kind::Inline,
            Some(6) => Kind::Recursive,
            Some(7) => Kind::Opaque,
            _ => Kind::Primitive,
        }
    }

    /// The key, of a node that is one.
    pub(super) fn key(self) -> u64 {
        match self.node() {
            Node::Defined { key } | Node::Recursive { key } => key,
            _ => 0,
        }
    }

    /// What the type is. Every view was read once before it was handed out.
    pub fn node(self) -> Node<'a> {
        whole(self.bytes).unwrap_or(Node::Primitive { name: "" })
    }
}

impl<'a> Part<'a> for NodeView<'a> {
    fn read(cursor: &mut Cursor<'a>, nesting: u8) -> Option<Self> {
        cursor.node(nesting)
    }
}

/// The variants of [`Node`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Primitive,
    Builtin,
    Array,
    Function,
    Defined,
    Inline,
    Recursive,
    Opaque,
}

/// What a type is: as [`TypeNode`](dynpatch_interface::types::TypeNode), read from bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Node<'a> {
    /// A type of the language.
    Primitive {
        /// Its name.
        name: &'a str,
    },
    /// A type of core, alloc or std.
    Builtin {
        /// Its name.
        name: &'a str,
        /// Its room.
        extent: Extent,
        /// Whether values of unknown types can be taken out of it.
        downcasts: bool,
        /// Where the parts lie, for a tuple.
        offsets: Sequence<'a, u64>,
        /// Its arguments.
        arguments: Sequence<'a, NodeView<'a>>,
    },
    /// `[T; N]`
    Array {
        /// Elements.
        length: u64,
        /// Of which type.
        element: NodeView<'a>,
    },
    /// A function pointer.
    Function {
        /// Its calling convention.
        abi: &'a str,
        /// Whether it is `unsafe`.
        is_unsafe: bool,
        /// The arguments.
        inputs: Sequence<'a, NodeView<'a>>,
        /// The result.
        output: NodeView<'a>,
    },
    /// A type with a definition of its own.
    Defined {
        /// Its key in this image.
        key: u64,
    },
    /// An instance of a generic type.
    Inline(DefinitionView<'a>),
    /// The definition this stands inside of.
    Recursive {
        /// Its key in this image.
        key: u64,
    },
    /// A type that is not described.
    Opaque {
        /// As written.
        name: &'a str,
        /// Its room.
        extent: Extent,
        /// Whether it is known to hold values of unknown types.
        downcasts: bool,
        /// The types its name names.
        parts: Sequence<'a, NodeView<'a>>,
    },
}

impl<'a> Part<'a> for Node<'a> {
    fn read(cursor: &mut Cursor<'a>, nesting: u8) -> Option<Self> {
        let nesting = nesting.checked_sub(1)?;
        Some(match cursor.byte()? {
            0 => Node::Primitive { name: cursor.text()? },
            1 => Node::Builtin {
                name: cursor.text()?,
                extent: cursor.extent()?,
                downcasts: cursor.boolean()?,
                offsets: cursor.sequence(nesting)?,
                arguments: cursor.sequence(nesting)?,
            },
            2 => Node::Array { length: cursor.number()?, element: cursor.node(nesting)? },
            3 => Node::Function {
                abi: cursor.text()?,
                is_unsafe: cursor.boolean()?,
                inputs: cursor.sequence(nesting)?,
                output: cursor.node(nesting)?,
            },
            4 => Node::Defined { key: cursor.number()? },
            5 => Node::Inline(DefinitionView::read(cursor, nesting)?),
            6 => Node::Recursive { key: cursor.number()? },
            7 => Node::Opaque {
                name: cursor.text()?,
                extent: cursor.extent()?,
                downcasts: cursor.boolean()?,
                parts: cursor.sequence(nesting)?,
            },
            _ => return None,
        })
    }
}

impl<'a> Part<'a> for u64 {
    fn read(cursor: &mut Cursor<'a>, _: u8) -> Option<Self> {
        cursor.number()
    }
}

/// What a type is made of: as [`Definition`](dynpatch_interface::types::Definition), read from bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DefinitionView<'a> {
    /// Tells definitions of one image apart.
    pub key: u64,
    /// The package.
    pub crate_name: &'a str,
    /// The name, without modules.
    pub name: &'a str,
    /// Its room.
    pub extent: Extent,
    /// As written, in one form.
    pub repr: &'a str,
    /// [`Evolution`](dynpatch_interface::types::Evolution) as a number.
    pub evolution: u8,
    /// What a generic type was made for.
    pub arguments: Sequence<'a, ArgumentView<'a>>,
    /// Its parts.
    pub body: BodyView<'a>,
}

impl<'a> DefinitionView<'a> {
    /// Reads a definition, with nothing behind it.
    pub fn of_record(payload: &'a [u8]) -> Option<Self> {
        whole(payload)
    }
}

impl<'a> Part<'a> for DefinitionView<'a> {
    fn read(cursor: &mut Cursor<'a>, nesting: u8) -> Option<Self> {
        let definition = Self {
            key: cursor.number()?,
            crate_name: cursor.text()?,
            name: cursor.text()?,
            extent: cursor.extent()?,
            repr: cursor.text()?,
            evolution: cursor.byte()?,
            arguments: cursor.sequence(nesting)?,
            body: match cursor.byte()? {
                0 => BodyView::Struct(cursor.sequence(nesting)?),
                1 => BodyView::Union(cursor.sequence(nesting)?),
                2 => BodyView::Enum(cursor.sequence(nesting)?),
                3 => BodyView::Trait(cursor.byte()?, cursor.sequence(nesting)?),
                _ => return None,
            },
        };
        (definition.evolution <= 2).then_some(definition)
    }
}

/// What a generic type was made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArgumentView<'a> {
    /// A type.
    Type(NodeView<'a>),
    /// A constant.
    Const(i128),
}

impl<'a> Part<'a> for ArgumentView<'a> {
    fn read(cursor: &mut Cursor<'a>, nesting: u8) -> Option<Self> {
        match cursor.byte()? {
            0 => cursor.node(nesting).map(Self::Type),
            1 => encoding::signed(&mut cursor.rest).map(Self::Const),
            _ => None,
        }
    }
}

/// What a definition is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyView<'a> {
    /// Its fields.
    Struct(Sequence<'a, FieldView<'a>>),
    /// Its fields.
    Union(Sequence<'a, FieldView<'a>>),
    /// Its variants.
    Enum(Sequence<'a, VariantView<'a>>),
    /// Its auto traits as bits, and its methods.
    Trait(u8, Sequence<'a, MethodView<'a>>),
}

/// A field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FieldView<'a> {
    /// Its name, or its place.
    pub name: &'a str,
    /// Bytes from the start of the type, where the compiler says.
    pub offset: Option<u64>,
    /// The lifetimes its type names.
    pub lifetimes: &'a str,
    /// Its type.
    pub ty: NodeView<'a>,
}

impl<'a> Part<'a> for FieldView<'a> {
    fn read(cursor: &mut Cursor<'a>, nesting: u8) -> Option<Self> {
        Some(Self {
            name: cursor.text()?,
            offset: if cursor.boolean()? { Some(cursor.number()?) } else { None },
            lifetimes: cursor.text()?,
            ty: cursor.node(nesting)?,
        })
    }
}

/// A variant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VariantView<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its discriminant.
    pub discriminant: i128,
    /// Its fields.
    pub fields: Sequence<'a, FieldView<'a>>,
}

impl<'a> Part<'a> for VariantView<'a> {
    fn read(cursor: &mut Cursor<'a>, nesting: u8) -> Option<Self> {
        Some(Self {
            name: cursor.text()?,
            discriminant: encoding::signed(&mut cursor.rest)?,
            fields: cursor.sequence(nesting)?,
        })
    }
}

/// A method of a trait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MethodView<'a> {
    /// Its name.
    pub name: &'a str,
    /// Whether it has a default body.
    pub has_default: bool,
    /// Everything of its signature but the types.
    pub form: &'a str,
    /// The arguments, the receiver left out.
    pub inputs: Sequence<'a, NodeView<'a>>,
    /// The result.
    pub output: NodeView<'a>,
}

impl<'a> Part<'a> for MethodView<'a> {
    fn read(cursor: &mut Cursor<'a>, nesting: u8) -> Option<Self> {
        Some(Self {
            name: cursor.text()?,
            has_default: cursor.boolean()?,
            form: cursor.text()?,
            inputs: cursor.sequence(nesting)?,
            output: cursor.node(nesting)?,
        })
    }
}
