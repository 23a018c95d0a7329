//! The runtime: one for a process, owner of its slots.
//!
//! `apply.rs` is the life of a patch in order; `admission.rs` judges bytes; `layouts.rs` compares types,
//! `plan.rs` is what comes of it; `file.rs` judges by a host's file; `connection.rs` gives items their places;
//! `state.rs` is what is live, `stack.rs` one patch over another, `relations.rs` what they say of each other, `events.rs` who is told, `images.rs` what is mapped, `retired.rs` what may go; `report.rs` and `reclaim.rs` are what
//! users are told.

mod admission;
mod apply;
mod builder;
mod connection;
mod escapes;
mod events;
mod file;
mod foreign;
mod global;
mod images;
mod index;
mod layouts;
#[cfg(feature = "metrics")]
mod metrics;
mod plan;
mod reclaim;
mod relations;
mod report;
mod retired;
mod seal;
mod stack;
mod state;

pub use builder::{Limits, RuntimeBuilder};
pub use events::{Event, Phase, Subscription};
pub use file::plan_for;
pub use global::{
    active_patch_info, disable, history, init, live_patches, plan, reclaim_report, reload, rollback, rollback_to,
    runtime, subscribe, try_reclaim,
};
pub use plan::{Plan, PlannedItem, PlannedPatch, Refusal, SemverAdvice, Unchecked};
pub use reclaim::{GenerationReport, GenerationStatus, Hold, ReclaimReport};
pub use report::{
    Applied, AppliedItem, Integrity, LivePatch, Origin, PatchAction, PatchInfo, PatchRecord, RolledBack, Timings,
    Warning,
};
pub use seal::seal;

use crate::platform::NativeLoader;
use crate::raw::registry;
use apply::{Rules, Taken};
use dynpatch_interface::boundary::Items;
use dynpatch_interface::{ErrorCode, PatchError};
use events::Subscribers;
use index::Index;
use layouts::Described;
use state::{Live, State};
use std::collections::VecDeque;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::{SystemTime, UNIX_EPOCH};

/// Lines of history that are kept.
const HISTORY: usize = 1024;

/// Owner of a process's slots: applies patches and takes them back.
///
/// [`init`] makes one for the global functions; [`RuntimeBuilder::build`] gives one to its caller.
#[derive(Debug)]
pub struct Runtime {
    loader: Arc<NativeLoader>,
    rules: Rules,
    state: Mutex<State>,
    journal: Mutex<Journal>,
    warnings: Vec<Warning>,
    subscribers: Arc<Subscribers>,
}

/// What is told without waiting for an apply.
#[derive(Debug, Default)]
struct Journal {
    history: VecDeque<PatchRecord>,
    live: Vec<LivePatch>,
}

impl Runtime {
    fn new(loader: Arc<NativeLoader>, rules: Rules) -> Result<Self, PatchError> {
        let items = registry::items();
        let index = Index::of_host(&items)?;
        let described = Described::of_items(&items).map_err(|error| admission::of_manifest(&error))?;
        let warnings = binary_roots(&items);
        for warning in &warnings {
            events::warn(warning);
        }
        let state = Mutex::new(State::new(index, described));
        Ok(Self { loader, rules, state, journal: Mutex::default(), warnings, subscribers: Arc::default() })
    }

    /// Applies the patch at `path`: copies it, checks the copy, maps it, runs its entry, and makes all its functions and
    /// services live with one store. Whatever fails before that leaves everything as it was.
    ///
    /// The file may change or go away as soon as this returns. A patch may be applied again; each apply is a generation
    /// of its own, with statics of its own.
    ///
    /// # Errors
    /// Every [`ErrorCode`] but `AlreadyInitialised`, `NotInitialised` and `NothingToRollBack`. `Busy` when another apply
    /// or rollback is under way, also when a patch's entry calls this.
    pub fn reload(&self, path: impl AsRef<Path>) -> Result<Applied, PatchError> {
        self.reload_if(path.as_ref(), |_| true)
    }

    /// The same if the bytes of the file are what `expected` takes them for, else `Changed`.
    pub(crate) fn reload_if(&self, path: &Path, expected: impl FnOnce(&[u8]) -> bool) -> Result<Applied, PatchError> {
        let mut state = self.lock(path)?;
        let _inside = events::Span::apply(path);
        self.subscribers.tell(&Event::Applying { path });
        let told = |phase, took| self.subscribers.tell(&Event::Phase { path, phase, took });
        let result = apply::apply(&self.loader, &self.rules, &mut state, path, expected, &told);
        match &result {
            Ok(applied) => {
                self.note(path, Some(applied.patch.clone()), PatchAction::Applied, &state);
                self.subscribers.tell(&Event::Applied(applied));
            }
            Err(error) => {
                self.note(path, None, PatchAction::Refused(error.code()), &state);
                self.subscribers.tell(&Event::Refused { path, error });
            }
        }
        self.collect(&mut state);
        result
    }

    /// What [`Runtime::reload`] would say to the patch at `path`, and everything worth knowing about it. It is checked
    /// against the host and every live patch; nothing is mapped, and none of its code runs.
    ///
    /// # Errors
    /// `Busy` as for [`Runtime::reload`]. Whatever is wrong with the patch stands in the plan.
    pub fn plan(&self, path: impl AsRef<Path>) -> Result<Plan, PatchError> {
        let path = path.as_ref();
        let state = self.lock(path)?;
        Ok(apply::plan(&self.loader, &self.rules, &state, path))
    }

    /// Takes the newest live patch back: what ran before it runs again, with one store; then the patch's teardown runs.
    /// Calls may still be in its code, which goes as the policy says.
    ///
    /// # Errors
    /// `NothingToRollBack`, or `Busy` as for [`Runtime::reload`].
    pub fn rollback(&self) -> Result<RolledBack, PatchError> {
        let mut state = self.lock(Path::new("rollback"))?;
        if !state.can_go_back() {
            return Err(nothing_to_roll_back(state.top().is_some()));
        }
        let height = state.stack.len() - 1;
        let mut back = self.cut(&mut state, height);
        back.pop().ok_or_else(|| nothing_to_roll_back(false))
    }

    /// Takes back every patch above a generation, with one store; 0 is the built-in code. What was taken back is given,
    /// the newest first, each with the items that its end changed; nothing, if the generation is the newest.
    ///
    /// # Errors
    /// `NotLive` when the program cannot be at that generation, `Busy` as for [`Runtime::reload`].
    pub fn rollback_to(&self, generation: u64) -> Result<Vec<RolledBack>, PatchError> {
        let mut state = self.lock(Path::new("rollback"))?;
        let height = state.height_of(generation)?;
        Ok(self.cut(&mut state, height))
    }

    /// Takes one live patch out, wherever it stands: what stands above it stands on what is below it from then on, with
    /// one store; then the patch's teardown runs. The newest one is rolled back by this.
    ///
    /// # Errors
    /// `NotLive` when no such patch is live, `Needed` when one above it uses what it brought, requires it, or would
    /// meet one that it conflicts with, `NothingToRollBack` when what ran before was given up, `Busy` as for [`Runtime::reload`].
    pub fn disable(&self, generation: u64) -> Result<RolledBack, PatchError> {
        let mut state = self.lock(Path::new("disable"))?;
        let place = state.place_of(generation)?;
        state.dependents(place)?;
        self.announce(&state.stack[place..=place]);
        let before = state.owners().clone();
        let action = if place + 1 == state.stack.len() { PatchAction::RolledBack } else { PatchAction::Disabled };
        let Some(taken) = state.take_out(place) else { return Err(nothing_to_roll_back(false)) };
        let items = stack::differences(&before, state.owners(), &state);
        let back = self.end(taken, items, action, &mut state);
        self.collect(&mut state);
        Ok(back)
    }

    fn cut(&self, state: &mut State, height: usize) -> Vec<RolledBack> {
        self.announce(&state.stack[height..]);
        let mut back = Vec::new();
        for mut taken in state.cut(height) {
            let items = std::mem::take(&mut taken.items).into_iter();
            let items = items.map(|item| AppliedItem { before: item.now, now: item.before, ..item }).collect();
            back.push(self.end(taken, items, PatchAction::RolledBack, state));
        }
        if !back.is_empty() {
            self.collect(state);
        }
        back
    }

    /// What there is to do and to tell when a patch was taken back and is in the books.
    fn end(&self, taken: Taken, items: Vec<AppliedItem>, action: PatchAction, state: &mut State) -> RolledBack {
        let Taken { patch, generation, number, .. } = taken;
        self.note(&patch.path, Some(patch.clone()), action, state);
        let warnings = state.book.tear_down(number);
        let back = RolledBack { patch, generation, items, warnings };
        self.subscribers.tell(&match action {
            PatchAction::Disabled => Event::Disabled(&back),
            _ => Event::RolledBack(&back),
        });
        back
    }

    /// Before patches are taken back, the newest first.
    fn announce(&self, patches: &[Live]) {
        for Live { patch, generation, .. } in patches.iter().rev() {
            self.subscribers.tell(&Event::RollingBack { patch, generation: *generation });
        }
    }

    /// Unmaps what nobody can reach, and tells what became of what.
    fn collect(&self, state: &mut State) {
        state.collect();
        for news in std::mem::take(&mut state.book.news) {
            self.subscribers.tell(&news.event());
        }
    }

    /// Calls back for everything that the runtime does, in order, on the thread that does it and while it does it: the
    /// callback is waited for, and a call of the runtime from it answers `Busy`. One that panics is told of the next event.
    ///
    /// Dropping what is returned ends it: the callback does not begin again, though it may be running still.
    pub fn subscribe(&self, callback: impl FnMut(&Event<'_>) + Send + 'static) -> Subscription {
        self.subscribers.add(callback)
    }

    /// The live patches that can be gone back to or over, the newest last.
    pub fn live_patches(&self) -> Vec<LivePatch> {
        self.journal().live.clone()
    }

    /// The newest live patch, if any is live.
    pub fn active_patch_info(&self) -> Option<PatchInfo> {
        self.journal().live.last().map(|live| live.patch.clone())
    }

    /// What has become of every generation's code, as of this moment.
    ///
    /// # Errors
    /// `Busy` as for [`Runtime::reload`].
    pub fn reclaim_report(&self) -> Result<ReclaimReport, PatchError> {
        let mut state = self.lock(Path::new("reclaim report"))?;
        Ok(state.reclaim_report())
    }

    /// Unmaps what nobody can reach any more. Under a policy that unmaps, every apply and rollback does this at its end;
    /// what was still held then goes at the next attempt.
    ///
    /// # Errors
    /// `Busy` as for [`Runtime::reload`].
    pub fn try_reclaim(&self) -> Result<ReclaimReport, PatchError> {
        let mut state = self.lock(Path::new("reclaim"))?;
        self.collect(&mut state);
        Ok(state.reclaim_report())
    }

    /// What happened so far, oldest first; the newest 1,024 lines.
    pub fn history(&self) -> Vec<PatchRecord> {
        self.journal().history.iter().cloned().collect()
    }

    /// What the runtime found odd in the host when it was made.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    fn lock(&self, subject: &Path) -> Result<MutexGuard<'_, State>, PatchError> {
        match self.state.try_lock() {
            Ok(state) => Ok(state),
            // The books are kept before anybody's code, a logger's for instance, can panic.
            Err(TryLockError::Poisoned(poisoned)) => Ok(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => {
                let cause = "another apply or rollback is under way";
                Err(PatchError::new(ErrorCode::Busy, subject.display(), cause).with_help("try again when it has ended"))
            }
        }
    }

    fn journal(&self) -> MutexGuard<'_, Journal> {
        self.journal.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, path: &Path, info: Option<PatchInfo>, action: PatchAction, state: &State) {
        let mut journal = self.journal();
        if journal.history.len() == HISTORY {
            journal.history.pop_front();
        }
        journal.history.push_back(PatchRecord { path: path.to_owned(), info, action, timestamp: seconds_since_1970() });
        journal.live = state.live_patches();
        drop(journal);
        #[cfg(feature = "metrics")]
        events::survive("a recorder of metrics", || metrics::live(state.neighbours().len()));
    }
}

fn nothing_to_roll_back(is_live: bool) -> PatchError {
    let cause = if is_live { "what ran before the live patch was given up" } else { "no patch is live" };
    let error = PatchError::new(ErrorCode::NothingToRollBack, "runtime", cause);
    if is_live {
        error.with_help("raise `RuntimeBuilder::rollback_depth`, or apply the older patch again")
    } else {
        error
    }
}

fn binary_roots(items: &Items) -> Vec<Warning> {
    let in_binary = items.functions.iter().filter_map(|function| Some((function.name, function.binary?)));
    in_binary.map(|(item, binary)| Warning::BinaryRoot { item: item.to_owned(), binary: binary.to_owned() }).collect()
}

fn seconds_since_1970() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |elapsed| elapsed.as_secs())
}
