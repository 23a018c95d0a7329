//! What is in force, and who decides what comes next.

use super::error::{ConfigError, Fault};
use super::hot::HotConfig;
use super::journal::{Journal, Opened};
use super::layers::{Layers, Text};
use super::mailbox::Mailboxes;
use super::restart::{RestartOnly, RestartRules};
use super::sources::Sources;
use super::status::{Origin, Status};
use super::tree::changed_keys;
use crate::files::{Contents, System};
use crate::panics::caught;
use arc_swap::ArcSwap;
use figment::value::Dict;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A value that is, or was, in force. All of it is replaced at once.
pub(super) struct Accepted<T> {
    pub(super) value: Arc<T>,
    pub(super) generation: u64,
    pub(super) tree: Dict,
    pub(super) restart_needed: Vec<String>,
}

/// What the user chose.
#[derive(Debug, Clone, Default)]
pub(super) struct Settings {
    pub(super) sources: Sources,
    pub(super) state_directory: Option<PathBuf>,
    pub(super) restart_only: RestartOnly,
}

pub(super) struct Engine<T> {
    pub(super) published: ArcSwap<Accepted<T>>,
    /// The generation of what is published, set after it.
    pub(super) generation: AtomicU64,
    pub(super) changes: Mailboxes<Arc<Accepted<T>>>,
    pub(super) refusals: Mailboxes<Arc<ConfigError>>,
    pub(super) subscriber_panics: Arc<AtomicU64>,
    sources: Sources,
    rules: RestartRules,
    /// Held while a set is judged, so sets are judged one after the other.
    journal: Mutex<Option<Journal>>,
    status: Mutex<Status>,
}

/// A value with the tree that it was made of, and the layers of that.
struct Candidate<T> {
    value: T,
    tree: Dict,
    layers: Layers,
}

impl<T: HotConfig> Candidate<T> {
    fn of(layers: Layers) -> Result<Self, ConfigError> {
        let (value, tree) = layers.extract()?;
        Ok(Self { value, tree, layers })
    }

    fn validated(self) -> Result<Self, ConfigError> {
        let names = self.layers.names();
        match caught(|| self.value.validate().map_err(|reason| reason.to_string())) {
            Ok(Ok(())) => Ok(self),
            Ok(Err(reason)) => {
                Err(ConfigError::new(Fault::Invalid, format_args!("invalid configuration in {names}: {reason}")))
            }
            Err(panic) => {
                Err(ConfigError::new(Fault::Panicked, format_args!("the validation of {names} panicked: {panic}")))
            }
        }
    }
}

/// The value of these files, without watching them.
pub(super) fn load<T: HotConfig>(sources: &Sources, contents: &Contents) -> Result<T, ConfigError> {
    sources.layers(contents).and_then(Candidate::of).and_then(Candidate::validated).map(|candidate| candidate.value)
}

impl<T: HotConfig> Engine<T> {
    /// Begins with what the files held, or with what the state directory has.
    pub(super) fn start(system: Arc<dyn System>, settings: Settings, contents: &Contents) -> Result<Self, ConfigError> {
        let Settings { sources, state_directory, restart_only } = settings;
        let keys = restart_keys::<T>()?;
        let mut status = Status { generation: 1, ..Status::default() };
        let (mut journal, kept) = open(system, state_directory, &sources, &mut status);
        let first = sources.layers(contents).and_then(Candidate::<T>::of).and_then(Candidate::validated);
        let candidate = match first {
            Ok(candidate) => {
                status.accepted = 1;
                status.state_error = keep(&candidate.layers, &mut journal).or(status.state_error);
                candidate
            }
            Err(error) => last_good(&sources, kept, error, &mut status)?,
        };
        let rules = RestartRules { policy: restart_only, keys, start: candidate.tree.clone() };
        Ok(Self::new(candidate, sources, rules, journal, status))
    }

    fn new(
        candidate: Candidate<T>,
        sources: Sources,
        rules: RestartRules,
        journal: Option<Journal>,
        status: Status,
    ) -> Self {
        let Candidate { value, tree, .. } = candidate;
        let accepted = Accepted { value: Arc::new(value), generation: 1, tree, restart_needed: Vec::new() };
        Self {
            published: ArcSwap::from_pointee(accepted),
            generation: AtomicU64::new(1),
            changes: Mailboxes::new(),
            refusals: Mailboxes::new(),
            subscriber_panics: Arc::default(),
            sources,
            rules,
            journal: Mutex::new(journal),
            status: Mutex::new(status),
        }
    }

    /// Judges what the files hold now.
    pub(super) fn offer(&self, contents: &Contents) {
        let mut journal = self.judge();
        if let Some(outcome) = journal.as_mut().and_then(Journal::keep_the_rest) {
            self.lock_status().state_error = outcome.err().map(|error| error.to_string());
        }
        match self.sources.layers(contents).and_then(Candidate::of) {
            Ok(candidate) => self.decide(candidate, &mut journal),
            Err(error) => self.refuse(error),
        }
    }

    fn decide(&self, candidate: Candidate<T>, journal: &mut Option<Journal>) {
        if changed_keys(&self.published.load().tree, &candidate.tree).is_empty() {
            return self.unchanged();
        }
        let checked = candidate.validated().and_then(|it| Ok((self.rules.check(&it.tree)?, it)));
        match checked {
            Ok((restart_needed, candidate)) => self.accept(candidate, restart_needed, journal),
            Err(error) => self.refuse(error),
        }
    }

    fn accept(&self, candidate: Candidate<T>, restart_needed: Vec<String>, journal: &mut Option<Journal>) {
        let Candidate { value, tree, layers } = candidate;
        let generation = self.published.load().generation + 1;
        let accepted = Arc::new(Accepted { value: Arc::new(value), generation, tree, restart_needed });
        {
            // Who asks for the status and then for the value finds at least the value of that status.
            let mut status = self.lock_status();
            let replaced = self.published.swap(Arc::clone(&accepted));
            self.generation.store(generation, Ordering::Release);
            status.generation = generation;
            status.accepted += 1;
            status.restart_needed.clone_from(&accepted.restart_needed);
            mended(&mut status);
            drop(status);
            drop(replaced);
        }
        self.changes.post(&accepted);
        let failed = keep(&layers, journal);
        self.lock_status().state_error = failed;
    }

    fn unchanged(&self) {
        let mut status = self.lock_status();
        status.unchanged += 1;
        mended(&mut status);
    }

    fn refuse(&self, error: ConfigError) {
        let error = Arc::new(error);
        let mut status = self.lock_status();
        status.refused += 1;
        let known = status.refusing.replace(Arc::clone(&error)).is_some_and(|before| before == error);
        status.last_error = Some(Arc::clone(&error));
        drop(status);
        if !known {
            log::warn!("the configuration is refused, and the last good one stays in force: {error:?}");
        }
        self.refusals.post(&error);
    }

    pub(super) fn status(&self) -> Status {
        let panics = self.subscriber_panics.load(Ordering::Relaxed);
        Status { subscriber_panics: panics, ..self.lock_status().clone() }
    }

    fn judge(&self) -> MutexGuard<'_, Option<Journal>> {
        self.journal.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Engine<T> {
    /// Nobody is told of anything any more.
    pub(super) fn close(&self) {
        self.changes.close();
        self.refusals.close();
    }

    fn lock_status(&self) -> MutexGuard<'_, Status> {
        self.status.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn restart_keys<T: HotConfig>() -> Result<Vec<String>, ConfigError> {
    let keys = caught(T::restart_only).map_err(|panic| {
        ConfigError::new(Fault::Panicked, format_args!("`HotConfig::restart_only` panicked: {panic}"))
    })?;
    Ok(keys.iter().map(|&key| key.to_owned()).collect())
}

/// The journal and what it has, newest first.
fn open(
    system: Arc<dyn System>,
    directory: Option<PathBuf>,
    sources: &Sources,
    status: &mut Status,
) -> (Option<Journal>, Vec<Vec<Text>>) {
    let Some(directory) = directory else { return (None, Vec::new()) };
    let Opened { journal, kept, damage } = Journal::open(system, directory, &sources.names());
    if let Some(damage) = &damage {
        log::warn!("the kept configuration is damaged, and that part of it is ignored: {damage}");
    }
    status.state_error = damage;
    (Some(journal), kept)
}

/// Keeps the texts for a restart. Returns why it could not.
fn keep(layers: &Layers, journal: &mut Option<Journal>) -> Option<String> {
    let error = journal.as_mut()?.keep(&layers.files).err()?;
    log::warn!("the configuration is in force, but cannot be kept for a restart: {error}");
    Some(error.to_string())
}

/// The files are in force.
fn mended(status: &mut Status) {
    status.origin = Origin::Files;
    if status.refusing.take().is_some() {
        log::info!("the configuration is mended and in force");
    }
}

/// The newest of the kept configurations that is still good, or the error that the files had.
fn last_good<T: HotConfig>(
    sources: &Sources,
    kept: Vec<Vec<Text>>,
    error: ConfigError,
    status: &mut Status,
) -> Result<Candidate<T>, ConfigError> {
    let good = |files| sources.with_environment(files).and_then(Candidate::of).and_then(Candidate::validated).ok();
    let Some(candidate) = kept.into_iter().find_map(good) else { return Err(error) };
    log::warn!("started on the last good configuration, because the files are refused: {error:?}");
    let error = Arc::new(error);
    status.refused = 1;
    status.refusing = Some(Arc::clone(&error));
    status.last_error = Some(error);
    status.origin = Origin::LastGood;
    Ok(candidate)
}
