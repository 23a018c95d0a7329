//! The reader of manifests: no panic, no allocation, nothing outside the input, and one answer to one question.

use super::meter::bytes_asked_for;
use super::views;
use dynpatch_core::layout::DefinitionView;
use dynpatch_core::manifest::{
    Contents, Field, HostManifest, Item, MAX_RECORDS, Manifest, ManifestError, Record, records,
};
use dynpatch_interface::Environment;
use dynpatch_interface::record::{PREFIX, SEAL_LENGTH, header, kind};

/// Reads `bytes` as a manifest in every way there is.
///
/// # Panics
/// When an invariant does not hold.
pub fn manifest(bytes: &[u8]) {
    let ((), asked_for) = bytes_asked_for(|| {
        let found = every_record(bytes);
        let read = "a manifest is read whole, so every record of it is";
        if let Ok(manifest) = Manifest::read(bytes) {
            whole(bytes, &manifest, found.as_ref().expect(read));
        }
        if let Ok(manifest) = HostManifest::read(bytes) {
            whole_host(bytes, &manifest, found.as_ref().expect(read));
        }
    });
    assert_eq!(asked_for, 0, "bytes allocated for a manifest of {} bytes", bytes.len());
}

/// Whether the readers get to the end of it. A fuzzer that starts from what they refuse tests little.
pub fn manifest_is_accepted(bytes: &[u8]) -> bool {
    Manifest::read(bytes).is_ok()
}

/// What the records are by the plainest way to count them.
#[derive(Default)]
struct Found {
    items: usize,
    definitions: usize,
    provides: usize,
}

fn every_record(bytes: &[u8]) -> Result<Found, ManifestError> {
    let (mut found, mut result, mut end, mut count) = (Found::default(), Ok(()), 0, 0);
    let mut all = records(bytes);
    for record in all.by_ref() {
        assert!(result.is_ok(), "a record after an error");
        match record {
            Err(error) => result = Err(error),
            Ok(record) => {
                count += 1;
                assert!(count <= MAX_RECORDS, "more records than there may be");
                assert!(end <= record.range.start, "records overlap");
                assert!(bytes[end..record.range.start].iter().all(|byte| *byte == 0), "more than padding was skipped");
                end = record.range.end;
                every_field(bytes, &record, &mut found);
            }
        }
    }
    assert!(all.next().is_none(), "a record after the last");
    result.map(|()| found)
}

fn every_field(bytes: &[u8], record: &Record<'_>, found: &mut Found) {
    let whole = &bytes[record.range.clone()];
    assert!(core::ptr::eq(&whole[PREFIX..], record.payload), "the payload is not that of the range");
    assert_eq!(
        Record::single(whole).map(|single| single.payload),
        Ok(record.payload),
        "by itself it is another record"
    );
    found.items += usize::from(record.kind == kind::ITEM);
    found.definitions += usize::from(record.kind == kind::TYPE);
    if let Some(definition) = DefinitionView::of_record(record.payload) {
        views::definition(record.payload, &definition);
    }
    let mut fields = 0;
    for field in record.fields().filter_map(Result::ok) {
        fields += 1;
        every_type(record, &field);
        found.provides += usize::from(record.kind == kind::HEADER && field.tag == header::PROVIDES);
    }
    // A tag and a length.
    assert!(fields * 2 <= record.payload.len(), "more fields than bytes for them");
}

fn every_type(record: &Record<'_>, field: &Field<'_>) {
    if let Ok(string) = field.string() {
        inside(record.payload, string);
    }
    if let Ok(node) = field.node() {
        views::node(record.payload, node);
    }
    if let Ok(nodes) = field.nodes() {
        views::nodes(record.payload, nodes);
    }
    let (number, boolean) = (field.number(), field.boolean());
    if let Ok(boolean) = boolean {
        assert_eq!(number, Ok(u64::from(boolean)), "as a number it is another value");
    }
    // What they hold is the caller's; that they return is not.
    let _ = (field.version(), field.bytes::<8>(), field.unknown());
}

pub(super) fn inside(bytes: &[u8], string: &str) {
    let (outer, inner) = (bytes.as_ptr_range(), string.as_bytes().as_ptr_range());
    assert!(outer.start <= inner.start && inner.end <= outer.end, "a string outside the input");
}

/// What `Manifest::read` promises: later readers meet no error.
fn whole(bytes: &[u8], manifest: &Manifest<'_>, found: &Found) {
    let (header, seal) = (manifest.header(), manifest.seal());
    environment(bytes, &header.environment);
    for string in [header.name, header.allocator] {
        inside(bytes, string);
    }
    for string in [header.description, header.author].into_iter().flatten().chain(header.provides()) {
        inside(bytes, string);
    }
    let place = bytes.get(seal.range.clone()).expect("the seal's place is in the input");
    assert_eq!(place.len(), SEAL_LENGTH);
    assert!(
        seal.hash.map_or(place.iter().all(|byte| *byte == 0), |hash| hash == place),
        "another hash is in its place"
    );
    for relation in header.requires().chain(header.conflicts()).filter_map(Result::ok) {
        assert!(!relation.name.is_empty(), "a relation to nobody");
    }
    _ = header.replaces_all();
    assert_eq!(header.provides().count(), found.provides, "crates that the patch provides were lost");
    whole_contents(bytes, manifest.contents(), found);
}

fn whole_host(bytes: &[u8], manifest: &HostManifest<'_>, found: &Found) {
    environment(bytes, manifest.environment());
    whole_contents(bytes, manifest.contents(), found);
}

fn environment(bytes: &[u8], of: &Environment<'_>) {
    [of.compiler, of.target, of.abi, of.cpu_features].into_iter().for_each(|string| inside(bytes, string));
}

fn whole_contents(bytes: &[u8], contents: &Contents<'_>, found: &Found) {
    assert_eq!(contents.items().inspect(|item| every_part(bytes, item)).count(), found.items, "items were lost");
    assert_eq!(contents.definition_count(), found.definitions, "definitions were counted otherwise");
    assert_eq!(contents.definitions().count(), found.definitions, "definitions were lost");
}

fn every_part(bytes: &[u8], item: &Item<'_>) {
    assert!(item.name.starts_with(item.crate_name()), "the crate's name is not the beginning of the path");
    for string in [item.name, item.signature, item.form].into_iter().chain(item.binary) {
        inside(bytes, string);
    }
    views::nodes(bytes, item.inputs);
    item.output.into_iter().for_each(|node| views::node(bytes, node));
}
