//! What built a patch: each way in which it can differ from the host has its own verdict.

use dynpatch_core::compatibility::{HeaderMismatch as Mismatch, Requirements, check_header};
use dynpatch_core::manifest::{Manifest, ManifestError};
use dynpatch_interface::record::{FORMAT, HeaderDescription, PREFIX, crc32, header, unsealed};
use dynpatch_interface::{Environment, Version};

const ENVIRONMENT: Environment<'static> = Environment {
    framework: Version::new(0, 2, 0),
    compiler: "1.89.0 (29483883eed69d5fb4db01964cdf2af4d86e9cb2)",
    target: "x86_64-unknown-linux-gnu",
    abi: "",
    pointer_width: 64,
    little_endian: true,
    layout_probe: [1, 2, 3, 4, 5, 6, 7, 8],
    cpu_features: "fxsr,sse,sse2",
    panics_unwind: true,
    debug_assertions: false,
};

const HEADER: HeaderDescription<'static> = HeaderDescription {
    name: "a-patch",
    version: Version::new(1, 0, 0),
    interface_version: Some(Version::new(0, 3, 1)),
    type_hash: Some(7),
    provides: &[],
    requires: &[],
    conflicts: &[],
    replaces_all: false,
    environment: ENVIRONMENT,
    description: None,
    author: None,
};

/// The bytes of a patch's manifest that holds nothing but the header.
macro_rules! patch {
    ($($field:ident: $value:expr),*) => {{
        const HEADER_OF: HeaderDescription<'static> = HeaderDescription { $($field: $value,)* ..HEADER };
        static RECORD: [u8; HEADER_OF.encoded_length()] = HEADER_OF.encode();
        [&RECORD[..], &unsealed()].concat()
    }};
}

/// The same for one field of the environment.
macro_rules! built {
    ($($field:ident: $value:expr),*) => {
        patch!(environment: Environment { $($field: $value,)* ..ENVIRONMENT })
    };
}

const HOST: Requirements<'static> = Requirements { environment: ENVIRONMENT, interface_version: None, type_hash: None };

/// The processor has what the host was compiled for, and AVX.
fn has(feature: &str) -> bool {
    feature == "avx"
}

fn verdict<T>(host: &Requirements<'_>, patch: &[u8], then: impl FnOnce(Result<(), Mismatch<'_>>) -> T) -> T {
    let manifest = Manifest::read(patch).unwrap();
    then(check_header(host, manifest.header(), has))
}

#[test]
fn every_difference_of_the_environment_has_its_own_verdict() {
    let framework = Version::new(0, 2, 1);
    let host = ENVIRONMENT;
    let table = [
        (
            built!(target: "x86_64-unknown-linux-musl"),
            Mismatch::Target { host: host.target, patch: "x86_64-unknown-linux-musl" },
        ),
        (built!(abi: "eabihf"), Mismatch::Abi { host: "", patch: "eabihf" }),
        (built!(pointer_width: 32), Mismatch::PointerWidth { host: 64, patch: 32 }),
        (built!(little_endian: false), Mismatch::Endianness { host_little: true }),
        (built!(compiler: "1.89.0 (unknown)"), Mismatch::Compiler { host: host.compiler, patch: "1.89.0 (unknown)" }),
        (built!(layout_probe: [0; 8]), Mismatch::LayoutProbe { host: host.layout_probe, patch: [0; 8] }),
        (built!(framework: Version::new(0, 2, 1)), Mismatch::Framework { host: host.framework, patch: framework }),
        (built!(panics_unwind: false), Mismatch::PanicAbort),
        (built!(cpu_features: "sse,avx512f,avx2"), Mismatch::CpuFeature { feature: "avx512f" }),
        (with_allocator("mine"), Mismatch::Allocator { patch: "mine" }),
    ];
    for (patch, expected) in &table {
        verdict(&HOST, patch, |found| assert_eq!(found, Err(*expected)));
    }
}

/// No macro writes a patch of another allocator: the value is changed in the bytes.
fn with_allocator(name: &str) -> Vec<u8> {
    let mut bytes = patch!();
    let field = |name: &str| [&[header::ALLOCATOR, name.len() as u8 + 1, name.len() as u8], name.as_bytes()].concat();
    let (old, new) = (field("host"), field(name));
    assert_eq!(old.len(), new.len(), "offsets stay");
    let place = bytes.windows(old.len()).position(|window| window == old).unwrap();
    bytes[place..place + new.len()].copy_from_slice(&new);
    let end = bytes.len() - unsealed().len();
    put_checksum(&mut bytes[..end]);
    bytes
}

fn put_checksum(record: &mut [u8]) {
    let checksum = crc32(&[&record[4..10], &record[PREFIX..]].concat());
    record[10..PREFIX].copy_from_slice(&checksum.to_le_bytes());
}

#[test]
fn what_does_not_matter_is_accepted() {
    let table = [
        ("the same", patch!()),
        ("debug assertions", built!(debug_assertions: true)),
        ("fewer features", built!(cpu_features: "sse")),
        ("no features", built!(cpu_features: "")),
        ("one that the host does not use and the processor has", built!(cpu_features: "sse,avx")),
        ("another interface, for a host that asks for none", patch!(interface_version: Some(Version::new(9, 0, 0)))),
        ("another hash, for a host that asks for none", patch!(type_hash: None)),
    ];
    for (what, patch) in &table {
        verdict(&HOST, patch, |found| assert_eq!(found, Ok(()), "{what}"));
    }
}

type Change = fn(&mut Environment<'static>);

/// The first difference is told, and what makes every further one meaningless comes first.
#[test]
fn the_order_is_that_of_importance() {
    let all = built!(
        target: "a", abi: "b", pointer_width: 16, little_endian: false, compiler: "c", layout_probe: [0; 8],
        framework: Version::new(9, 9, 9), panics_unwind: false, cpu_features: "d"
    );
    let mut host = HOST;
    host.type_hash = Some(1);
    let steps: [(&str, Change); 8] = [
        ("Target", |host| host.target = "a"),
        ("Abi", |host| host.abi = "b"),
        ("PointerWidth", |host| host.pointer_width = 16),
        ("Endianness", |host| host.little_endian = false),
        ("Compiler", |host| host.compiler = "c"),
        ("LayoutProbe", |host| host.layout_probe = [0; 8]),
        ("Framework", |host| host.framework = Version::new(9, 9, 9)),
        ("PanicAbort", |_| ()),
    ];
    for (name, agree) in steps {
        let found = verdict(&host, &all, |found| format!("{found:?}"));
        assert!(found.starts_with(&format!("Err({name}")), "{found}, not {name}");
        agree(&mut host.environment);
    }
}

#[test]
fn the_interface_is_checked_if_the_host_asks() {
    let version = |host, patch: &[u8]| {
        let host = Requirements { interface_version: Some(host), ..HOST };
        verdict(&host, patch, |found| found.is_ok())
    };
    assert!(version(Version::new(0, 3, 7), &patch!()));
    assert!(!version(Version::new(0, 4, 0), &patch!()));
    assert!(version(Version::new(0, 4, 0), &patch!(interface_version: None)), "it makes no claim");
    let (host, patch) = (Version::new(0, 4, 0), Some(Version::new(0, 3, 1)));
    let asks = Requirements { interface_version: Some(host), ..HOST };
    verdict(&asks, &patch!(), |found| assert_eq!(found, Err(Mismatch::InterfaceVersion { host, patch })));

    let asks = |type_hash| Requirements { type_hash: Some(type_hash), ..HOST };
    verdict(&asks(7), &patch!(), |found| assert_eq!(found, Ok(())));
    verdict(&asks(8), &patch!(), |found| assert_eq!(found, Err(Mismatch::TypeHash { host: 8, patch: Some(7) })));
    verdict(&asks(7), &patch!(type_hash: None), |found| {
        assert_eq!(found, Err(Mismatch::TypeHash { host: 7, patch: None }));
    });
}

#[test]
fn a_newer_format_of_the_manifest_is_refused_by_its_number() {
    let mut bytes = patch!();
    bytes[4] = FORMAT + 1;
    let end = bytes.len() - unsealed().len();
    put_checksum(&mut bytes[..end]);
    assert_eq!(Manifest::read(&bytes).unwrap_err(), ManifestError::Format { reads: FORMAT, found: FORMAT + 1 });
}

#[test]
fn an_environment_that_says_too_little_is_refused() {
    let whole = patch!();
    let end = whole.len() - unsealed().len();
    let record = dynpatch_core::manifest::Record::single(&whole[..end]).unwrap();
    let needed = [
        header::FRAMEWORK,
        header::COMPILER,
        header::TARGET,
        header::ABI,
        header::POINTER_WIDTH,
        header::LITTLE_ENDIAN,
        header::LAYOUT_PROBE,
        header::CPU_FEATURES,
        header::PANICS_UNWIND,
        header::ALLOCATOR,
    ];
    let tags: Vec<u8> = record.fields().map(|field| field.unwrap().tag).collect();
    for tag in needed {
        assert!(tags.contains(&tag), "{tag} is written");
        // A tag that need not be understood, and is not: the field is as good as gone.
        let mut bytes = whole.clone();
        let place = PREFIX + place_of(&whole[PREFIX..end], tag);
        bytes[place] = 0x70;
        put_checksum(&mut bytes[..end]);
        let error = Manifest::read(&bytes).unwrap_err();
        assert!(matches!(error, ManifestError::Missing { .. }), "field {tag}: {error}");
    }
}

/// Where a field begins in a payload whose values are shorter than 128 bytes.
fn place_of(payload: &[u8], tag: u8) -> usize {
    let mut place = 0;
    while payload[place] != tag {
        place += 2 + usize::from(payload[place + 1]);
    }
    place
}
