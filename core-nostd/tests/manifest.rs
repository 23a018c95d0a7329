//! What the constants write, the reader reads; what is damaged, it refuses.

mod model;

use dynpatch_core::compatibility::{ItemMismatch, check_form};
use dynpatch_core::layout::{Node, TypeEntry, TypeTable};
use dynpatch_core::manifest::{Contents, HostManifest, Item, Manifest, ManifestError, Record, Relation, records};
use dynpatch_interface::record::{
    HeaderDescription, ItemDescription, ItemKind, MUST_UNDERSTAND, PREFIX, SEAL_LENGTH, crc32, item, kind, type_record,
    type_record_length, unsealed,
};
use dynpatch_interface::types::{AutoTraits, Body, Definition, Evolution, Extent, Field, TypeNode};
use dynpatch_interface::{Environment, Version};

const ENVIRONMENT: Environment<'static> = Environment::of_this_build(true);

const HEADER: HeaderDescription<'static> = HeaderDescription {
    name: "a-patch",
    version: Version::new(1, 200, 70_000),
    interface_version: Some(Version::new(0, 3, 1)),
    type_hash: Some(0x1234_5678_90ab_cdef),
    provides: &["a_patch", "app"],
    requires: &["base 1.2.3", "other"],
    conflicts: &["foe 0.1.0"],
    replaces_all: true,
    environment: ENVIRONMENT,
    description: Some("for the tests"),
    author: None,
};

const ITEM: ItemDescription<'static> = ItemDescription {
    name: "app::serve",
    kind: ItemKind::Function,
    signature: "fn(Request) -> Request",
    form: "fn(&'0)",
    inputs: &[TypeNode::Defined { key: DEFINITION.key }, TypeNode::Primitive { name: "str" }],
    output: Some(TypeNode::Defined { key: DEFINITION.key }),
    replaces: true,
    index: None,
    has_default: false,
    binary: None,
    auto_traits: Some(AutoTraits(3)),
    foreign: false,
};

const DEFINITION: Definition = Definition {
    key: 0x1234_5678_90ab_cdef,
    crate_name: "app",
    name: "Request",
    extent: Extent { size: 300, alignment: 8, niche: true },
    repr: "",
    evolution: Evolution::Closed,
    arguments: &[],
    body: Body::Struct(&[
        Field { name: "id", offset: Some(0), lifetimes: "", ty: TypeNode::Primitive { name: "u32" } },
        Field { name: "next", offset: None, lifetimes: "'a", ty: TypeNode::Recursive { key: 0x1234_5678_90ab_cdef } },
    ]),
};

static HEADER_RECORD: [u8; HEADER.encoded_length()] = HEADER.encode();
static ITEM_RECORD: [u8; ITEM.encoded_length()] = ITEM.encode();
static TYPE_RECORD: [u8; type_record_length(&DEFINITION)] = type_record(&DEFINITION);
static ENVIRONMENT_RECORD: [u8; ENVIRONMENT.record_length()] = ENVIRONMENT.record();

fn whole() -> Vec<u8> {
    // The linker may leave zeros between statics.
    [&HEADER_RECORD[..], &[0; 5], &ITEM_RECORD, &unsealed(), &TYPE_RECORD, &[0; 3]].concat()
}

/// What an executable holds.
fn host() -> Vec<u8> {
    [&TYPE_RECORD[..], &[0; 7], &ENVIRONMENT_RECORD, &ITEM_RECORD, &[0; 3]].concat()
}

fn check_contents(contents: &Contents<'_>) {
    let items: Vec<_> = contents.items().collect();
    let [item] = &items[..] else { panic!("one item") };
    assert_eq!((item.name, item.kind, item.signature, item.form), (ITEM.name, ITEM.kind, ITEM.signature, ITEM.form));
    assert_eq!((item.replaces, item.index, item.binary, item.crate_name()), (true, None, None, "app"));
    assert_eq!((item.has_default, item.auto_traits), (false, Some(3)));
    let inputs: Vec<_> = item.inputs.iter().map(|node| node.node()).collect();
    assert_eq!(inputs, [Node::Defined { key: DEFINITION.key }, Node::Primitive { name: "str" }]);
    assert_eq!(item.output.map(|node| node.node()), Some(inputs[0]));
    let mut definitions: Vec<_> = contents.definitions().collect();
    assert_eq!((definitions.len(), contents.definition_count()), (1, 1));
    let table = TypeTable::new(&mut definitions).unwrap();
    let found = table.find(DEFINITION.key).unwrap();
    assert_eq!((found.name, found.extent), (DEFINITION.name, DEFINITION.extent));
    assert_eq!(table.find(1), None);
}

#[test]
fn what_is_written_is_read() {
    let bytes = whole();
    let manifest = Manifest::read(&bytes).unwrap();
    let header = manifest.header();
    assert_eq!((header.name, header.version), ("a-patch", Version::new(1, 200, 70_000)));
    assert_eq!(header.interface_version, Some(Version::new(0, 3, 1)));
    assert_eq!(header.type_hash, Some(0x1234_5678_90ab_cdef));
    assert_eq!(header.provides().collect::<Vec<_>>(), ["a_patch", "app"]);
    let requires: Vec<_> = header.requires().map(Result::unwrap).collect();
    let base = Relation { name: "base", version: Some(Version::new(1, 2, 3)) };
    assert_eq!(requires, [base, Relation { name: "other", version: None }]);
    let conflicts: Vec<String> = header.conflicts().map(|relation| relation.unwrap().to_string()).collect();
    assert_eq!((conflicts, header.replaces_all()), (vec!["foe v0.1.0".to_owned()], Ok(true)));
    assert_eq!(header.environment, ENVIRONMENT);
    assert_eq!((header.description, header.author, header.allocator), (Some("for the tests"), None, "host"));
    check_contents(manifest.contents());
    assert_eq!(manifest.seal().hash, None);
    assert_eq!(manifest.seal().range.len(), SEAL_LENGTH);
}

#[test]
fn a_relation_is_about_what_is_compatible() {
    let read = |text| Relation::read(text).unwrap();
    for (text, name, version, expected) in [
        ("base", "base", (9, 0, 0), true),
        ("base", "other", (9, 0, 0), false),
        ("base 1.2.0", "base", (1, 2, 0), true),
        ("base 1.2.0", "base", (1, 9, 9), true),
        ("base 1.2.0", "base", (1, 1, 9), false),
        ("base 1.2.0", "base", (2, 0, 0), false),
    ] {
        let version = Version::new(version.0, version.1, version.2);
        assert_eq!(read(text).is_about(name, version), expected, "{text} {name} {version}");
    }
    for wrong in ["", " 1.2.3", "base 1.2", "base 1.2.3.4", "base x", "base  1.2.3", "base 1.2.99999999999"] {
        assert_eq!(Relation::read(wrong), None, "{wrong:?}");
    }
}

#[test]
fn what_an_executable_says_is_read() {
    let bytes = host();
    let manifest = HostManifest::read(&bytes).unwrap();
    assert_eq!(manifest.environment(), &ENVIRONMENT);
    check_contents(manifest.contents());
}

#[test]
fn both_checksums_are_the_same() {
    for length in [0, 1, 9, 255, 1000] {
        let bytes: Vec<u8> = (0..length).map(|index| (index * 7) as u8).collect();
        assert_eq!(crc32(&bytes), crc32fast::hash(&bytes));
    }
}

#[test]
fn every_flip_of_a_header_or_item_is_refused() {
    let good = whole();
    let sealed = Manifest::read(&good).unwrap().seal().range.clone();
    for byte in 0..good.len() {
        for bit in 0..8 {
            let mut bytes = good.clone();
            bytes[byte] ^= 1 << bit;
            let accepted = Manifest::read(&bytes).is_ok();
            assert_eq!(accepted, sealed.contains(&byte), "bit {bit} of byte {byte}");
        }
    }
}

#[test]
fn every_flip_of_a_host_is_refused() {
    let good = host();
    for byte in 0..good.len() {
        for bit in 0..8 {
            let mut bytes = good.clone();
            bytes[byte] ^= 1 << bit;
            assert!(HostManifest::read(&bytes).is_err(), "bit {bit} of byte {byte}");
        }
    }
}

/// A manifest that ends where a record does is whole, as long as nothing is missing.
#[test]
fn every_truncation_is_refused() {
    let good = whole();
    let ends: Vec<usize> = records(&good).map(|record| record.unwrap().range.end).collect();
    // The last three bytes are padding.
    for length in 0..good.len() - 3 {
        let is_read = Manifest::read(&good[..length]).is_ok();
        assert_eq!(is_read, length == ends[2], "{length} of {} bytes", good.len());
    }
    let good = host();
    let end = records(&good).nth(1).unwrap().unwrap().range.end;
    for length in 0..good.len() - 3 {
        let read = HostManifest::read(&good[..length]).map(|read| read.contents().items().count());
        assert_eq!(read.is_ok(), length == end, "{length} of {} bytes", good.len());
    }
}

#[test]
fn a_second_or_missing_header_is_refused() {
    let seal = unsealed();
    let twice = [&HEADER_RECORD[..], &HEADER_RECORD, &seal].concat();
    assert_eq!(Manifest::read(&twice).unwrap_err(), ManifestError::Second { what: "header" });
    assert_eq!(Manifest::read(&seal).unwrap_err(), ManifestError::Missing { what: "header" });
    assert_eq!(Manifest::read(&HEADER_RECORD).unwrap_err(), ManifestError::Missing { what: "seal" });
    assert_eq!(Manifest::read(&[]).unwrap_err(), ManifestError::Missing { what: "header" });
}

#[test]
fn a_second_or_missing_environment_is_refused() {
    let twice = [&ENVIRONMENT_RECORD[..], &ENVIRONMENT_RECORD].concat();
    assert_eq!(HostManifest::read(&twice).unwrap_err(), ManifestError::Second { what: "environment" });
    assert_eq!(HostManifest::read(&whole()).unwrap_err(), ManifestError::Missing { what: "environment" });
    let both = [whole(), ENVIRONMENT_RECORD.to_vec()].concat();
    assert!(Manifest::read(&both).is_ok(), "in a patch it says nothing");
}

/// Descriptions behind a right checksum: what a bug in a writer leaves behind, or someone with intent.
#[test]
fn a_type_that_does_not_read_is_refused() {
    let read = |payload: &[u8]| HostManifest::read(&with_type(payload)).map(|read| read.contents().definition_count());
    let good = &TYPE_RECORD[PREFIX..];
    assert_eq!(read(good), Ok(1));
    for length in 0..good.len() {
        assert_eq!(read(&good[..length]), Err(ManifestError::Type), "{length} of {} bytes", good.len());
    }
    assert_eq!(read(&[good, &[0]].concat()), Err(ManifestError::Type), "something behind it");
    assert_eq!(read(&[0xff; 40]), Err(ManifestError::Type), "a number that does not end");
    for (wrong, changed) in [("evolution", 3), ("body", 4)] {
        let mut model: model::Definition = postcard::from_bytes(good).unwrap();
        model.body = model::Body::Struct(Vec::new());
        let mut bytes = model.bytes();
        // It ends with evolution, no arguments, the kind of body, and no fields.
        let place = bytes.len() - if wrong == "evolution" { 4 } else { 2 };
        bytes[place] = changed;
        assert_eq!(read(&bytes), Err(ManifestError::Type), "{wrong}");
    }
}

fn with_type(payload: &[u8]) -> Vec<u8> {
    [&ENVIRONMENT_RECORD[..], &model::record(kind::TYPE, payload)].concat()
}

#[test]
fn a_type_of_an_item_that_does_not_read_is_refused() {
    let read = |tag: u8, value: &[u8]| {
        let others = [(item::INPUTS, &[0][..]), (item::OUTPUT, &[4, 1])];
        let others = others.iter().filter(|(other, _)| *other != tag).map(|(tag, value)| model::value(*tag, value));
        let named =
            [model::value(item::NAME, b"\x01x"), model::value(item::KIND, &[1]), model::value(item::FORM, &[0])];
        let signature = model::value(item::SIGNATURE, &[0]);
        let fields = [named.concat(), signature, others.collect::<Vec<_>>().concat(), model::value(tag, value)];
        let bytes = model::record(kind::ITEM, &fields.concat());
        Item::read(&Record::single(&bytes).unwrap()).map(drop)
    };
    assert_eq!(read(item::INPUTS, &[1, 4, 1]), Ok(()));
    assert_eq!(read(item::INPUTS, &[1]), Err(ManifestError::Type), "one that is not there");
    assert_eq!(read(item::INPUTS, &[0, 0]), Err(ManifestError::Type), "something behind them");
    assert_eq!(read(item::INPUTS, &[0xff, 0xff, 0xff, 0xff, 0x0f]), Err(ManifestError::Type), "four thousand millions");
    assert_eq!(read(item::OUTPUT, &[8, 1]), Err(ManifestError::Type), "of no known kind");
    assert_eq!(read(item::OUTPUT, &[0, 1, 0xff]), Err(ManifestError::Type), "a name that is not UTF-8");
    assert_eq!(read(item::OUTPUT, &[4, 1, 1]), Err(ManifestError::Type), "something behind it");
}

#[test]
fn one_key_stands_for_one_definition() {
    let one = model::Definition::structure(7, "One", Vec::new()).bytes();
    let other = model::Definition::structure(7, "Other", Vec::new()).bytes();
    let table = |payloads: &[&[u8]]| {
        let mut entries: Vec<_> = payloads.iter().map(|payload| TypeEntry::new(payload).unwrap()).collect();
        TypeTable::new(&mut entries).map(|table| table.find(7).map(|found| found.name.to_owned()))
    };
    assert_eq!(table(&[&one, &one, &one]), Ok(Some("One".to_owned())), "the linker may leave copies");
    let error = ManifestError::Second { what: "definition of one key" };
    assert_eq!(table(&[&one, &other]), Err(error));
    assert_eq!(table(&[&one, &one, &other, &one]), Err(error));
}

#[test]
fn an_unknown_field_is_skipped_unless_it_must_be_understood() {
    let read = |tag: u8| {
        let record = [&ITEM_RECORD[PREFIX..], &model::value(tag, b"from the future")].concat();
        let bytes = model::record(kind::ITEM, &record);
        Item::read(&Record::single(&bytes).unwrap()).map(|item| item.name.to_owned())
    };
    assert_eq!(read(100), Ok(ITEM.name.to_owned()));
    let tag = 100 | MUST_UNDERSTAND;
    assert_eq!(read(tag), Err(ManifestError::UnknownField { tag }));
}

#[test]
fn a_field_is_there_once() {
    let fields: Vec<_> = Record::single(&ITEM_RECORD).unwrap().fields().map(|field| field.unwrap().tag).collect();
    for tag in fields {
        let value = model::value(tag, model::value_of(&ITEM_RECORD[PREFIX..], tag));
        let bytes = model::record(kind::ITEM, &[&ITEM_RECORD[PREFIX..], &value].concat());
        let error = Item::read(&Record::single(&bytes).unwrap()).unwrap_err();
        assert!(matches!(error, ManifestError::Second { .. }), "field {tag}: {error}");
    }
}

#[test]
fn a_record_of_unknown_kind_is_refused() {
    let bytes = [whole(), model::record(9, &[])].concat();
    assert_eq!(Manifest::read(&bytes).unwrap_err(), ManifestError::UnknownKind { kind: 9 });
}

#[test]
fn a_newer_format_is_told_from_damage() {
    let mut bytes = ITEM_RECORD.to_vec();
    bytes[4] = 2;
    let crc = crc32(&[&bytes[4..10], &bytes[PREFIX..]].concat());
    bytes[10..14].copy_from_slice(&crc.to_le_bytes());
    let error = records(&bytes).next().unwrap().unwrap_err();
    assert_eq!(error, ManifestError::Format { reads: 1, found: 2 });
    assert_eq!(records(&bytes).count(), 1, "nothing is read behind an error");
}

#[test]
fn each_difference_of_an_item_is_named() {
    fn item<const N: usize>(bytes: &'static [u8; N]) -> Item<'static> {
        Item::read(&Record::single(bytes).unwrap()).unwrap()
    }
    macro_rules! other {
        ($($field:ident: $value:expr),*) => {{
            const OTHER: ItemDescription<'static> = ItemDescription { $($field: $value,)* ..ITEM };
            static RECORD: [u8; OTHER.encoded_length()] = OTHER.encode();
            item(&RECORD)
        }};
    }
    let host = item(&ITEM_RECORD);
    assert_eq!(check_form(&host, &host), Ok(()));
    assert_eq!(check_form(&host, &other!(replaces: false)), Ok(()), "who provides it is no difference");
    assert_eq!(check_form(&host, &other!(signature: "fn(Other)")), Ok(()), "it is for people");
    assert_eq!(check_form(&host, &other!(kind: ItemKind::Static)), Err(ItemMismatch::Kind));
    let signature = Err(ItemMismatch::Signature { host: ITEM.signature, patch: ITEM.signature });
    assert_eq!(check_form(&host, &other!(form: "unsafe fn(&'0)")), signature);
    assert_eq!(check_form(&host, &other!(inputs: &[])), signature);
    assert_eq!(check_form(&host, &other!(output: None)), signature);
    assert_eq!(check_form(&host, &other!(index: Some(1))), Err(ItemMismatch::Index { host: None, patch: Some(1) }));
    let auto = |patch| Err(ItemMismatch::AutoTraits { host: 3, patch });
    assert_eq!(check_form(&host, &other!(auto_traits: Some(AutoTraits(7)))), Ok(()), "it may do more");
    assert_eq!(check_form(&host, &other!(auto_traits: Some(AutoTraits(5)))), auto(5));
    assert_eq!(check_form(&host, &other!(auto_traits: None)), auto(0));
}
