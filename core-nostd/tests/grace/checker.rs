//! What the models run on: threads, atomics and memory of a model checker, or of the machine.

#[cfg(loom)]
pub use loom::{
    sync::Mutex,
    sync::atomic::{AtomicUsize, Ordering, fence},
    thread,
};
#[cfg(shuttle)]
pub use shuttle::{
    sync::Mutex,
    sync::atomic::{AtomicUsize, Ordering, fence},
    thread,
};
#[cfg(not(any(loom, shuttle)))]
pub use std::{
    sync::Mutex,
    sync::atomic::{AtomicUsize, Ordering, fence},
    thread,
};

/// Whether every execution is looked at, so that both outcomes of a race must be among them.
pub const EXHAUSTIVE: bool = cfg!(loom);

/// The bound on preemptions of a model that has very many executions: none in a full run.
pub fn bound_unless_full(preemptions: usize) -> Option<usize> {
    let is_full = std::env::var_os("DYNPATCH_MODELS").is_some_and(|wanted| wanted == "full");
    (!is_full).then_some(preemptions)
}

/// How the report says it.
pub fn bounded(preemptions: Option<usize>) -> String {
    match preemptions {
        _ if !EXHAUSTIVE => "some".into(),
        None => "all".into(),
        Some(most) => format!("at most {most} preemptions"),
    }
}

/// Runs `model` in every execution there is, with at most so many preemptions if a bound is given.
#[cfg(loom)]
pub fn check(preemptions: Option<usize>, model: impl Fn() + Send + Sync + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = preemptions;
    builder.max_branches = 5_000;
    builder.check(model);
}

/// Runs `model` in random executions.
#[cfg(shuttle)]
pub fn check(_: Option<usize>, model: impl Fn() + Send + Sync + 'static) {
    shuttle::check_random(model, 2_000);
}

/// Runs `model` as the machine comes.
#[cfg(not(any(loom, shuttle)))]
pub fn check(_: Option<usize>, model: impl Fn() + Send + Sync + 'static) {
    let times = if cfg!(miri) { 2 } else { 100 };
    (0..times).for_each(|_| model());
}
