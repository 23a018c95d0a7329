//! What the constants write, the reader reads; what is damaged, it refuses.

use dynpatch_core::compatibility::{HeaderMismatch, ItemMismatch, Requirements, check_header, check_item};
use dynpatch_core::manifest::{Item, Manifest, ManifestError, Record, records};
use dynpatch_interface::record::{
    Encoder, HeaderDescription, ItemDescription, ItemKind, MUST_UNDERSTAND, PREFIX, SEAL_LENGTH, TypeUse, crc32, kind,
    unsealed,
};
use dynpatch_interface::{Environment, Fingerprint, Version};

const ENVIRONMENT: Environment<'static> = Environment::of_this_build(true);

const HEADER: HeaderDescription<'static> = HeaderDescription {
    name: "a-patch",
    version: Version::new(1, 200, 70_000),
    interface_version: Some(Version::new(0, 3, 1)),
    type_hash: Some(0x1234_5678_90ab_cdef),
    provides: &["a_patch", "app"],
    environment: ENVIRONMENT,
    description: Some("for the tests"),
    author: None,
};

const ITEM: ItemDescription<'static> = ItemDescription {
    name: "app::serve",
    kind: ItemKind::Function,
    signature: "fn(Request) -> Request",
    types: &[
        TypeUse { name: "Request", size: 300, alignment: 8, definition: Fingerprint(u128::MAX) },
        TypeUse { name: "str", size: 0, alignment: 0, definition: Fingerprint(0) },
    ],
    replaces: true,
    index: None,
    has_default: false,
    binary: None,
};

static HEADER_RECORD: [u8; HEADER.encoded_length()] = HEADER.encode();
static ITEM_RECORD: [u8; ITEM.encoded_length()] = ITEM.encode();

fn whole() -> Vec<u8> {
    // The linker may leave zeros between statics.
    [&HEADER_RECORD[..], &[0; 5], &ITEM_RECORD, &unsealed(), &[0; 3]].concat()
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
    assert_eq!(header.environment, ENVIRONMENT);
    assert_eq!((header.description, header.author, header.allocator), (Some("for the tests"), None, "host"));
    let items: Vec<_> = manifest.items().collect();
    let [item] = &items[..] else { panic!("one item") };
    assert_eq!((item.name, item.kind, item.signature), (ITEM.name, ITEM.kind, ITEM.signature));
    assert_eq!((item.replaces, item.index, item.binary, item.crate_name()), (true, None, None, "app"));
    assert_eq!(item.types().collect::<Vec<_>>(), ITEM.types);
    assert_eq!(manifest.seal().hash, None);
    assert_eq!(manifest.seal().range.len(), SEAL_LENGTH);
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
fn every_truncation_is_refused() {
    let good = whole();
    // The last three bytes are padding.
    for length in 0..good.len() - 3 {
        assert!(Manifest::read(&good[..length]).is_err(), "{length} of {} bytes", good.len());
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
fn an_unknown_field_is_skipped_unless_it_must_be_understood() {
    fn with_field<const N: usize>(tag: u8) -> [u8; N] {
        let encoder = Encoder::<N>::new(kind::ITEM).string_field(1 | MUST_UNDERSTAND, "x");
        let encoder = encoder.number_field(2 | MUST_UNDERSTAND, 1).string_field(3 | MUST_UNDERSTAND, "fn()");
        encoder.string_field(tag, "from the future").finish()
    }
    const LENGTH: usize = PREFIX + 4 + 3 + 7 + 18;
    let read = |bytes: &[u8]| Item::read(&Record::single(bytes).unwrap()).map(|item| item.name.to_owned());
    assert_eq!(read(&with_field::<LENGTH>(100)), Ok("x".to_owned()));
    let tag = 100 | MUST_UNDERSTAND;
    assert_eq!(read(&with_field::<LENGTH>(tag)), Err(ManifestError::UnknownField { tag }));
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
fn each_requirement_of_a_host_is_checked() {
    let bytes = whole();
    let manifest = Manifest::read(&bytes).unwrap();
    let check = |change: &dyn Fn(&mut Requirements<'static>)| {
        let mut host = Requirements { environment: ENVIRONMENT, interface_version: None, type_hash: None };
        change(&mut host);
        check_header(&host, manifest.header()).map_err(|mismatch| format!("{mismatch:?}"))
    };
    assert_eq!(check(&|_| ()), Ok(()));
    let refused = |change: &dyn Fn(&mut Requirements<'static>), name: &str| {
        let error = check(change).expect_err(name);
        assert!(error.starts_with(name), "{error}");
    };
    refused(&|host| host.environment.target = "thumbv6m-none-eabi", "Target");
    refused(&|host| host.environment.compiler = "1.0.0", "Compiler");
    refused(&|host| host.environment.framework = Version::new(9, 0, 0), "Framework");
    refused(&|host| host.interface_version = Some(Version::new(0, 4, 0)), "InterfaceVersion");
    refused(&|host| host.type_hash = Some(1), "TypeHash");
    assert_eq!(check(&|host| host.interface_version = Some(Version::new(0, 3, 7))), Ok(()));
    assert_eq!(check(&|host| host.type_hash = HEADER.type_hash), Ok(()));
    assert_eq!(check(&|host| host.environment.debug_assertions ^= true), Ok(()));
}

#[test]
fn a_patch_that_aborts_is_refused() {
    const ABORTS: HeaderDescription<'static> =
        HeaderDescription { environment: Environment::of_this_build(false), ..HEADER };
    static RECORD: [u8; ABORTS.encoded_length()] = ABORTS.encode();
    let bytes = [&RECORD[..], &unsealed()].concat();
    let manifest = Manifest::read(&bytes).unwrap();
    let host = Requirements { environment: ENVIRONMENT, interface_version: None, type_hash: None };
    assert_eq!(check_header(&host, manifest.header()), Err(HeaderMismatch::PanicAbort));
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
    assert_eq!(check_item(&host, &host), Ok(()));
    assert_eq!(check_item(&host, &other!(replaces: false)), Ok(()), "who provides it is no difference");
    assert_eq!(check_item(&host, &other!(kind: ItemKind::Static)), Err(ItemMismatch::Kind));
    let patch = "fn(Request)";
    assert_eq!(
        check_item(&host, &other!(signature: "fn(Request)")),
        Err(ItemMismatch::Signature { host: ITEM.signature, patch })
    );
    assert_eq!(check_item(&host, &other!(index: Some(1))), Err(ItemMismatch::Index { host: None, patch: Some(1) }));
    const SMALLER: TypeUse<'static> = TypeUse { name: "Request", size: 299, alignment: 8, definition: Fingerprint(1) };
    assert_eq!(
        check_item(&host, &other!(types: &[SMALLER, ITEM.types[1]])),
        Err(ItemMismatch::Type { host: ITEM.types[0], patch: SMALLER })
    );
}
