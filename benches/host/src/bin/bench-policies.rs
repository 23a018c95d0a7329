//! A host that names every policy, and takes the one it is told: what calls cost in a program that could choose any.
//!
//! `bench-policies <POLICY> <STATE> <PATCH> <ORDER>...`, where an order is one of `bench_host::obey`, or `unmap <N>`.

use bench_host::threads::{keep_off_a_core, stay_on};
use bench_host::timing::Run;
use bench_host::{Way, inside, obey};
use bench_subject::{Case, run, run_in_patch};
use dynpatch::{GenerationStatus, RuntimeBuilder, Snapshot};
use std::error::Error;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Instant;

/// How often a patch is asked to go.
const ATTEMPTS: usize = 2_000;

type Outcome = Result<(), Box<dyn Error>>;

fn main() -> Outcome {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [policy, state, patch, order @ ..] = &arguments[..] else {
        return Err("usage: <policy> <state> <patch> <order>...".into());
    };
    builder(policy)?.rollback_depth(0).init()?;
    // Under `Quiesce` every thread says so before its first call.
    let checkpoint: fn() = if policy == "quiesce" { dynpatch::checkpoint } else { || {} };
    checkpoint();
    match order {
        [unmap, cycles] if unmap == "unmap" => print_cycles(patch, cycles.parse()?, checkpoint),
        _ => calls(state, patch, order, checkpoint),
    }
}

fn builder(policy: &str) -> Result<RuntimeBuilder, String> {
    let builder = RuntimeBuilder::new();
    match policy {
        "retain" => Ok(builder),
        // SAFETY: the fixtures hand out numbers only, and no frame here is left but by returning.
        "reclaim" => Ok(unsafe { builder.reclaim() }),
        // SAFETY: as above; and every thread of this program that calls makes a checkpoint before.
        "quiesce" => Ok(unsafe { builder.quiesce() }),
        _ => Err(format!("there is no policy `{policy}`")),
    }
}

/// Counts or times the calls of a state.
fn calls(state: &str, patch: &str, order: &[String], checkpoint: fn()) -> Outcome {
    let is_live = !state.ends_with("built-in");
    if is_live {
        dynpatch::reload(patch)?;
    }
    let expected = if is_live { 2 } else { 1 };
    assert_eq!(bench_subject::version(), expected, "in the state {state} another build is live");
    let caller: fn(Case, u64) -> u64 = match state {
        "built-in" | "live" => run,
        "inside-built-in" | "inside-live" => inside,
        "from-patch" => run_in_patch,
        _ => return Err(format!("there is no state `{state}`").into()),
    };
    let runs: Vec<_> = Case::ALL
        .iter()
        .map(|&case| {
            (case, move |n| {
                checkpoint();
                caller(case, n)
            })
        })
        .collect();
    let run_of = |case: Case| -> Run<'_> {
        let (_, run) = runs.iter().find(|(known, _)| *known == case).expect("`runs` has every case");
        run
    };
    let way = |case: &Case| Way { name: case.name(), run: run_of(*case), baseline: run_of(case.baseline()) };
    obey(&Case::ALL.iter().map(way).collect::<Vec<_>>(), order)
}

/// Applies the patch, takes it back and unmaps it, beside a thread that calls all the time. Prints the nanoseconds of
/// each: of an apply, of a rollback, and of the `try_reclaim` that unmaps the patch once nobody owns it.
fn print_cycles(patch: &str, cycles: usize, checkpoint: fn()) -> Outcome {
    let core = keep_off_a_core().ok_or("a busy reader needs a core of its own")?;
    let (calling, stop) = (AtomicBool::new(false), AtomicBool::new(false));
    thread::scope(|scope| {
        scope.spawn(|| {
            stay_on(core);
            while !stop.load(Ordering::Acquire) {
                checkpoint();
                std::hint::black_box(run(Case::Function, 80));
                calling.store(true, Ordering::Release);
            }
            dynpatch::offline();
        });
        while !calling.load(Ordering::Acquire) {
            thread::yield_now();
        }
        let outcome = (0..cycles).try_for_each(|_| cycle(patch, checkpoint));
        stop.store(true, Ordering::Release);
        outcome
    })
}

fn cycle(patch: &str, checkpoint: fn()) -> Outcome {
    let (applied, apply) = timed(|| dynpatch::reload(patch));
    let number = applied?.generation;
    let owner = Snapshot::current();
    let (rolled_back, rollback) = timed(dynpatch::rollback);
    rolled_back?;
    drop(owner);
    let start = Instant::now();
    unmap(number, checkpoint)?;
    println!("{apply} {rollback} {}", start.elapsed().as_nanos());
    Ok(())
}

/// Asks until the generation is unmapped: under `Quiesce` all threads have to come to a checkpoint first. A hold for good
/// would never let go, so there is an end to it.
fn unmap(number: u64, checkpoint: fn()) -> Outcome {
    let mut status = None;
    for _ in 0..ATTEMPTS {
        checkpoint();
        let report = dynpatch::try_reclaim()?;
        status = report.generation(number).map(|generation| generation.status.clone());
        if status == Some(GenerationStatus::Unmapped) {
            return Ok(());
        }
    }
    Err(format!("generation {number} is still mapped: {status:?}").into())
}

fn timed<R>(f: impl FnOnce() -> R) -> (R, u128) {
    let start = Instant::now();
    let result = f();
    (result, start.elapsed().as_nanos())
}
