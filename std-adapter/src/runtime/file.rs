//! Judges a patch by the file of a host, without running either.

use super::admission::{Court, HOST, Names, of_manifest};
use super::apply::planned;
use super::index::parent;
use super::layouts::Described;
use super::plan::Plan;
use crate::platform::{LoaderLimits, NativeLoader, executable_manifest};
use dynpatch_core::compatibility::Requirements;
use dynpatch_core::manifest::{HostManifest, Item};
use dynpatch_interface::record::ItemKind;
use dynpatch_interface::{ErrorCode, PatchError};
use std::collections::HashMap;
use std::path::Path;

/// What a host that runs the executable `host` would say to the patch at `patch`, if nothing else was applied to it and it
/// asks for no interface version, no interface hash, and no strict layouts.
///
/// # Errors
/// When `host` cannot be read, or is no executable with a dynpatch manifest. Whatever is wrong with the patch stands in
/// the plan.
pub fn plan_for(host: impl AsRef<Path>, patch: impl AsRef<Path>) -> Result<Plan, PatchError> {
    let host = host.as_ref();
    let about = |error: PatchError| super::admission::about(host, &error);
    let bytes = std::fs::read(host).map_err(|error| {
        let is_missing = error.kind() == std::io::ErrorKind::NotFound;
        PatchError::new(if is_missing { ErrorCode::NotFound } else { ErrorCode::Io }, host.display(), error)
    })?;
    let place = executable_manifest(&bytes).map_err(about)?;
    let section = bytes.get(place).unwrap_or_default();
    let manifest = HostManifest::read(section).map_err(|error| about(of_manifest(&error)))?;
    let described = Described::of_contents(manifest.contents()).map_err(|error| about(of_manifest(&error)))?;
    let items = Listed::of(&manifest);
    let court = Court {
        requirements: &Requirements { environment: *manifest.environment(), interface_version: None, type_hash: None },
        is_strict: false,
        index: &items,
        images: &[(HOST, &described)],
        neighbours: None,
    };
    let loader = NativeLoader::with_limits(LoaderLimits::default());
    Ok(planned(&loader, &court, patch.as_ref()))
}

/// The items of a file by name.
#[derive(Debug)]
struct Listed<'a>(HashMap<&'a str, Item<'a>>);

impl<'a> Listed<'a> {
    fn of(manifest: &HostManifest<'a>) -> Self {
        let items = manifest.contents().items().filter(|item| item.kind != ItemKind::Implementation);
        Self(items.map(|item| (item.name, item)).collect())
    }
}

impl Names for Listed<'_> {
    fn find(&self, name: &str) -> Option<&Item<'_>> {
        self.0.get(name)
    }

    fn all(&self) -> Vec<&str> {
        self.0.keys().copied().collect()
    }

    fn methods(&self, service: &str) -> Vec<&Item<'_>> {
        let of_service = |item: &&Item<'_>| item.index.is_some() && parent(item.name) == service;
        self.0.values().filter(of_service).collect()
    }
}
