//! One apply, phase by phase. Each phase consumes what the one before it made; whatever fails leaves the program as it
//! was.

use super::admission::{self, Court, Findings};
use super::connection::{self, Changes, crate_of};
use super::layouts::Described;
use super::plan::Plan;
use super::report::{Applied, AppliedItem, Origin, PatchInfo, Timings, Warning};
use super::state::{Live, State};
use crate::platform::NativeLoader;
use crate::raw::dispatch;
use crate::raw::patch::{Exported, admit_early, take_message};
use dynpatch_core::compatibility::Requirements;
use dynpatch_core::table::Bias;
use dynpatch_core::{Image as _, Loader as _};
use dynpatch_interface::boundary::{EntryItem, Failure, Items};
use dynpatch_interface::{ErrorCode, PatchError};
use std::path::Path;
use std::time::Instant;

/// What a runtime asks of every patch.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rules {
    pub(super) requirements: Requirements<'static>,
    /// Whether types that are not described are refused.
    pub(super) is_strict: bool,
}

/// What would happen to the patch at `path`: an apply up to where its code would be mapped.
pub(super) fn plan(loader: &NativeLoader, rules: &Rules, state: &State, path: &Path) -> Plan {
    let images = state.images();
    let court =
        Court { requirements: &rules.requirements, is_strict: rules.is_strict, index: &state.index, images: &images };
    planned(loader, &court, path)
}

/// The same, by what is known of a host from elsewhere.
pub(super) fn planned(loader: &NativeLoader, court: &Court<'_>, path: &Path) -> Plan {
    let findings = loader.seal(path).and_then(|sealed| {
        let read = |bytes: &[u8]| loader.inspect(bytes).and_then(|object| admission::read(bytes, &object));
        sealed.inspect(read).map_err(|error| admission::about(path, &error))
    });
    match findings {
        Ok(inspected) => {
            let findings = inspected.findings();
            Plan::new(path, findings, admission::judge(findings, court))
        }
        Err(error) => Plan::unreadable(path, &error),
    }
}

/// Applies the patch at `path`.
pub(super) fn apply(
    loader: &NativeLoader,
    rules: &Rules,
    state: &mut State,
    path: &Path,
) -> Result<Applied, PatchError> {
    let mut clock = Clock::start();
    let about = |error: PatchError| admission::about(path, &error);
    let sealed = loader.seal(path)?;
    let seal = clock.lap();
    let inspected = sealed
        .inspect(|bytes| {
            let object = loader.inspect(bytes)?;
            let findings = admission::read(bytes, &object)?;
            Ok((object, findings))
        })
        .map_err(about)?;
    let admitted = {
        let images = state.images();
        let (requirements, is_strict) = (&rules.requirements, rules.is_strict);
        let court = Court { requirements, is_strict, index: &state.index, images: &images };
        inspected.admit(|_, (_, findings)| admission::judge(findings, &court).verdict())?
    };
    let inspect = clock.lap();
    let (image, findings) = loader.map(admitted).map_err(about)?;
    if image.manifest() != findings.manifest {
        return Err(PatchError::new(
            ErrorCode::ManifestChanged,
            path.display(),
            "the mapped manifest is not the inspected one",
        ));
    }
    let map = clock.lap();
    let exported = Exported::of(&image).ok_or_else(|| {
        PatchError::new(ErrorCode::NotAPatch, path.display(), "it does not export what `dynpatch::patch!` exports")
    })?;
    let prepared = prepare(exported, &findings, state)?;
    let prepare = clock.lap();
    let mut applied = commit(prepared, findings, state, path);
    let commit = clock.lap();
    applied.timings = Timings { seal, inspect, map, prepare, commit };
    Ok(applied)
}

/// A patch that has run its entry and waits for the one store.
struct Prepared {
    changes: Changes,
    described: Described<'static>,
    /// Leads to the new generation, laid out in memory.
    bias: Bias,
    entries: Vec<&'static EntryItem>,
}

fn prepare(exported: Exported, findings: &Findings, state: &State) -> Result<Prepared, PatchError> {
    let name = &findings.metadata.name;
    let early = exported.connect();
    if early.overflowed {
        let cause = "its constructors allocate more than 64 KiB before it is connected";
        return Err(
            PatchError::new(ErrorCode::AllocatorMismatch, name, cause).with_help("do this work in a `#[patch_entry]`")
        );
    }
    if !admit_early(early) {
        let cause =
            "its constructors allocate before it is connected, and this host could not tell such memory from its own";
        return Err(PatchError::new(ErrorCode::AllocatorMismatch, name, cause).with_help(
            "do this work in a `#[patch_entry]`, or declare the host's allocator with `dynpatch::global_allocator!`",
        ));
    }
    let items = exported.items();
    super::foreign::check(&items, &state.index)?;
    let provides = |crate_name: &str| findings.provides.iter().any(|provided| provided == crate_name);
    let changes = connection::connect(&items, &state.index, state.plan(), &provides)?;
    let mut entries = Entries { done: Vec::new() };
    for entry in items.entries.iter().filter(|entry| provides(crate_of(entry.name))) {
        (entry.run)().map_err(|failure| of_failure(entry.name, failure))?;
        entries.done.push(entry);
    }
    construct(&items, &provides)?;
    let bias = changes.plan.lay_out();
    let described = Described::of_items(&items).map_err(|error| admission::of_manifest(&error))?;
    Ok(Prepared { changes, described, bias, entries: std::mem::take(&mut entries.done) })
}

/// Entries that ran; dropped before commit, they are undone in reverse order.
struct Entries {
    done: Vec<&'static EntryItem>,
}

impl Drop for Entries {
    fn drop(&mut self) {
        // The apply has failed already; that an undoing fails as well is told in the log.
        for warning in tear_down(&self.done) {
            log::warn!("{warning}");
        }
    }
}

/// Runs teardowns in reverse order.
pub(super) fn tear_down(entries: &[&'static EntryItem]) -> Vec<Warning> {
    let run = |entry: &&'static EntryItem| entry.teardown.and_then(|teardown| teardown().err());
    let failures = entries.iter().rev().filter_map(run);
    failures.map(|failure| Warning::Teardown { message: take_message(failure).1 }).collect()
}

fn construct(items: &Items, provides: &dyn Fn(&str) -> bool) -> Result<(), PatchError> {
    let provided = items.implementations.iter().filter(|item| provides(item.crate_name));
    provided
        .into_iter()
        .try_for_each(|item| (item.construct)().map_err(|failure| of_failure(item.implementor, failure)))
}

fn of_failure(subject: &str, failure: Failure) -> PatchError {
    let (panicked, message) = take_message(failure);
    let code = if panicked { ErrorCode::EntryPanicked } else { ErrorCode::EntryFailed };
    let verb = if panicked { "panicked" } else { "failed" };
    PatchError::new(code, subject, format_args!("{verb}: {message}"))
}

/// The one store, and the books.
fn commit(prepared: Prepared, findings: Findings, state: &mut State, path: &Path) -> Applied {
    let Prepared { changes: Changes { plan, added, changed, left_out }, described, bias, entries } = prepared;
    let Findings { metadata, integrity, mut warnings, .. } = findings;
    warnings.extend(left_out.into_iter().map(|item| Warning::NotProvided { item: item.to_owned() }));
    let generation = state.count();
    let now = Origin::Patch { name: metadata.name.clone(), version: metadata.version, generation };
    let patch = PatchInfo { metadata, path: path.to_owned(), loaded_at: super::seconds_since_1970(), integrity };
    let mut owners = state.owners().clone();
    let items: Vec<AppliedItem> = changed
        .into_iter()
        .map(|name| AppliedItem {
            name: name.to_owned(),
            before: owners.insert(name, now.clone()).or_else(|| state.index.find(name).map(|_| Origin::BuiltIn)),
            now: Some(now.clone()),
        })
        .collect();
    dispatch::publish(bias);
    let names = added.iter().map(|(name, _)| *name).collect();
    state.index.enter_all(added);
    let is_first_to_say = state.is_first_to_say(&described);
    state.push(Live {
        patch: patch.clone(),
        bias,
        plan,
        owners,
        entries,
        items: items.clone(),
        described,
        is_first_to_say,
        added: names,
    });
    Applied { patch, generation, items, warnings, timings: Timings::default() }
}

struct Clock(Instant);

impl Clock {
    fn start() -> Self {
        Self(Instant::now())
    }

    fn lap(&mut self) -> std::time::Duration {
        let now = Instant::now();
        let lap = now - self.0;
        self.0 = now;
        lap
    }
}
