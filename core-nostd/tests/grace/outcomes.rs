//! What the executions of a model came to: a model in which nothing is ever freed, or everything, proves nothing.

use super::checker::EXHAUSTIVE;
use dynpatch_core::grace::Holder;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock};

/// Counts that are no part of the model.
#[derive(Default)]
pub struct Outcomes {
    executions: AtomicUsize,
    freed: AtomicUsize,
    kept: AtomicUsize,
    unanswered: AtomicUsize,
    images_freed: AtomicUsize,
    entered: [AtomicUsize; 2],
}

fn one_more(count: &AtomicUsize) {
    count.fetch_add(1, Ordering::Relaxed);
}

impl Outcomes {
    /// For one test. The static keeps it: what threads of a model borrow outlives them all, and nothing leaks.
    pub fn new() -> &'static Self {
        static ALL: Mutex<Vec<&Outcomes>> = Mutex::new(Vec::new());
        let outcomes: &'static Self = Box::leak(Box::default());
        ALL.lock().expect("nothing fails in there").push(outcomes);
        outcomes
    }

    /// Of a test that does not report them.
    pub fn none() -> &'static Self {
        static NONE: OnceLock<Outcomes> = OnceLock::new();
        NONE.get_or_init(Self::default)
    }

    pub fn execution(&self) {
        one_more(&self.executions);
    }

    /// What a survey of the old generation found.
    pub fn surveyed(&self, holder: Option<Holder>) {
        one_more(match holder {
            None => &self.freed,
            Some(Holder::NoBarrier) => &self.unanswered,
            Some(_) => &self.kept,
        });
    }

    pub fn image_freed(&self) {
        one_more(&self.images_freed);
    }

    /// A reader got into the old generation, 1, or into one that came later.
    pub fn entered(&self, generation: usize) {
        one_more(&self.entered[usize::from(generation > 1)]);
    }

    /// Prints them, and fails where a checker that looks at everything has missed something.
    pub fn report(&self, name: &str) {
        let count = |count: &AtomicUsize| count.load(Ordering::Relaxed);
        let (freed, kept) = (count(&self.freed), count(&self.kept));
        let [old, new] = [&self.entered[0], &self.entered[1]].map(count);
        println!(
            "model: {name}: {} executions, {freed} freed, {kept} kept, {} unanswered, {old} entered old, {new} new",
            count(&self.executions),
            count(&self.unanswered),
        );
        let happens = |one: usize, other: usize| one + other == 0 || (one > 0 && other > 0);
        assert!(!EXHAUSTIVE || happens(freed, kept), "{name}: freed {freed}, kept {kept}");
        assert!(!EXHAUSTIVE || happens(old, new), "{name}: old {old}, new {new}");
    }

    /// The same of a model with an image.
    pub fn report_with_image(&self, name: &str) {
        self.report(name);
        assert!(!EXHAUSTIVE || self.images_freed.load(Ordering::Relaxed) > 0, "{name}: no image freed");
    }
}
