//! Descriptions that are made while a test runs: the model of `dynpatch_interface::types` once more, owned, and written
//! and read by postcard. That both write the same bytes is what `encoding.rs` tests.
#![allow(dead_code, reason = "every suite uses another part of it")]

use dynpatch_interface::record::{FORMAT, ItemKind, MAGIC, crc32, item, kind};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Extent {
    pub(crate) size: u64,
    pub(crate) alignment: u64,
    pub(crate) niche: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Node {
    Primitive { name: String },
    Builtin { name: String, extent: Extent, downcasts: bool, offsets: Vec<u64>, arguments: Vec<Node> },
    Array { length: u64, element: Box<Node> },
    Function { abi: String, is_unsafe: bool, inputs: Vec<Node>, output: Box<Node> },
    Defined { key: u64 },
    Inline(Box<Definition>),
    Recursive { key: u64 },
    Opaque { name: String, extent: Extent, downcasts: bool, parts: Vec<Node> },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Definition {
    pub(crate) key: u64,
    pub(crate) crate_name: String,
    pub(crate) name: String,
    pub(crate) extent: Extent,
    pub(crate) repr: String,
    pub(crate) evolution: u8,
    pub(crate) arguments: Vec<Argument>,
    pub(crate) body: Body,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Argument {
    Type(Node),
    Const(i128),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Body {
    Struct(Vec<Field>),
    Union(Vec<Field>),
    Enum(Vec<Variant>),
    Trait(u8, Vec<Method>),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) offset: Option<u64>,
    pub(crate) lifetimes: String,
    pub(crate) ty: Node,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Variant {
    pub(crate) name: String,
    pub(crate) discriminant: i128,
    pub(crate) fields: Vec<Field>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Method {
    pub(crate) name: String,
    pub(crate) has_default: bool,
    pub(crate) form: String,
    pub(crate) inputs: Vec<Node>,
    pub(crate) output: Node,
}

pub(crate) const WORD: Extent = Extent { size: 8, alignment: 8, niche: false };

pub(crate) fn primitive(name: &str) -> Node {
    Node::Primitive { name: name.into() }
}

pub(crate) fn defined(key: u64) -> Node {
    Node::Defined { key }
}

pub(crate) fn builtin(name: &str, arguments: &[Node]) -> Node {
    Node::Builtin {
        name: name.into(),
        extent: WORD,
        downcasts: false,
        offsets: Vec::new(),
        arguments: arguments.to_vec(),
    }
}

/// A function pointer that takes one argument.
pub(crate) fn taking(input: Node) -> Node {
    Node::Function { abi: "Rust".into(), is_unsafe: false, inputs: vec![input], output: Box::new(builtin("(,)", &[])) }
}

pub(crate) fn field(name: &str, offset: u64, ty: Node) -> Field {
    Field { name: name.into(), offset: Some(offset), lifetimes: String::new(), ty }
}

/// A variant without fields.
pub(crate) fn variant(name: &str, discriminant: i128) -> Variant {
    Variant { name: name.into(), discriminant, fields: Vec::new() }
}

impl Definition {
    fn new(key: u64, name: &str, body: Body) -> Self {
        Self {
            key,
            crate_name: "app".into(),
            name: name.into(),
            extent: WORD,
            repr: String::new(),
            evolution: 0,
            arguments: Vec::new(),
            body,
        }
    }

    pub(crate) fn structure(key: u64, name: &str, fields: Vec<Field>) -> Self {
        Self::new(key, name, Body::Struct(fields))
    }

    pub(crate) fn enumeration(key: u64, name: &str, variants: Vec<Variant>) -> Self {
        Self { repr: "u8".into(), ..Self::new(key, name, Body::Enum(variants)) }
    }

    /// `#[patch_type(open)]`
    pub(crate) fn open(self) -> Self {
        Self { evolution: 1, ..self }
    }

    /// `#[patch_type(prefix)]`
    pub(crate) fn prefix(self) -> Self {
        Self { evolution: 2, repr: "C".into(), ..self }
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        postcard::to_allocvec(self).unwrap()
    }

    /// Its type record.
    pub(crate) fn record(&self) -> Vec<u8> {
        record(kind::TYPE, &self.bytes())
    }
}

/// A record with whatever payload.
pub(crate) fn record(kind: u8, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_le_bytes();
    let head = [&[FORMAT, kind][..], &length].concat();
    let checksum = crc32(&[&head, payload].concat()).to_le_bytes();
    [&MAGIC[..], &head, &checksum, payload].concat()
}

/// A field of a payload.
pub(crate) fn value(tag: u8, value: &[u8]) -> Vec<u8> {
    let length = postcard::to_allocvec(&value.len()).unwrap();
    [&[tag][..], &length, value].concat()
}

/// The value of a field that a payload has.
pub(crate) fn value_of(payload: &[u8], tag: u8) -> &[u8] {
    let mut rest = payload;
    while let [found, behind @ ..] = rest {
        let (length, behind): (usize, _) = postcard::take_from_bytes(behind).unwrap();
        let (value, behind) = behind.split_at(length);
        if *found == tag {
            return value;
        }
        rest = behind;
    }
    panic!("no field {tag}")
}

/// The record of `app::item`.
pub(crate) fn item_record(kind: ItemKind, inputs: &[Node], output: &Node) -> Vec<u8> {
    let fields = [
        value(item::NAME, &postcard::to_allocvec("app::item").unwrap()),
        value(item::KIND, &[kind as u8]),
        value(item::SIGNATURE, &postcard::to_allocvec("").unwrap()),
        value(item::FORM, &postcard::to_allocvec("").unwrap()),
        value(item::INPUTS, &postcard::to_allocvec(inputs).unwrap()),
        value(item::OUTPUT, &postcard::to_allocvec(output).unwrap()),
    ];
    record(kind::ITEM, &fields.concat())
}
