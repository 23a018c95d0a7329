//! An oracle for the encoding: postcard itself, with plain serde types. What the constants write, it reads; what it read,
//! it writes again, byte for byte; and the core's own reader sees the same values.

mod model;

use dynpatch_core::layout::{ArgumentView, BodyView, DefinitionView, FieldView, MethodView, Node as View, VariantView};
use dynpatch_core::manifest::{Item, Record};
use dynpatch_interface::record::{ItemDescription, ItemKind, PREFIX, item, type_record, type_record_length};
use dynpatch_interface::types::{
    Argument, AutoTraits, Body, Definition, Evolution, Extent, Field, Method, TypeNode, Variant,
};

const EXTENT: Extent = Extent { size: 300, alignment: 16, niche: true };
const UNIT: TypeNode = TypeNode::Builtin {
    name: "(,)",
    extent: Extent { size: 0, alignment: 1, niche: false },
    downcasts: false,
    offsets: &[],
    arguments: &[],
};
const U32: TypeNode = TypeNode::Primitive { name: "u32" };
const ANY: TypeNode = TypeNode::Builtin {
    name: "dyn Any",
    extent: Extent::UNSIZED,
    downcasts: true,
    offsets: &[0, 127, 128, u64::MAX],
    arguments: &[U32, UNIT],
};
const CALLBACK: TypeNode = TypeNode::Function {
    abi: "C-unwind",
    is_unsafe: true,
    inputs: &[U32, ANY],
    output: &TypeNode::Recursive { key: 7 },
};
const OPAQUE: TypeNode = TypeNode::Opaque { name: "Vec2<Größe>", extent: EXTENT, downcasts: true, parts: &[U32] };

const STRUCT: Definition = Definition {
    key: u64::MAX,
    crate_name: "app",
    name: "Order",
    extent: EXTENT,
    repr: "C,packed(2)",
    evolution: Evolution::Prefix,
    arguments: &[Argument::Type(CALLBACK), Argument::Const(i128::MIN), Argument::Const(i128::MAX), Argument::Const(-1)],
    body: Body::Struct(&[
        Field { name: "list", offset: Some(0), lifetimes: "'a 'static", ty: ANY },
        Field { name: "call", offset: None, lifetimes: "", ty: CALLBACK },
        Field {
            name: "grid",
            offset: Some(u64::MAX),
            lifetimes: "",
            ty: TypeNode::Array { length: 300, element: &OPAQUE },
        },
        Field { name: "other", offset: Some(129), lifetimes: "", ty: TypeNode::Defined { key: 0x1234_5678_9abc_def0 } },
        Field { name: "inner", offset: Some(1), lifetimes: "", ty: TypeNode::Inline(&ENUM) },
    ]),
};
const ENUM: Definition = Definition {
    key: 1,
    crate_name: "",
    name: "State",
    extent: Extent::UNSIZED,
    repr: "",
    evolution: Evolution::Open,
    arguments: &[],
    body: Body::Enum(&[
        Variant { name: "Idle", discriminant: 0, fields: &[] },
        Variant { name: "Low", discriminant: i128::MIN, fields: &[] },
        Variant {
            name: "Busy",
            discriminant: -64,
            fields: &[Field { name: "0", offset: Some(4), lifetimes: "", ty: U32 }],
        },
    ]),
};
const UNION: Definition = Definition {
    evolution: Evolution::Closed,
    body: Body::Union(&[Field { name: "bits", offset: Some(0), lifetimes: "", ty: U32 }]),
    ..ENUM
};
const TRAIT: Definition = Definition {
    body: Body::Trait(
        AutoTraits(3),
        &[
            Method {
                name: "quote",
                has_default: true,
                form: "async fn(&'0 self)",
                inputs: &[U32, OPAQUE],
                output: UNIT,
            },
            Method { name: "stop", has_default: false, form: "", inputs: &[], output: CALLBACK },
        ],
    ),
    ..ENUM
};
const EMPTY: Definition = Definition { body: Body::Struct(&[]), ..UNION };

macro_rules! payload {
    ($definition:expr) => {{
        const LENGTH: usize = type_record_length(&$definition);
        static RECORD: [u8; LENGTH] = type_record(&$definition);
        &RECORD[PREFIX..]
    }};
}

/// Every definition above, with its payload.
fn definitions() -> [(&'static Definition, &'static [u8]); 5] {
    [
        (&STRUCT, payload!(STRUCT)),
        (&ENUM, payload!(ENUM)),
        (&UNION, payload!(UNION)),
        (&TRAIT, payload!(TRAIT)),
        (&EMPTY, payload!(EMPTY)),
    ]
}

#[test]
fn postcard_reads_what_the_constants_write_and_writes_the_same_bytes() {
    for (definition, payload) in definitions() {
        let read: model::Definition =
            postcard::from_bytes(payload).unwrap_or_else(|error| panic!("{error}: {definition:?}"));
        assert_eq!(read.bytes(), payload, "{definition:?}");
        assert_eq!(format!("{read:?}"), shown(definition), "another value");
    }
}

/// As `Debug` shows the model of the tests, which differs in the names of a few types alone.
fn shown(definition: &Definition) -> String {
    let text = format!("{definition:?}").replace("AutoTraits(3)", "3");
    let evolutions = [("Closed", 0), ("Open", 1), ("Prefix", 2)];
    evolutions
        .iter()
        .fold(text, |text, (name, number)| text.replace(&format!("evolution: {name}"), &format!("evolution: {number}")))
}

#[test]
fn a_record_is_as_long_as_its_definition_says() {
    for (_, payload) in definitions() {
        let record = model::record(dynpatch_interface::record::kind::TYPE, payload);
        assert_eq!(Record::single(&record).unwrap().payload, payload);
    }
    let by_hand = model::record(dynpatch_interface::record::kind::TYPE, payload!(STRUCT));
    const LENGTH: usize = type_record_length(&STRUCT);
    assert_eq!(type_record::<LENGTH>(&STRUCT)[..], by_hand);
}

#[test]
fn the_core_reads_the_same_values() {
    for (definition, payload) in definitions() {
        same_definition(definition, &DefinitionView::of_record(payload).unwrap());
    }
}

#[test]
fn an_item_says_the_same_to_both() {
    const ITEM: ItemDescription<'static> = ItemDescription {
        name: "app::serve",
        kind: ItemKind::Function,
        signature: "fn(u32) -> Order",
        form: "fn",
        inputs: &[U32, OPAQUE, CALLBACK],
        output: Some(TypeNode::Inline(&STRUCT)),
        replaces: false,
        index: None,
        has_default: false,
        binary: None,
        auto_traits: None,
        foreign: false,
    };
    static RECORD: [u8; ITEM.encoded_length()] = ITEM.encode();
    let record = Record::single(&RECORD).unwrap();
    let read = Item::read(&record).unwrap();
    same_nodes(ITEM.inputs, read.inputs.iter().map(|node| node.node()));
    same_node(&ITEM.output.unwrap(), read.output.unwrap().node());
    for tag in [item::INPUTS, item::OUTPUT] {
        let value = model::value_of(record.payload, tag);
        let written = match tag {
            item::INPUTS => postcard::to_allocvec(&postcard::from_bytes::<Vec<model::Node>>(value).unwrap()),
            _ => postcard::to_allocvec(&postcard::from_bytes::<model::Node>(value).unwrap()),
        };
        assert_eq!(written.unwrap(), value);
    }
}

fn same_node(ours: &TypeNode, theirs: View<'_>) {
    match (ours, theirs) {
        (TypeNode::Primitive { name: a }, View::Primitive { name: b }) => assert_eq!(*a, b),
        (
            TypeNode::Builtin { name: a, extent: room_a, downcasts: any_a, offsets: at_a, arguments: of_a },
            View::Builtin { name: b, extent: room_b, downcasts: any_b, offsets: at_b, arguments: of_b },
        ) => {
            assert_eq!((*a, *any_a), (b, any_b));
            assert_eq!(*room_a, room_b);
            assert_eq!(*at_a, at_b.iter().collect::<Vec<_>>());
            same_nodes(of_a, of_b.iter().map(|node| node.node()));
        }
        (TypeNode::Array { length: a, element: of_a }, View::Array { length: b, element: of_b }) => {
            assert_eq!(*a, b);
            same_node(of_a, of_b.node());
        }
        (
            TypeNode::Function { abi: a, is_unsafe: unsafe_a, inputs: in_a, output: out_a },
            View::Function { abi: b, is_unsafe: unsafe_b, inputs: in_b, output: out_b },
        ) => {
            assert_eq!((*a, *unsafe_a), (b, unsafe_b));
            same_nodes(in_a, in_b.iter().map(|node| node.node()));
            same_node(out_a, out_b.node());
        }
        (TypeNode::Defined { key: a }, View::Defined { key: b })
        | (TypeNode::Recursive { key: a }, View::Recursive { key: b }) => assert_eq!(*a, b),
        (TypeNode::Inline(a), View::Inline(b)) => same_definition(a, &b),
        (
            TypeNode::Opaque { name: a, extent: room_a, downcasts: any_a, parts: of_a },
            View::Opaque { name: b, extent: room_b, downcasts: any_b, parts: of_b },
        ) => {
            assert_eq!((*a, *any_a), (b, any_b));
            assert_eq!(*room_a, room_b);
            same_nodes(of_a, of_b.iter().map(|node| node.node()));
        }
        (ours, theirs) => panic!("{ours:?} reads as {theirs:?}"),
    }
}

/// Each of `ours` with each of `theirs`, of which there are as many.
fn each<A, B>(ours: &[A], theirs: impl Iterator<Item = B>, same: impl Fn(&A, B)) {
    let theirs: Vec<B> = theirs.collect();
    assert_eq!(ours.len(), theirs.len());
    ours.iter().zip(theirs).for_each(|(a, b)| same(a, b));
}

fn same_nodes<'a>(ours: &[TypeNode], theirs: impl Iterator<Item = View<'a>>) {
    each(ours, theirs, same_node);
}

fn same_field(ours: &Field, theirs: FieldView<'_>) {
    assert_eq!((ours.name, ours.offset, ours.lifetimes), (theirs.name, theirs.offset, theirs.lifetimes));
    same_node(&ours.ty, theirs.ty.node());
}

fn same_variant(ours: &Variant, theirs: VariantView<'_>) {
    assert_eq!((ours.name, ours.discriminant), (theirs.name, theirs.discriminant));
    each(ours.fields, theirs.fields.iter(), same_field);
}

fn same_method(ours: &Method, theirs: MethodView<'_>) {
    assert_eq!((ours.name, ours.has_default, ours.form), (theirs.name, theirs.has_default, theirs.form));
    same_nodes(ours.inputs, theirs.inputs.iter().map(|node| node.node()));
    same_node(&ours.output, theirs.output.node());
}

fn same_definition(ours: &Definition, theirs: &DefinitionView<'_>) {
    assert_eq!((ours.key, ours.crate_name, ours.name), (theirs.key, theirs.crate_name, theirs.name));
    assert_eq!((ours.repr, ours.evolution as u8), (theirs.repr, theirs.evolution));
    assert_eq!(ours.extent, theirs.extent);
    each(ours.arguments, theirs.arguments.iter(), |a, b| match (a, b) {
        (Argument::Type(a), ArgumentView::Type(b)) => same_node(a, b.node()),
        (Argument::Const(a), ArgumentView::Const(b)) => assert_eq!(*a, b),
        (a, b) => panic!("{a:?} reads as {b:?}"),
    });
    match (ours.body, theirs.body) {
        (Body::Struct(a), BodyView::Struct(b)) | (Body::Union(a), BodyView::Union(b)) => each(a, b.iter(), same_field),
        (Body::Enum(a), BodyView::Enum(b)) => each(a, b.iter(), same_variant),
        (Body::Trait(auto_a, a), BodyView::Trait(auto_b, b)) => {
            assert_eq!(auto_a.0, auto_b);
            each(a, b.iter(), same_method);
        }
        (a, b) => panic!("{a:?} reads as {b:?}"),
    }
}
