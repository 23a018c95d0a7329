//! What patches say of each other, and whether they go together.

use super::admission::Findings;
use dynpatch_core::manifest::{Header, ManifestError, Relation};
use dynpatch_interface::{ErrorCode, PatchError, PatchMetadata, Version};
use std::fmt;

/// What a patch says of others.
#[derive(Debug, Clone, Default)]
pub(super) struct Relations {
    pub(super) requires: Vec<Related>,
    pub(super) conflicts: Vec<Related>,
    /// It stands on the built-in code, in the place of all live patches.
    pub(super) replaces_all: bool,
}

/// Another patch, as one speaks of it.
#[derive(Debug, Clone)]
pub(super) struct Related {
    name: String,
    version: Option<Version>,
}

impl Relations {
    pub(super) fn of(header: &Header<'_>) -> Result<Self, ManifestError> {
        Ok(Self {
            requires: header.requires().map(Related::of).collect::<Result<_, _>>()?,
            conflicts: header.conflicts().map(Related::of).collect::<Result<_, _>>()?,
            replaces_all: header.replaces_all()?,
        })
    }
}

impl Related {
    fn of(relation: Result<Relation<'_>, ManifestError>) -> Result<Self, ManifestError> {
        relation.map(|relation| Self { name: relation.name.to_owned(), version: relation.version })
    }

    pub(super) fn is_about(&self, patch: &PatchMetadata) -> bool {
        self.relation().is_about(&patch.name, patch.version)
    }

    fn relation(&self) -> Relation<'_> {
        Relation { name: &self.name, version: self.version }
    }
}

impl fmt::Display for Related {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.relation().fmt(f)
    }
}

/// A live patch, as another one meets it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Neighbour<'a> {
    pub(super) patch: &'a PatchMetadata,
    pub(super) relations: &'a Relations,
    /// It can be taken back no more.
    pub(super) is_settled: bool,
}

impl Neighbour<'_> {
    /// Whether one of the two says that they conflict.
    pub(super) fn is_in_conflict_with(&self, patch: &PatchMetadata, relations: &Relations) -> bool {
        relations.conflicts.iter().any(|foe| foe.is_about(self.patch))
            || self.relations.conflicts.iter().any(|foe| foe.is_about(patch))
    }
}

/// Why a patch does not go with those that are live.
pub(super) fn refusals(findings: &Findings, live: &[Neighbour<'_>]) -> Vec<PatchError> {
    let Findings { metadata, relations, .. } = findings;
    // Those that it takes the place of are no neighbours of it.
    let neighbours = if relations.replaces_all { &[] } else { live };
    let missing = relations.requires.iter().filter(|required| !neighbours.iter().any(|n| required.is_about(n.patch)));
    let missing = missing.map(|required| lacks(metadata, relations, required, neighbours));
    let in_conflict = neighbours.iter().filter(|neighbour| neighbour.is_in_conflict_with(metadata, relations));
    missing.chain(in_conflict.map(|neighbour| conflict(metadata, relations, neighbour))).collect()
}

fn lacks(patch: &PatchMetadata, own: &Relations, required: &Related, neighbours: &[Neighbour<'_>]) -> PatchError {
    let other = neighbours.iter().find(|neighbour| neighbour.patch.name == required.name);
    let (cause, help) = match other {
        _ if own.replaces_all => (
            format!("it requires {required}, and takes the place of all live patches"),
            "bring what it needs with it".to_owned(),
        ),
        Some(other) => (
            format!("it requires {required}, and v{} is live", other.patch.version),
            format!("apply a version of {} that goes with it", required.name),
        ),
        None => (format!("it requires {required}, which is not live"), format!("apply {} first", required.name)),
    };
    PatchError::new(ErrorCode::Requirement, &patch.name, cause).with_help(help)
}

fn conflict(patch: &PatchMetadata, own: &Relations, neighbour: &Neighbour<'_>) -> PatchError {
    let PatchMetadata { name, version, .. } = neighbour.patch;
    let declares = own.conflicts.iter().any(|foe| foe.is_about(neighbour.patch));
    let cause = if declares {
        format!("it says that it conflicts with {name}, and {name} v{version} is live")
    } else {
        format!("{name} v{version} is live, which says that it conflicts with {}", patch.name)
    };
    let help = match neighbour.is_settled {
        true => format!("{name} can be taken back no more: apply a patch that replaces what it brought"),
        false => format!("disable {name} first"),
    };
    PatchError::new(ErrorCode::Conflict, &patch.name, cause).with_help(help)
}
