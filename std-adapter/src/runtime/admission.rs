//! Whether a patch fits this program: a pure function of its bytes and of what is known.

use super::index::parent;
use super::layouts::{Described, Kind, Told, compare};
use super::plan::{PlannedItem, Refusal, SemverAdvice, Unchecked};
use super::relations::{self, Neighbour, Relations};
use super::report::{Integrity, Warning};
use super::seal;
use dynpatch_core::compatibility::{HeaderMismatch, Requirements, check_header};
use dynpatch_core::layout::{Aspect, TypeTable};
use dynpatch_core::manifest::{Header, Item, Manifest, ManifestError};
use dynpatch_core::version::{first_incompatible, next_compatible};
use dynpatch_interface::record::ItemKind;
use dynpatch_interface::{ErrorCode, PatchError, PatchMetadata, Version};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::Path;

/// What the bytes say, in memory of our own.
#[derive(Debug)]
pub(super) struct Findings {
    pub(super) metadata: PatchMetadata,
    pub(super) interface_version: Option<Version>,
    pub(super) integrity: Integrity,
    /// The crates whose items the patch provides.
    pub(super) provides: Vec<String>,
    /// The inspected manifest, to be compared with the mapped one.
    pub(super) manifest: Vec<u8>,
    pub(super) warnings: Vec<Warning>,
    /// What it says of other patches.
    pub(super) relations: Relations,
}

/// Reads the manifest of a patch whose object format is sound.
pub(super) fn read(bytes: &[u8], object: &crate::platform::NativeObject) -> Result<Findings, PatchError> {
    use dynpatch_core::Object as _;
    let section = bytes.get(object.manifest()).unwrap_or_default();
    let manifest = Manifest::read(section).map_err(|error| of_manifest(&error))?;
    let header = manifest.header();
    let copies = crate::platform::runtime_copies(bytes, object);
    Ok(Findings {
        metadata: metadata(header),
        interface_version: header.interface_version,
        integrity: seal::verify(bytes, object, manifest.seal())?,
        provides: header.provides().map(str::to_owned).collect(),
        relations: Relations::of(header).map_err(|error| of_manifest(&error))?,
        manifest: section.to_vec(),
        warnings: copies.into_iter().map(|name| Warning::SecondRuntime { name: name.to_owned() }).collect(),
    })
}

fn metadata(header: &Header<'_>) -> PatchMetadata {
    let interface = header.interface_version.unwrap_or(Version::new(0, 0, 0));
    let mut metadata =
        PatchMetadata::new(header.name.to_owned(), header.version, interface, header.type_hash.unwrap_or(0));
    metadata.description = header.description.map(str::to_owned);
    metadata.author = header.author.map(str::to_owned);
    metadata
}

/// What a patch is judged by.
#[derive(Debug)]
pub(super) struct Court<'a> {
    pub(super) requirements: &'a Requirements<'a>,
    /// Whether types that are not described are refused.
    pub(super) is_strict: bool,
    /// What the program has by name.
    pub(super) index: &'a dyn Names,
    /// The host, and every live patch, by name.
    pub(super) images: &'a [(&'a str, &'a Described<'a>)],
    /// The live patches; `None` where nobody knows which are.
    pub(super) neighbours: Option<&'a [Neighbour<'a>]>,
}

/// What a program has by name.
pub(super) trait Names: std::fmt::Debug {
    fn find(&self, name: &str) -> Option<&Item<'_>>;
    fn all(&self) -> Vec<&str>;
    /// The methods of a service.
    fn methods(&self, service: &str) -> Vec<&Item<'_>>;
}

/// Everything that was found out about a patch. It is admitted if nothing refuses it.
#[derive(Debug, Default)]
pub(super) struct Judgement {
    pub(super) refusals: Vec<(PatchError, Refusal)>,
    pub(super) items: Vec<PlannedItem>,
    pub(super) evolved: Vec<Unchecked>,
    pub(super) opaque: Vec<Unchecked>,
    pub(super) downcastable: Vec<Unchecked>,
    pub(super) pending: Vec<String>,
    pub(super) notes: Vec<String>,
    pub(super) semver: Option<SemverAdvice>,
}

impl Judgement {
    /// The first reason to refuse.
    pub(super) fn verdict(mut self) -> Result<(), PatchError> {
        let others = self.refusals.len().saturating_sub(1);
        if self.refusals.is_empty() {
            return Ok(());
        }
        let (error, _) = self.refusals.remove(0);
        let mut help = error.help().map(str::to_owned).unwrap_or_default();
        if let Some(advice) = &self.semver {
            help = format!("{advice}; {help}");
        }
        if others > 0 {
            help = format!("{help} ({others} more: `dynpatch::plan` lists all)");
        }
        Err(if help.is_empty() { error } else { error.with_help(help) })
    }

    fn refuse(&mut self, error: PatchError) {
        self.refuse_by(error, None, HOST);
    }

    fn refuse_by(&mut self, error: PatchError, aspect: Option<Aspect>, against: &str) {
        let refusal = Refusal::new(&error, aspect.map(Aspect::code), against);
        if !self.refusals.iter().any(|(_, known)| known.subject == refusal.subject && known.cause == refusal.cause) {
            self.refusals.push((error, refusal));
        }
    }

    fn take(&mut self, told: Told, against: &str) {
        let Told { item, path, text, kind } = told;
        let subject = format!("{item}{path}");
        if kind.refuses() {
            let (code, help, aspect) = match kind {
                Kind::Differs(aspect) => (ErrorCode::Layout, aspect.help(), Some(aspect)),
                Kind::Unreadable => (ErrorCode::ManifestCorrupt, "build the patch again", None),
                _ => (ErrorCode::SignatureMismatch, RENAME, None),
            };
            return self.refuse_by(PatchError::new(code, subject, text).with_help(help), aspect, against);
        }
        if kind == Kind::Evolved(Aspect::Package) {
            return self.notes.push(format!("{subject}: {text}"));
        }
        let list = match kind {
            Kind::Opaque => &mut self.opaque,
            Kind::Downcasts => &mut self.downcastable,
            _ => &mut self.evolved,
        };
        let unchecked = Unchecked { subject, what: text };
        // One type is told once, however many items name it.
        if !list.iter().any(|known| known.what == unchecked.what) {
            list.push(unchecked);
        }
    }
}

/// How a plan names the host.
pub(super) const HOST: &str = "host";

const RENAME: &str = "give the new form another name, or restart the host with it";

/// Judges a patch.
pub(super) fn judge(findings: &Findings, court: &Court<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    let manifest = match Manifest::read(&findings.manifest) {
        Ok(manifest) => manifest,
        Err(error) => {
            judgement.refuse(of_manifest(&error));
            return judgement;
        }
    };
    let header = manifest.header();
    if let Err(mismatch) = check_header(court.requirements, header, crate::processor::has) {
        // Nothing that follows would mean anything.
        judgement.refuse(of_header(header.name, mismatch));
        return judgement;
    }
    if header.environment.debug_assertions != court.requirements.environment.debug_assertions {
        judgement.notes.push("debug assertions are on in one of host and patch, and off in the other".to_owned());
    }
    judge_relations(findings, court, &mut judgement);
    let items: Vec<Item<'_>> = manifest.contents().items().collect();
    judge_items(&items, findings, court, &mut judgement);
    judge_types(&manifest, &items, findings, court, &mut judgement);
    whole_services(&items, court.index, &mut judgement);
    judgement.semver = advice(court.requirements.interface_version, header.interface_version, &judgement);
    judgement
}

fn judge_relations(findings: &Findings, court: &Court<'_>, judgement: &mut Judgement) {
    match court.neighbours {
        Some(live) => relations::refusals(findings, live).into_iter().for_each(|error| judgement.refuse(error)),
        // What it says of others is judged among none.
        None if findings.relations.replaces_all => {
            relations::refusals(findings, &[]).into_iter().for_each(|error| judgement.refuse(error));
        }
        None => {
            let required = findings.relations.requires.iter().map(|required| format!("requires {required} to be live"));
            let foes = findings.relations.conflicts.iter().map(|foe| format!("conflicts with {foe}"));
            judgement.pending.extend(required.chain(foes));
        }
    }
}

fn judge_items(items: &[Item<'_>], findings: &Findings, court: &Court<'_>, judgement: &mut Judgement) {
    let mut judge = Judge {
        index: court.index,
        provides: &findings.provides,
        provided: HashSet::new(),
        new: HashSet::new(),
        services: HashSet::new(),
    };
    for item in items {
        if let Err(error) = judge.judge(item) {
            judgement.refuse(error);
        }
        if item.foreign && cfg!(feature = "abi_stable") && court.index.find(item.name).is_some() {
            judgement.pending.push(format!("{}: checked by abi_stable once the patch is mapped", item.name));
        }
        if item.kind != ItemKind::Implementation {
            let provided = item.replaces || judge.is_provided(item.name);
            judgement.items.push(PlannedItem {
                name: item.name.to_owned(),
                signature: item.signature.to_owned(),
                provided: provided && item.kind != ItemKind::Method,
                new: court.index.find(item.name).is_none(),
            });
        }
    }
    for item in &mut judgement.items {
        item.provided |= judge.services.contains(parent(&item.name));
    }
}

fn judge_types(
    manifest: &Manifest<'_>,
    items: &[Item<'_>],
    findings: &Findings,
    court: &Court<'_>,
    judgement: &mut Judgement,
) {
    let mut definitions: Vec<_> = manifest.contents().definitions().collect();
    let types = match TypeTable::new(&mut definitions) {
        Ok(types) => types,
        Err(error) => return judgement.refuse(of_manifest(&error)),
    };
    let implemented: HashSet<&str> = items
        .iter()
        .filter(|item| item.kind == ItemKind::Implementation && is_provided(&findings.provides, item.signature))
        .map(|item| item.name)
        .collect();
    let provided = |item: &Item<'_>| match item.kind {
        ItemKind::Method => implemented.contains(parent(item.name)),
        _ => item.replaces || is_provided(&findings.provides, item.name),
    };
    for (name, image) in court.images {
        compare(image, types, items, &provided, &mut |told| judgement.take(told, name));
    }
    if court.is_strict {
        let lists = [&judgement.opaque, &judgement.downcastable];
        let unchecked: Vec<Unchecked> = lists.into_iter().flatten().cloned().collect();
        for Unchecked { subject, what } in unchecked {
            let error = PatchError::new(ErrorCode::StrictLayouts, subject, what);
            judgement.refuse(
                error.with_help("describe the type with `#[derive(PatchType)]`, or keep it out of what crosses"),
            );
        }
    }
}

/// What the interface's version should be, if the patch claims to go with the host and its types say something else.
fn advice(host: Option<Version>, claimed: Option<Version>, judgement: &Judgement) -> Option<SemverAdvice> {
    let (host, claimed) = (host?, claimed?);
    let structural =
        |refusal: &&(PatchError, Refusal)| matches!(refusal.0.code(), ErrorCode::Layout | ErrorCode::SignatureMismatch);
    let (right, because) = if let Some((_, refusal)) = judgement.refusals.iter().find(structural) {
        (first_incompatible(host), format!("{} differs ({})", refusal.subject, refusal.cause))
    } else if let Some(grown) = judgement.evolved.first().filter(|_| claimed <= host) {
        (next_compatible(host), format!("{} grew ({})", grown.subject, grown.what))
    } else {
        return None;
    };
    let [host, claimed, right] = [host, claimed, right].map(|version| version.to_string());
    Some(SemverAdvice { host, claimed, right, because })
}

/// Only a method with a default body can be missing on one side: every table has the others.
fn whole_services(items: &[Item<'_>], index: &dyn Names, judgement: &mut Judgement) {
    let methods: BTreeMap<&str, bool> =
        items.iter().filter(|item| item.kind == ItemKind::Method).map(|item| (item.name, item.has_default)).collect();
    let mut refuse = |method: &str, aspect: Aspect, cause: &str| {
        let error = PatchError::new(ErrorCode::Layout, method, cause);
        judgement.refuse_by(
            error.with_help("give the method a default body, or restart the host with it"),
            Some(aspect),
            HOST,
        );
    };
    let services: BTreeSet<&str> = methods.keys().map(|method| parent(method)).collect();
    let mut grown = Vec::new();
    for service in services {
        let known = index.methods(service);
        for host in &known {
            if !host.has_default && !methods.contains_key(host.name) {
                let cause = "the service of the host has this method without a default body, the patch lacks it";
                refuse(host.name, Aspect::MethodRemoved, cause);
            }
        }
        let of_service = methods.iter().filter(|(method, _)| parent(method) == service && !known.is_empty());
        for (method, has_default) in of_service.filter(|(method, _)| index.find(method).is_none()) {
            if *has_default {
                grown.push((*method).to_owned());
            } else {
                let cause = "the patch adds this method without a default body to a service of the host";
                refuse(method, Aspect::MethodAdded, cause);
            }
        }
    }
    let what = "a method with a default body is new in the patch";
    judgement.evolved.extend(grown.into_iter().map(|subject| Unchecked { subject, what: what.to_owned() }));
}

struct Judge<'a> {
    index: &'a dyn Names,
    provides: &'a [String],
    provided: HashSet<String>,
    /// What the program does not have, provided or not.
    new: HashSet<String>,
    services: HashSet<String>,
}

impl Judge<'_> {
    fn judge(&mut self, item: &Item<'_>) -> Result<(), PatchError> {
        if item.kind == ItemKind::Implementation {
            return self.judge_implementation(item);
        }
        let known = self.index.find(item.name);
        if item.replaces && known.is_none() {
            return Err(self.unknown(item.name));
        }
        if (item.replaces || self.is_provided(item.name)) && !self.provided.insert(item.name.to_owned()) {
            let cause = "the patch provides this item twice";
            return Err(PatchError::new(ErrorCode::DuplicateItem, item.name, cause).with_help("remove one of the two"));
        }
        if known.is_none() && !item.replaces && !self.new.insert(item.name.to_owned()) {
            let cause = "the patch links two items of this path";
            return Err(PatchError::new(ErrorCode::DuplicateItem, item.name, cause)
                .with_help("link one version of the crate, and keep patchable functions out of function bodies"));
        }
        Ok(())
    }

    /// An implementation's signature is its own path; its methods are checked as items of their own.
    fn judge_implementation(&mut self, item: &Item<'_>) -> Result<(), PatchError> {
        if self.is_provided(item.signature) && !self.services.insert(item.name.to_owned()) {
            let cause = "the patch exports two implementations of this service";
            return Err(PatchError::new(ErrorCode::DuplicateService, item.name, cause)
                .with_help("put `#[patch_impl]` on one implementation only"));
        }
        Ok(())
    }

    fn is_provided(&self, path: &str) -> bool {
        is_provided(self.provides, path)
    }

    fn unknown(&self, name: &str) -> PatchError {
        let last = name.rsplit("::").next().unwrap_or(name);
        let names = self.index.all();
        let alike = names.into_iter().find(|known| known.rsplit("::").next() == Some(last));
        let help = alike.map_or_else(
            || "check the path, and that the host's function is `#[patchable]` and linked".to_owned(),
            |alike| format!("did you mean `{alike}`?"),
        );
        PatchError::new(ErrorCode::UnknownItem, name, "the patch replaces this item, but the host does not have it")
            .with_help(help)
    }
}

fn is_provided(provides: &[String], path: &str) -> bool {
    let crate_name = path.split("::").next().unwrap_or(path);
    provides.iter().any(|provided| provided == crate_name)
}

/// Puts the path before an error that speaks of a part of the file.
pub(super) fn about(path: &Path, error: &PatchError) -> PatchError {
    let about = PatchError::new(error.code(), path.display(), format_args!("{}: {}", error.subject(), error.cause()));
    match error.help() {
        Some(help) => about.with_help(help),
        None => about,
    }
}

pub(super) fn of_manifest(error: &ManifestError) -> PatchError {
    let (code, help) = match error {
        ManifestError::Format { .. } | ManifestError::UnknownField { .. } | ManifestError::UnknownKind { .. } => {
            (ErrorCode::ManifestFormat, "build patch and host with the same version of dynpatch")
        }
        ManifestError::Missing { .. } => {
            (ErrorCode::NotAPatch, "invoke `dynpatch::patch!()` in the root of the cdylib")
        }
        _ => (ErrorCode::ManifestCorrupt, "build or copy the patch again"),
    };
    PatchError::new(code, "manifest", error).with_help(help)
}

fn of_header(name: &str, mismatch: HeaderMismatch<'_>) -> PatchError {
    use HeaderMismatch as M;
    let (code, cause, help) = match mismatch {
        M::Target { host, patch } => (
            ErrorCode::TargetMismatch,
            format!("built for {patch}, the host for {host}"),
            format!("build the patch with `--target {host}`"),
        ),
        M::Compiler { host, patch } => (
            ErrorCode::CompilerMismatch,
            format!("built by rustc {patch}, the host by {host}"),
            "build patch and host with the same toolchain".to_owned(),
        ),
        M::Abi { host, patch } => (
            ErrorCode::AbiMismatch,
            format!("built for the ABI {patch:?}, the host for {host:?}"),
            "build the patch for the host's target".to_owned(),
        ),
        M::PointerWidth { host, patch } => (
            ErrorCode::PointerWidth,
            format!("pointers of {patch} bits, the host's are of {host}"),
            "build the patch for the host's target".to_owned(),
        ),
        M::Endianness { host_little } => (
            ErrorCode::Endianness,
            format!("the host's low byte comes {}, the patch's does not", if host_little { "first" } else { "last" }),
            "build the patch for the host's target".to_owned(),
        ),
        M::LayoutProbe { host, patch } => (
            ErrorCode::LayoutProbe,
            format!("the compiler put the fields of a probe at {patch:?}, in the host at {host:?}"),
            "build patch and host with the same flags, without `-Zrandomize-layout`".to_owned(),
        ),
        M::CpuFeature { feature } => (
            ErrorCode::CpuFeature,
            format!("compiled for a processor with {feature}, which this one has not"),
            "build the patch without `-C target-cpu` and `-C target-feature`, or with those of the host".to_owned(),
        ),
        M::Framework { host, patch } => (
            ErrorCode::FrameworkMismatch,
            format!("built with dynpatch {patch}, the host with {host}"),
            "build patch and host with the same version of dynpatch".to_owned(),
        ),
        M::PanicAbort => (
            ErrorCode::PanicAbort,
            "built with panic = \"abort\": a panic in it would end the host".to_owned(),
            "remove `panic = \"abort\"` from the patch's profile".to_owned(),
        ),
        M::Allocator { patch } => (
            ErrorCode::AllocatorMismatch,
            format!("its memory comes from `{patch}`, not from the host"),
            "let `dynpatch::patch!` declare the allocator".to_owned(),
        ),
        M::InterfaceVersion { host, patch } => (
            ErrorCode::InterfaceVersion,
            format!(
                "written for interface {}, the host offers {host}",
                patch.map_or_else(String::new, |v| v.to_string())
            ),
            "build the patch against the host's interface".to_owned(),
        ),
        M::TypeHash { host, patch } => (
            ErrorCode::TypeHash,
            match patch {
                Some(patch) => format!("interface hash {patch:#018x}, the host asks for {host:#018x}"),
                None => format!("no interface hash, the host asks for {host:#018x}"),
            },
            "give the host's hash to `dynpatch::patch!(type_hash = …)` once the interface is the same".to_owned(),
        ),
        other => (ErrorCode::ManifestCorrupt, format!("{other:?}"), String::new()),
    };
    PatchError::new(code, name, cause).with_help(help)
}

#[cfg(test)]
mod tests {
    use super::{ErrorCode, HOST, Judgement, PatchError, Refusal, Unchecked, Version, advice};

    const HOST_OFFERS: Version = Version::new(1, 2, 3);

    fn refused(code: ErrorCode) -> Judgement {
        let error = PatchError::new(code, "app::f, result (u8)", "host u8, patch i8");
        let refusal = Refusal::new(&error, None, HOST);
        Judgement { refusals: vec![(error, refusal)], ..Judgement::default() }
    }

    fn grown() -> Judgement {
        let grown = Unchecked { subject: "app::Service::g".to_owned(), what: "a method".to_owned() };
        Judgement { evolved: vec![grown], ..Judgement::default() }
    }

    #[track_caller]
    fn right(claimed: Version, judgement: &Judgement, expected: Option<&str>) {
        let advice = advice(Some(HOST_OFFERS), Some(claimed), judgement);
        assert_eq!(advice.map(|advice| advice.right).as_deref(), expected);
    }

    #[test]
    fn a_break_needs_the_next_incompatible_version() {
        right(Version::new(1, 2, 0), &refused(ErrorCode::Layout), Some("2.0.0"));
        right(Version::new(1, 2, 3), &refused(ErrorCode::SignatureMismatch), Some("2.0.0"));
        right(Version::new(1, 2, 3), &refused(ErrorCode::UnknownItem), None);
    }

    #[test]
    fn growth_needs_a_version_above_the_hosts() {
        right(HOST_OFFERS, &grown(), Some("1.3.0"));
        right(Version::new(1, 1, 0), &grown(), Some("1.3.0"));
        right(Version::new(1, 3, 0), &grown(), None);
        right(HOST_OFFERS, &Judgement::default(), None);
    }

    #[test]
    fn who_claims_nothing_is_told_nothing() {
        assert!(advice(None, Some(HOST_OFFERS), &refused(ErrorCode::Layout)).is_none());
        assert!(advice(Some(HOST_OFFERS), None, &refused(ErrorCode::Layout)).is_none());
    }
}
