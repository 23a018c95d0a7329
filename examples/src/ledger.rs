//! Books about every answer that a demonstration's clients got.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What a client thinks of an answer.
#[derive(Debug)]
pub enum Answer {
    /// As this version answers.
    By(String),
    /// More than one version contributed.
    Mixed(String),
    /// There was none, or a wrong one.
    Failed(String),
}

/// A question that waits for its answer.
#[derive(Debug)]
pub struct Question {
    /// The version that was live when it was asked.
    live: Option<&'static str>,
}

/// The books of all clients.
#[derive(Debug, Default)]
pub struct Ledger {
    live: Mutex<Option<&'static str>>,
    figures: Mutex<Figures>,
    closed: AtomicBool,
}

impl Ledger {
    /// Says which version must answer from now on, `None` while that changes.
    pub fn expect(&self, live: Option<&'static str>) {
        *lock(&self.live) = live;
    }

    /// Begins a question.
    pub fn ask(&self) -> Question {
        Question { live: *lock(&self.live) }
    }

    /// Enters the answer. If one version was live from question to answer, it must be that one's.
    pub fn enter(&self, question: &Question, answer: Answer) {
        let live = question.live.filter(|live| *lock(&self.live) == Some(*live));
        lock(&self.figures).enter(live, answer);
    }

    /// What was entered so far.
    pub fn figures(&self) -> Figures {
        lock(&self.figures).clone()
    }

    /// Tells the clients to stop.
    pub fn close(&self) {
        self.closed.store(true, Ordering::Relaxed);
    }

    /// Whether clients go on.
    pub fn is_open(&self) -> bool {
        !self.closed.load(Ordering::Relaxed)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What the books say.
#[derive(Debug, Default, Clone)]
pub struct Figures {
    requests: u64,
    failures: u64,
    mixed: u64,
    stale: u64,
    versions: BTreeMap<String, u64>,
    example: Option<String>,
}

impl Figures {
    /// Whether exactly these versions answered, and nothing went wrong.
    pub fn are_as_promised(&self, versions: &[&str]) -> bool {
        self.failures + self.mixed + self.stale == 0 && self.versions.keys().eq(versions)
    }

    fn enter(&mut self, live: Option<&str>, answer: Answer) {
        self.requests += 1;
        match answer {
            Answer::By(version) => {
                if let Some(live) = live.filter(|live| *live != version) {
                    self.stale += 1;
                    self.example.get_or_insert_with(|| format!("{version} answered while {live} was live"));
                }
                *self.versions.entry(version).or_default() += 1;
            }
            Answer::Mixed(text) => {
                self.mixed += 1;
                self.example.get_or_insert(text);
            }
            Answer::Failed(text) => {
                self.failures += 1;
                self.example.get_or_insert(text);
            }
        }
    }

    fn per_version(&self) -> String {
        let count = |(version, count): (&String, &u64)| format!("{version} {}", grouped(*count));
        self.versions.iter().map(count).collect::<Vec<_>>().join(", ")
    }
}

/// One line; with `{:#}` a table.
impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { requests, failures, mixed, stale, example, .. } = self;
        if !f.alternate() {
            return write!(f, "{} requests, {failures} failures: {}", grouped(*requests), self.per_version());
        }
        writeln!(f, "requests             {}", grouped(*requests))?;
        writeln!(f, "failures             {}", grouped(*failures))?;
        writeln!(f, "answers per version  {}", self.per_version())?;
        writeln!(f, "versions mixed       {}", grouped(*mixed))?;
        write!(f, "not the live version {}", grouped(*stale))?;
        example.iter().try_for_each(|example| write!(f, "\nfor example          {example}"))
    }
}

/// `1234567` as `1,234,567`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let groups = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy);
    groups.collect::<Vec<_>>().join(",")
}
