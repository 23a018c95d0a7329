//! The checks on manifests as patches carry them: written by the constants that write them, read from bytes.
#![no_std]
#![no_main]

use core::fmt::{self, Write};
use dynpatch_core::compatibility::{
    HeaderMismatch, ItemMismatch, Requirements, check_form, check_header, check_identity, check_types,
};
use dynpatch_core::layout::{Difference, Finding, Identity, Partner, Seen, TypeEntry, TypeTable, Walk};
use dynpatch_core::manifest::{Contents, HostManifest, Item, Manifest, ManifestError};
use dynpatch_interface::record::{
    HeaderDescription, ItemDescription, ItemKind, type_record, type_record_length, unsealed,
};
use dynpatch_interface::types::{Defined, Definition, PatchType};
use dynpatch_interface::{Environment, Version};

support::tests!(
    a_patch_that_fits_is_accepted,
    a_changed_field_is_refused_by_its_name,
    a_changed_signature_is_refused,
    another_environment_is_refused,
    a_truncated_manifest_is_refused,
    a_turned_bit_is_refused,
);

/// What a firmware exchanges with its patches.
mod host {
    use dynpatch_macro::PatchType;

    /// What a sensor says.
    #[derive(PatchType)]
    #[patch_type(crate = dynpatch_interface)]
    pub(crate) struct Reading {
        sensor: u8,
        value: u32,
        earlier: [u16; 4],
    }
}

/// The same type, compiled again with the patch.
mod patch {
    use dynpatch_macro::PatchType;

    /// What a sensor says.
    #[derive(PatchType)]
    #[patch_type(crate = dynpatch_interface)]
    pub(crate) struct Reading {
        sensor: u8,
        value: u32,
        earlier: [u16; 4],
    }
}

/// The same type after somebody changed their mind.
mod changed {
    use dynpatch_macro::PatchType;

    /// What a sensor says.
    #[derive(PatchType)]
    #[patch_type(crate = dynpatch_interface)]
    pub(crate) struct Reading {
        sensor: u8,
        value: i32,
        earlier: [u16; 4],
    }
}

const ENVIRONMENT: Environment<'static> = Environment::of_this_build(cfg!(panic = "unwind"));
static ENVIRONMENT_RECORD: [u8; ENVIRONMENT.record_length()] = ENVIRONMENT.record();

const fn header(environment: Environment<'static>) -> HeaderDescription<'static> {
    HeaderDescription {
        name: "mended-filter",
        version: Version::new(1, 0, 1),
        interface_version: None,
        type_hash: None,
        provides: &["firmware"],
        requires: &[],
        conflicts: &[],
        replaces_all: false,
        environment,
        description: None,
        author: None,
    }
}

const HEADER: HeaderDescription<'static> = header(ENVIRONMENT);
static HEADER_RECORD: [u8; HEADER.encoded_length()] = HEADER.encode();
const FOREIGN: HeaderDescription<'static> = header(Environment { compiler: "1.0.0 (another)", ..ENVIRONMENT });
static FOREIGN_RECORD: [u8; FOREIGN.encoded_length()] = FOREIGN.encode();

/// `fn(&Reading) -> u32`, of whichever `Reading`.
const fn item<T: PatchType + 'static>(form: &'static str) -> ItemDescription<'static>
where
    &'static T: PatchType,
{
    ItemDescription {
        name: "firmware::filter",
        kind: ItemKind::Function,
        signature: "fn(&Reading) -> u32",
        form,
        inputs: &[const { <&'static T as PatchType>::TYPE }],
        output: Some(<u32 as PatchType>::TYPE),
        replaces: true,
        index: None,
        has_default: false,
        binary: None,
        auto_traits: None,
        foreign: false,
    }
}

/// The records of an item and of the type it takes.
macro_rules! records {
    ($ty:ty, $form:literal) => {
        [
            &const {
                const ITEM: ItemDescription<'static> = item::<$ty>($form);
                ITEM.encode::<{ ITEM.encoded_length() }>()
            },
            &const {
                const DEFINITION: Definition = <$ty as Defined>::DEFINITION;
                type_record::<{ type_record_length(&DEFINITION) }>(&DEFINITION)
            },
        ]
    };
}

static HOST: [&[u8]; 2] = records!(host::Reading, "fn(&)");
static SAME: [&[u8]; 2] = records!(patch::Reading, "fn(&)");
static CHANGED: [&[u8]; 2] = records!(changed::Reading, "fn(&)");
static UNSAFE: [&[u8]; 2] = records!(patch::Reading, "unsafe fn(&)");

/// Records as they lie behind one another in a file.
struct Section {
    bytes: [u8; 1024],
    length: usize,
}

impl Section {
    fn of(head: &[&[u8]], records: &[&[u8]]) -> Self {
        let mut section = Self { bytes: [0; 1024], length: 0 };
        for record in head.iter().chain(records) {
            let end = section.length + record.len();
            section.bytes[section.length..end].copy_from_slice(record);
            section.length = end;
        }
        section
    }

    fn of_patch(header: &[u8], records: &[&[u8]]) -> Self {
        Self::of(&[header, &unsealed()], records)
    }

    fn of_host() -> Self {
        Self::of(&[&ENVIRONMENT_RECORD], &HOST)
    }

    fn bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }
}

/// What the walk found, in words.
struct Text {
    bytes: [u8; 96],
    length: usize,
}

impl Write for Text {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = self.length + text.len();
        self.bytes.get_mut(self.length..end).ok_or(fmt::Error)?.copy_from_slice(text.as_bytes());
        self.length = end;
        Ok(())
    }
}

impl Text {
    fn of(finding: &Finding<'_>) -> Self {
        let mut text = Self { bytes: [0; 96], length: 0 };
        write!(text, "{}: {}", finding.path, finding.what).expect("room for it");
        text
    }
}

fn only_item<'a>(contents: &Contents<'a>) -> Item<'a> {
    let mut items = contents.items();
    let item = items.next().expect("an item");
    assert!(items.next().is_none());
    item
}

/// What the checks say about a patch.
struct Verdict {
    /// Whether the signatures are the same, but for their types.
    form: bool,
    /// Whether the walk accepts it, and what it said last.
    walk: bool,
    finding: Option<Text>,
    /// Whether the small comparison accepts it, and whether it names the field that was changed.
    identity: bool,
    is_named: bool,
}

fn judge(records: &[&[u8]]) -> Verdict {
    let (ours, theirs) = (Section::of_host(), Section::of_patch(&HEADER_RECORD, records));
    let ours = HostManifest::read(ours.bytes()).expect("the host's manifest reads");
    let theirs = Manifest::read(theirs.bytes()).expect("the patch's manifest reads");
    let requirements = Requirements { environment: *ours.environment(), interface_version: None, type_hash: None };
    assert_eq!(check_header(&requirements, theirs.header(), |_| false), Ok(()));
    let (host, patch) = (only_item(ours.contents()), only_item(theirs.contents()));
    let mut of_host = [ours.contents().definitions().next().expect("a definition")];
    let mut of_patch = [theirs.contents().definitions().next().expect("a definition")];
    compare(&host, &patch, &mut of_host, &mut of_patch)
}

fn compare<'a>(
    host: &Item<'a>,
    patch: &Item<'a>,
    of_host: &mut [TypeEntry<'a>],
    of_patch: &mut [TypeEntry<'a>],
) -> Verdict {
    let tables = [TypeTable::new(of_host), TypeTable::new(of_patch)].map(|table| table.expect("one definition"));
    let form = check_form(host, patch);
    assert!(form.is_ok() || matches!(form, Err(ItemMismatch::Signature { .. })));
    let (mut seen, mut partners) = ([Seen::default()], [Partner::default()]);
    let mut finding = None;
    let walk = check_types(&mut Walk::new(tables[0], tables[1], &mut seen), host, patch, true, &mut |found| {
        finding = Some(Text::of(&found));
    });
    let identity = check_identity(&mut Identity::new(tables[0], tables[1], &mut partners), host, patch);
    let is_named = identity == Err(Difference { type_name: "Reading", member: "value" });
    Verdict { form: form.is_ok(), walk, finding, identity: identity.is_ok(), is_named }
}

fn a_patch_that_fits_is_accepted() {
    let verdict = judge(&SAME);
    assert!(verdict.form && verdict.walk && verdict.identity);
    assert!(verdict.finding.is_none());
}

fn a_changed_field_is_refused_by_its_name() {
    let verdict = judge(&CHANGED);
    assert!(verdict.form && !verdict.walk && !verdict.identity);
    assert!(verdict.is_named);
    let text = verdict.finding.expect("the walk tells why");
    let said = core::str::from_utf8(&text.bytes[..text.length]);
    assert_eq!(said, Ok(", argument 0 (&Reading), field value: host u32, patch i32"));
}

fn a_changed_signature_is_refused() {
    assert!(!judge(&UNSAFE).form);
}

fn another_environment_is_refused() {
    let section = Section::of_patch(&FOREIGN_RECORD, &SAME);
    let manifest = Manifest::read(section.bytes()).expect("it reads");
    let requirements = Requirements { environment: ENVIRONMENT, interface_version: None, type_hash: None };
    let verdict = check_header(&requirements, manifest.header(), |_| true);
    let expected = HeaderMismatch::Compiler { host: ENVIRONMENT.compiler, patch: "1.0.0 (another)" };
    assert_eq!(verdict, Err(expected));
}

fn a_truncated_manifest_is_refused() {
    let section = Section::of_patch(&HEADER_RECORD, &SAME);
    let bytes = section.bytes();
    assert!(Manifest::read(bytes).is_ok());
    // Wherever it ends within a record. Between records it reads, with fewer.
    let last = bytes.len() - SAME[1].len();
    for length in last + 1..bytes.len() {
        let verdict = Manifest::read(&bytes[..length]).map(drop);
        assert_eq!(verdict, Err(ManifestError::Damaged { offset: last }));
    }
}

fn a_turned_bit_is_refused() {
    let mut section = Section::of_patch(&HEADER_RECORD, &SAME);
    // Any byte but those of the seal, which a hash judges.
    let seal = HEADER_RECORD.len()..HEADER_RECORD.len() + unsealed().len();
    for place in (0..section.length).filter(|place| !seal.contains(place)).step_by(7) {
        section.bytes[place] ^= 0x10;
        assert!(Manifest::read(section.bytes()).is_err(), "byte {place}");
        section.bytes[place] ^= 0x10;
    }
}
