//! A manifest with one of everything that records, items and types can be.

use dynpatch_interface::record::{
    HeaderDescription, ItemDescription, ItemKind, type_record, type_record_length, unsealed,
};
use dynpatch_interface::types::{
    Argument, AutoTraits, Body, Definition, Evolution, Extent, Field, Method, TypeNode, Variant,
};
use dynpatch_interface::{Environment, Version};

const ENVIRONMENT: Environment<'_> = Environment {
    framework: Version::new(0, 2, 0),
    compiler: "rustc",
    target: "x86_64-unknown-linux-gnu",
    abi: "",
    pointer_width: 64,
    little_endian: true,
    layout_probe: [0, 4, 8, 12, 16, 20, 24, 28],
    cpu_features: "sse,sse2",
    panics_unwind: true,
    debug_assertions: false,
};

const HEADER: HeaderDescription<'_> = HeaderDescription {
    name: "seed",
    version: Version::new(1, 2, 3),
    interface_version: Some(Version::new(1, 0, 0)),
    type_hash: Some(0x1234_5678_90ab_cdef),
    provides: &["seed", "app"],
    requires: &["base 1.2.3", "other"],
    conflicts: &["foe 0.1.0"],
    replaces_all: true,
    environment: ENVIRONMENT,
    description: Some("what the fuzzers start from"),
    author: Some("the fuzzers"),
};

const WORD: Extent = Extent { size: 8, alignment: 8, niche: true };
const U32: TypeNode = TypeNode::Primitive { name: "u32" };
const fn builtin(name: &'static str, arguments: &'static [TypeNode]) -> TypeNode {
    TypeNode::Builtin { name, extent: WORD, downcasts: false, offsets: &[], arguments }
}
const fn field(name: &'static str, offset: u64, ty: TypeNode) -> Field {
    Field { name, offset: Some(offset), lifetimes: "", ty }
}

/// A struct that may grow, made of everything else.
const ORDER: Definition = Definition {
    key: 1,
    crate_name: "app",
    name: "Order",
    extent: Extent { size: 96, alignment: 8, niche: false },
    repr: "C",
    evolution: Evolution::Prefix,
    arguments: &[],
    body: Body::Struct(&[
        field("state", 0, TypeNode::Defined { key: STATE.key }),
        field("lines", 8, builtin("Vec", &[TypeNode::Inline(&LINE)])),
        field("next", 32, builtin("Option", &[builtin("Box", &[TypeNode::Recursive { key: 1 }])])),
        field("done", 40, TypeNode::Function { abi: "Rust", is_unsafe: false, inputs: &[BY_REFERENCE], output: &U32 }),
        field("total", 48, TypeNode::Array { length: 3, element: &TypeNode::Defined { key: NUMBER.key } }),
        Field {
            name: "names",
            offset: None,
            lifetimes: "'a",
            ty: TypeNode::Opaque { name: "Names<'a>", extent: WORD, downcasts: false, parts: &[U32] },
        },
    ]),
};
/// An enum that may grow.
const STATE: Definition = Definition {
    key: 2,
    crate_name: "app",
    name: "State",
    extent: Extent { size: 8, alignment: 4, niche: true },
    repr: "u8",
    evolution: Evolution::Open,
    arguments: &[],
    body: Body::Enum(&[
        Variant { name: "New", discriminant: 0, fields: &[] },
        Variant { name: "Sent", discriminant: -1, fields: &[field("0", 4, U32)] },
    ]),
};
/// An instance of a generic type.
const LINE: Definition = Definition {
    key: 3,
    crate_name: "app",
    name: "Line",
    extent: WORD,
    repr: "",
    evolution: Evolution::Closed,
    arguments: &[Argument::Type(U32), Argument::Const(-3)],
    body: Body::Struct(&[field("count", 0, U32), field("item", 4, U32)]),
};
const NUMBER: Definition = Definition { key: 4, name: "Number", body: Body::Union(&[field("bits", 0, U32)]), ..LINE };
const PRICING: Definition = Definition {
    key: 5,
    name: "Pricing",
    arguments: &[],
    body: Body::Trait(
        AutoTraits(3),
        &[
            Method { name: "quote", has_default: false, form: "fn(&self)", inputs: &[BY_REFERENCE], output: U32 },
            Method { name: "limit", has_default: true, form: "fn(&self)", inputs: &[], output: U32 },
        ],
    ),
    ..LINE
};
const BY_REFERENCE: TypeNode = builtin("&", &[TypeNode::Defined { key: 1 }]);

const ITEM: ItemDescription<'_> = ItemDescription {
    name: "app::price",
    kind: ItemKind::Function,
    signature: "fn(&Order) -> u64",
    form: "fn(&'0)",
    inputs: &[BY_REFERENCE, builtin("Service", &[TypeNode::Defined { key: PRICING.key }])],
    output: Some(TypeNode::Defined { key: STATE.key }),
    replaces: true,
    index: None,
    has_default: false,
    binary: Some("app"),
    auto_traits: None,
    foreign: false,
};

const METHOD: ItemDescription<'_> = ItemDescription {
    name: "app::Pricing::quote",
    kind: ItemKind::Method,
    signature: "fn(&self)",
    form: "fn(&self)",
    inputs: &[],
    output: Some(TypeNode::Defined { key: 1 }),
    replaces: false,
    index: Some(3),
    has_default: false,
    binary: None,
    auto_traits: Some(AutoTraits(3)),
    foreign: false,
};

const SHARED: ItemDescription<'_> =
    ItemDescription { name: "app::ORDERS", kind: ItemKind::Static, index: None, inputs: &[], ..METHOD };

macro_rules! records {
    ($($name:ident = $length:expr, $record:expr;)*) => {
        $(#[used]
        #[unsafe(link_section = ".dynpatch")]
        static $name: [u8; $length] = $record;)*
    };
}

records! {
    HEADER_RECORD = HEADER.encoded_length(), HEADER.encode();
    SEAL_RECORD = unsealed().len(), unsealed();
    ENVIRONMENT_RECORD = ENVIRONMENT.record_length(), ENVIRONMENT.record();
    ITEM_RECORD = ITEM.encoded_length(), ITEM.encode();
    METHOD_RECORD = METHOD.encoded_length(), METHOD.encode();
    SHARED_RECORD = SHARED.encoded_length(), SHARED.encode();
    ORDER_RECORD = type_record_length(&ORDER), type_record(&ORDER);
    STATE_RECORD = type_record_length(&STATE), type_record(&STATE);
    NUMBER_RECORD = type_record_length(&NUMBER), type_record(&NUMBER);
    PRICING_RECORD = type_record_length(&PRICING), type_record(&PRICING);
}
