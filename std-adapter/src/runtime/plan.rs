//! What would happen to a patch, as a value.

use super::admission::{Findings, HOST, Judgement};
use dynpatch_interface::PatchError;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::path::{Path, PathBuf};

/// What [`plan`](crate::plan) found out: whether the patch would be applied, and everything worth knowing about it.
/// Nothing was mapped, none of its code ran.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Plan {
    /// The file.
    pub path: PathBuf,
    /// The patch, if the file got as far as to say what it is.
    pub patch: Option<PlannedPatch>,
    /// Why it would be refused; empty when it fits. The first is what an apply would say.
    pub refusals: Vec<Refusal>,
    /// Its items, in the order of the file.
    pub items: Vec<PlannedItem>,
    /// Differences that are allowed, because they were declared.
    pub evolved: Vec<Unchecked>,
    /// Types that are not described: only their names and sizes were compared.
    pub opaque: Vec<Unchecked>,
    /// Types that may hold values of any type, which nobody compared.
    pub downcastable: Vec<Unchecked>,
    /// Checks that need the mapped patch: they run when it is applied, and may refuse it then.
    pub pending: Vec<String>,
    /// What is probably not what was meant.
    pub warnings: Vec<String>,
    /// What is worth knowing and no reason to refuse.
    pub notes: Vec<String>,
    /// The version the patch's interface should have, where its claim and its types disagree.
    pub semver: Option<SemverAdvice>,
}

impl Plan {
    pub(super) fn new(path: &Path, findings: &Findings, judgement: Judgement) -> Self {
        let Findings { metadata, interface_version, integrity, provides, warnings, .. } = findings;
        let Judgement { refusals, items, evolved, opaque, downcastable, pending, notes, semver } = judgement;
        let patch = PlannedPatch {
            name: metadata.name.clone(),
            version: metadata.version.to_string(),
            interface_version: interface_version.map(|version| version.to_string()),
            provides: provides.clone(),
            integrity: integrity.to_string(),
        };
        Self {
            path: path.to_owned(),
            patch: Some(patch),
            refusals: refusals.into_iter().map(|(_, refusal)| refusal).collect(),
            items,
            evolved,
            opaque,
            downcastable,
            pending,
            warnings: warnings.iter().map(ToString::to_string).collect(),
            notes,
            semver,
        }
    }

    pub(super) fn unreadable(path: &Path, error: &PatchError) -> Self {
        Self {
            path: path.to_owned(),
            patch: None,
            refusals: vec![Refusal::new(error, None, HOST)],
            items: Vec::new(),
            evolved: Vec::new(),
            opaque: Vec::new(),
            downcastable: Vec::new(),
            pending: Vec::new(),
            warnings: Vec::new(),
            notes: Vec::new(),
            semver: None,
        }
    }

    /// Whether everything that the file says fits. What only an apply can meet is left: a budget that is used up, the dynamic
    /// linker, the patch's constructors and entry, the checks that are pending.
    pub fn fits(&self) -> bool {
        self.refusals.is_empty()
    }
}

/// What a patch says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PlannedPatch {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The interface version it was written for, if it claims one.
    pub interface_version: Option<String>,
    /// The crates whose items it brings.
    pub provides: Vec<String>,
    /// `sealed` or `none`.
    pub integrity: String,
}

/// An item of a patch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PlannedItem {
    /// Its path.
    pub name: String,
    /// Its signature, or its type.
    pub signature: String,
    /// Whether the patch brings it; else it calls the one that is there.
    pub provided: bool,
    /// Whether nobody had it before.
    pub new: bool,
}

/// Why a patch would be refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Refusal {
    /// The stable code, as [`ErrorCode::as_str`](crate::ErrorCode::as_str) gives it.
    pub code: String,
    /// In which respect two types differ, where that is it: a stable code, as `field-added`.
    pub aspect: Option<String>,
    /// With what the patch was compared: `host`, or the name of a live patch.
    pub against: String,
    /// The item and the place in it.
    pub subject: String,
    /// Both sides.
    pub cause: String,
    /// What to do.
    pub help: Option<String>,
}

impl Refusal {
    pub(super) fn new(error: &PatchError, aspect: Option<&str>, against: &str) -> Self {
        Self {
            code: error.code().as_str().to_owned(),
            aspect: aspect.map(str::to_owned),
            against: against.to_owned(),
            subject: error.subject().to_owned(),
            cause: error.cause().to_owned(),
            help: error.help().map(str::to_owned),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error[{}]: {}: {}", self.code, self.subject, self.cause)
    }
}

/// Something that was not compared to the end, or that was allowed to differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Unchecked {
    /// The item and the place in it.
    pub subject: String,
    /// What about it.
    pub what: String,
}

/// The version that types and claim would agree on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SemverAdvice {
    /// What the host offers.
    pub host: String,
    /// What the patch claims.
    pub claimed: String,
    /// The lowest version that would be right.
    pub right: String,
    /// The difference that decides.
    pub because: String,
}

impl fmt::Display for SemverAdvice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host, claimed, right, because } = self;
        write!(f, "interface {claimed} claims to go with {host}, but {because}: needs {right}")
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.patch {
            Some(patch) => write!(f, "{} v{}", patch.name, patch.version)?,
            None => write!(f, "{}", self.path.display())?,
        }
        writeln!(f, "{}", if self.fits() { ": fits" } else { ": would be refused" })?;
        for refusal in &self.refusals {
            writeln!(f, "  {refusal}")?;
            if let Some(help) = &refusal.help {
                writeln!(f, "    help: {help}")?;
            }
        }
        for item in self.items.iter().filter(|item| item.provided) {
            writeln!(f, "  brings {}: {}", item.name, item.signature)?;
        }
        for (title, list) in
            [("allowed", &self.evolved), ("opaque", &self.opaque), ("contents unchecked", &self.downcastable)]
        {
            list.iter().try_for_each(|entry| writeln!(f, "  {title}: {}: {}", entry.subject, entry.what))?;
        }
        for (title, list) in [("pending", &self.pending), ("warning", &self.warnings), ("note", &self.notes)] {
            list.iter().try_for_each(|text| writeln!(f, "  {title}: {text}"))?;
        }
        self.semver.as_ref().map_or(Ok(()), |advice| writeln!(f, "  semver: {advice}"))
    }
}
