//! One apply, phase by phase. Each phase consumes what the one before it made; whatever fails leaves the program as it
//! was.

use super::admission::{self, Court, Findings};
use super::connection::{self, Changes, crate_of};
use super::escapes::{self, Handed, Suspect};
use super::events::{self, Phase};
use super::images::{ImageNumber, Mapped};
use super::layouts::Described;
use super::plan::Plan as Planned;
use super::reclaim::Hold;
use super::report::{Applied, AppliedItem, Origin, PatchInfo, Timings, Warning};
use super::retired::Retired;
use super::stack;
use super::state::{Live, State};
use crate::platform::{NativeImage, NativeLoader};
use crate::raw::dispatch;
use crate::raw::generation::{Owned, Plan};
use crate::raw::image::ImageRecord;
use crate::raw::patch::{Exported, admit_early, take_message};
use crate::raw::policy;
use dynpatch_core::compatibility::Requirements;
use dynpatch_core::{Image as _, Loader as _};
use dynpatch_interface::boundary::{EntryItem, Failure, Items};
use dynpatch_interface::{ErrorCode, PatchError};
use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, Instant};

/// What a runtime asks of every patch.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rules {
    pub(super) requirements: Requirements<'static>,
    /// Whether types that are not described are refused.
    pub(super) is_strict: bool,
    /// How many generations before the live one can be live again.
    pub(super) rollback_depth: usize,
    /// How many images may be mapped.
    pub(super) images: usize,
}

/// What would happen to the patch at `path`: an apply up to where its code would be mapped.
pub(super) fn plan(loader: &NativeLoader, rules: &Rules, state: &State, path: &Path) -> Planned {
    let (images, neighbours) = (state.images(), state.neighbours());
    let court = Court {
        requirements: &rules.requirements,
        is_strict: rules.is_strict,
        index: &state.index,
        images: &images,
        neighbours: Some(&neighbours),
    };
    planned(loader, &court, path)
}

/// The same, by what is known of a host from elsewhere.
pub(super) fn planned(loader: &NativeLoader, court: &Court<'_>, path: &Path) -> Planned {
    let findings = loader.seal(path).and_then(|sealed| {
        let read = |bytes: &[u8]| loader.inspect(bytes).and_then(|object| admission::read(bytes, &object));
        sealed.inspect(read).map_err(|error| admission::about(path, &error))
    });
    match findings {
        Ok(inspected) => {
            let findings = inspected.findings();
            Planned::new(path, findings, admission::judge(findings, court))
        }
        Err(error) => Planned::unreadable(path, &error),
    }
}

/// Applies the patch at `path`, if its bytes are what `expected` takes them for.
pub(super) fn apply(
    loader: &NativeLoader,
    rules: &Rules,
    state: &mut State,
    path: &Path,
    expected: impl FnOnce(&[u8]) -> bool,
    told: &dyn Fn(Phase, Duration),
) -> Result<Applied, PatchError> {
    let mut clock = Clock { told, last: Instant::now() };
    make_room(rules, state, path)?;
    let about = |error: PatchError| admission::about(path, &error);
    let sealed = loader.seal(path)?;
    let seal = clock.lap(Phase::Seal);
    let inspected = sealed
        .inspect(|bytes| {
            if !expected(bytes) {
                return Err(changed(path));
            }
            let object = loader.inspect(bytes)?;
            let findings = admission::read(bytes, &object)?;
            Ok((object, findings))
        })
        .map_err(about)?;
    let admitted = {
        let (images, neighbours) = (state.images(), state.neighbours());
        let (requirements, is_strict) = (&rules.requirements, rules.is_strict);
        let neighbours = Some(&*neighbours);
        let court = Court { requirements, is_strict, index: &state.index, images: &images, neighbours };
        inspected.admit(|_, (_, findings)| admission::judge(findings, &court).verdict())?
    };
    let inspect = clock.lap(Phase::Inspect);
    let (image, findings) = loader.map(admitted).map_err(about)?;
    let map = clock.lap(Phase::Map);
    let (number, exported) = enter(image, &findings, state, path)?;
    let prepared = prepare(number, exported, &findings, state)?;
    let prepare = clock.lap(Phase::Prepare);
    let mut applied = commit(prepared, findings, rules, state);
    let commit = clock.lap(Phase::Commit);
    applied.timings = Timings { seal, inspect, map, prepare, commit };
    Ok(applied)
}

fn changed(path: &Path) -> PatchError {
    PatchError::new(ErrorCode::Changed, path.display(), "it is not what it was when it was found to be whole")
        .with_help("try again when nobody writes to it")
}

/// Where old code goes: refuses when as many images are mapped as may be, and says who keeps them.
fn make_room(rules: &Rules, state: &mut State, path: &Path) -> Result<(), PatchError> {
    if !policy::counts() || state.book.mapped.len() < rules.images {
        return Ok(());
    }
    state.collect();
    if state.book.mapped.len() < rules.images {
        return Ok(());
    }
    let report = state.reclaim_report().to_string();
    let kept = report.lines().collect::<Vec<_>>().join("; ");
    let (mapped, limit) = (state.book.mapped.len(), rules.images);
    let cause = format_args!("{mapped} patches are mapped, the limit is {limit}: {kept}");
    Err(PatchError::new(ErrorCode::BudgetExhausted, path.display(), cause)
        .with_help("let go of what holds them, or raise `Limits::images`"))
}

/// Enters a mapped image into the books, which close it when it is of no use, and looks at what it exports.
fn enter(
    image: NativeImage,
    findings: &Findings,
    state: &mut State,
    path: &Path,
) -> Result<(ImageNumber, Exported), PatchError> {
    let same = image.manifest() == findings.manifest;
    let exported = Exported::of(&image).filter(|_| same);
    let number = state.book.next_number();
    let patch = PatchInfo {
        metadata: findings.metadata.clone(),
        path: path.to_owned(),
        loaded_at: super::seconds_since_1970(),
        integrity: findings.integrity,
    };
    let is_hooked = exported.is_some_and(Exported::is_hooked);
    state.book.mapped.push(Mapped {
        number,
        generation: None,
        patch,
        pages: image.pages(),
        image: Some(image),
        record: Box::new(ImageRecord::new()),
        described: None,
        says: number,
        holds: if is_hooked { Vec::new() } else { vec![Hold::NotHooked] },
        needs: BTreeSet::new(),
        suspects: Vec::new(),
        teardowns: Vec::new(),
        implementations: Vec::new(),
    });
    if !same {
        return Err(PatchError::new(
            ErrorCode::ManifestChanged,
            path.display(),
            "the mapped manifest is not the inspected one",
        ));
    }
    let not_a_patch =
        || PatchError::new(ErrorCode::NotAPatch, path.display(), "it does not export what `dynpatch::patch!` exports");
    Ok((number, exported.ok_or_else(not_a_patch)?))
}

/// A patch that has run its entry and waits for the one store.
struct Prepared {
    number: ImageNumber,
    changes: Changes,
    /// The new generation, laid out in memory.
    table: Owned,
    entries: Vec<&'static EntryItem>,
}

fn prepare(
    number: ImageNumber,
    exported: Exported,
    findings: &Findings,
    state: &mut State,
) -> Result<Prepared, PatchError> {
    connect(number, exported, findings, state)?;
    let items = exported.items();
    super::foreign::check(&items, &state.index)?;
    let provides = |crate_name: &str| findings.provides.iter().any(|provided| provided == crate_name);
    let built_in = findings.relations.replaces_all.then(Plan::built_in);
    let base = built_in.as_ref().unwrap_or_else(|| state.plan());
    let changes = connection::connect(&items, &state.index, base, &provides)?;
    let described = Described::of_items(&items).map_err(|error| admission::of_manifest(&error))?;
    let needs = connection::needs(&items, &state.index, &state.book);
    state.book.describe(number, described);
    let Handed { holds, suspects } =
        if policy::counts() { escapes::escapes(&items, &changes.changed)? } else { Handed::default() };
    suspects.iter().for_each(Suspect::watch);
    if let Some(mapped) = state.book.find_mut(number) {
        mapped.needs = needs.into_iter().filter(|needed| *needed != number).collect();
        mapped.holds.extend(holds);
        mapped.suspects = suspects;
    }
    let mut entries = Entries { done: Vec::new() };
    for entry in items.entries.iter().filter(|entry| provides(crate_of(entry.name))) {
        (entry.run)().map_err(|failure| of_failure(entry.name, failure))?;
        entries.done.push(entry);
    }
    construct(number, &items, &provides, state)?;
    let table = changes.plan.lay_out();
    Ok(Prepared { number, changes, table, entries: std::mem::take(&mut entries.done) })
}

/// Connects the patch with this host, if its memory allows.
fn connect(number: ImageNumber, exported: Exported, findings: &Findings, state: &mut State) -> Result<(), PatchError> {
    let name = &findings.metadata.name;
    let Some(mapped) = state.book.find_mut(number) else { return Ok(()) };
    let early = exported.connect(&mapped.record);
    if early.used > 0 || early.overflowed {
        mapped.holds.push(Hold::EarlyAllocations);
    }
    if early.has_begun {
        mapped.holds.push(Hold::NotHooked);
    }
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
    Ok(())
}

/// Entries that ran; dropped before commit, they are undone in reverse order.
struct Entries {
    done: Vec<&'static EntryItem>,
}

impl Drop for Entries {
    fn drop(&mut self) {
        // The apply has failed already; that an undoing fails as well is told in the log.
        for warning in tear_down(&self.done) {
            events::warn(&warning);
        }
    }
}

/// Runs teardowns in reverse order.
pub(super) fn tear_down(entries: &[&'static EntryItem]) -> Vec<Warning> {
    let run = |entry: &&'static EntryItem| entry.teardown.and_then(|teardown| teardown().err());
    let failures = entries.iter().rev().filter_map(run);
    failures.map(|failure| Warning::Teardown { message: take_message(failure).1 }).collect()
}

fn construct(
    number: ImageNumber,
    items: &Items,
    provides: &dyn Fn(&str) -> bool,
    state: &mut State,
) -> Result<(), PatchError> {
    for item in items.implementations.iter().filter(|item| provides(item.crate_name)) {
        (item.construct)().map_err(|failure| of_failure(item.implementor, failure))?;
        if let Some(mapped) = state.book.find_mut(number) {
            mapped.implementations.push(item);
        }
    }
    Ok(())
}

fn of_failure(subject: &str, failure: Failure) -> PatchError {
    let (panicked, message) = take_message(failure);
    let code = if panicked { ErrorCode::EntryPanicked } else { ErrorCode::EntryFailed };
    let verb = if panicked { "panicked" } else { "failed" };
    PatchError::new(code, subject, format_args!("{verb}: {message}"))
}

/// The one store, and the books.
fn commit(prepared: Prepared, findings: Findings, rules: &Rules, state: &mut State) -> Applied {
    let Prepared { number, changes: Changes { plan, added, changed, left_out }, table, entries } = prepared;
    let Findings { metadata, mut warnings, relations, .. } = findings;
    warnings.extend(left_out.into_iter().map(|item| Warning::NotProvided { item: item.to_owned() }));
    let generation = state.next_generation();
    let now = Origin::Patch { name: metadata.name, version: metadata.version, generation };
    let changed = changed.into_iter().map(str::to_owned);
    let (owners, items) = stack::layer(state.owners(), &now, changed, &relations, state);
    let epoch = dispatch::publish(table.bias());
    let names: Vec<&'static str> = added.iter().map(|(name, _)| *name).collect();
    state.index.enter_all(added);
    let patch = state.book.went_live(number, generation, &names);
    let mut images = state.book.of_generations(&stack::generations_of(&owners));
    images.insert(number);
    let patch_info = patch.clone();
    let live = Live {
        patch: patch_info,
        generation,
        number,
        table,
        plan,
        owners,
        entries,
        images,
        items,
        added: names,
        relations,
    };
    warnings.extend(state.book.stays_mapped(number));
    let applied = Applied { patch, generation, items: live.items.clone(), warnings, timings: Timings::default() };
    state.push(live);
    // What its patch does at its end waits until the patch is unmapped; it is told of when nothing of it is live.
    for superseded in state.trim(rules.rollback_depth) {
        retire(superseded, epoch, state);
    }
    applied
}

/// Puts what was live into the books, so that nothing of it can be lost: the rest is given back.
pub(super) fn retire(live: Live, epoch: usize, state: &mut State) -> Taken {
    let Live { patch, generation, number, table, images, items, entries, .. } = live;
    state.book.retired.push(Retired { table, epoch, images, holder: None });
    if let Some(mapped) = state.book.find_mut(number) {
        mapped.teardowns = entries;
    }
    Taken { patch, generation, number, items }
}

/// What a rollback tells of.
pub(super) struct Taken {
    pub(super) patch: PatchInfo,
    pub(super) generation: u64,
    pub(super) number: ImageNumber,
    pub(super) items: Vec<AppliedItem>,
}

/// Measures phases, and tells of each.
struct Clock<'a> {
    told: &'a dyn Fn(Phase, Duration),
    last: Instant,
}

impl Clock<'_> {
    fn lap(&mut self, phase: Phase) -> Duration {
        let took = self.last.elapsed();
        (self.told)(phase, took);
        // Without the time that the telling took.
        self.last = Instant::now();
        took
    }
}
