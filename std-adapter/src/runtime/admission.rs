//! Whether a patch fits this program: a pure function of its bytes and of what is known.

use super::index::{Index, parent};
use super::report::{Integrity, Warning};
use super::seal;
use dynpatch_core::compatibility::{HeaderMismatch, ItemMismatch, Requirements, check_header, check_item};
use dynpatch_core::manifest::{Header, Item, Manifest, ManifestError};
use dynpatch_interface::record::{ItemKind, TypeUse};
use dynpatch_interface::{ErrorCode, PatchError, PatchMetadata, Version};
use std::collections::{HashMap, HashSet};
use std::path::Path;

/// What the bytes say, in memory of our own.
#[derive(Debug)]
pub(super) struct Findings {
    pub(super) metadata: PatchMetadata,
    pub(super) integrity: Integrity,
    /// The crates whose items the patch provides.
    pub(super) provides: Vec<String>,
    /// The inspected manifest, to be compared with the mapped one.
    pub(super) manifest: Vec<u8>,
    pub(super) warnings: Vec<Warning>,
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
        integrity: seal::verify(bytes, object, manifest.seal())?,
        provides: header.provides().map(str::to_owned).collect(),
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

/// Judges a patch.
pub(super) fn check(findings: &Findings, requirements: &Requirements<'_>, index: &Index) -> Result<(), PatchError> {
    let manifest = Manifest::read(&findings.manifest).map_err(|error| of_manifest(&error))?;
    check_header(requirements, manifest.header()).map_err(|mismatch| of_header(manifest.header().name, mismatch))?;
    let mut judge = Judge {
        index,
        provides: &findings.provides,
        provided: HashSet::new(),
        new: HashSet::new(),
        services: HashSet::new(),
    };
    manifest.items().try_for_each(|item| judge.judge(&item))?;
    whole_services(&manifest, index)
}

/// Only a method with a default body can be missing on one side: every table has the others.
fn whole_services(manifest: &Manifest<'_>, index: &Index) -> Result<(), PatchError> {
    let methods: HashMap<&str, bool> = manifest
        .items()
        .filter(|item| item.kind == ItemKind::Method)
        .map(|item| (item.name, item.has_default))
        .collect();
    let refuse = |method: &str, cause: &str| {
        Err(PatchError::new(ErrorCode::SignatureMismatch, method, cause)
            .with_help("give the method a default body, or restart the host with it"))
    };
    let services: HashSet<&str> = methods.keys().map(|method| parent(method)).collect();
    for service in services {
        let known = index.methods(service);
        for host in known.iter().map(|known| &known.item) {
            if !host.has_default && !methods.contains_key(host.name) {
                return refuse(
                    host.name,
                    "the service of the host has this method without a default body, the patch lacks it",
                );
            }
        }
        let of_service = |method: &&str| parent(method) == service;
        let missing = methods.iter().filter(|(method, has_default)| of_service(method) && !**has_default);
        for (method, _) in missing {
            if !known.is_empty() && index.find(method).is_none() {
                return refuse(method, "the patch adds this method without a default body to a service of the host");
            }
        }
    }
    Ok(())
}

struct Judge<'a> {
    index: &'a Index,
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
        known.map_or(Ok(()), |known| check_item(&known.item, item).map_err(|mismatch| of_item(item.name, mismatch)))
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
        let crate_name = path.split("::").next().unwrap_or(path);
        self.provides.iter().any(|provided| provided == crate_name)
    }

    fn unknown(&self, name: &str) -> PatchError {
        let last = name.rsplit("::").next().unwrap_or(name);
        let alike = self.index.names().find(|known| known.rsplit("::").next() == Some(last));
        let help = alike.map_or_else(
            || "check the path, and that the host's function is `#[patchable]` and linked".to_owned(),
            |alike| format!("did you mean `{alike}`?"),
        );
        PatchError::new(ErrorCode::UnknownItem, name, "the patch replaces this item, but the host does not have it")
            .with_help(help)
    }
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

fn of_item(name: &str, mismatch: ItemMismatch<'_>) -> PatchError {
    use ItemMismatch as M;
    let cause = match mismatch {
        M::Kind => "another kind of item in host and patch".to_owned(),
        M::Signature { host, patch } => format!("host `{host}`, patch `{patch}`"),
        M::Index { host, patch } => format!(
            "moved within its service: host place {}, patch place {}",
            host.map_or_else(|| "none".to_owned(), |place| place.to_string()),
            patch.map_or_else(|| "none".to_owned(), |place| place.to_string())
        ),
        M::Type { host, patch } => type_difference(&host, &patch),
        other => format!("{other:?}"),
    };
    PatchError::new(ErrorCode::SignatureMismatch, name, cause)
        .with_help("give the new form another name, or restart the host with it")
}

fn type_difference(host: &TypeUse<'_>, patch: &TypeUse<'_>) -> String {
    let name = host.name;
    if host.name != patch.name {
        format!("names type `{name}` in the host, `{}` in the patch", patch.name)
    } else if host.size != patch.size {
        format!("type `{name}`: host {} bytes, patch {} bytes", host.size, patch.size)
    } else if host.alignment != patch.alignment {
        format!("type `{name}`: host aligned to {}, patch to {} bytes", host.alignment, patch.alignment)
    } else {
        format!("type `{name}`: its definition in the patch is not that of the host")
    }
}
