use super::{Reliance, TRIAL, barrier, choice, judge};
use crate::platform::ProcessBarrier;
use crate::platform::litmus::{Finding, try_out};
use core::sync::atomic::{AtomicUsize, Ordering, compiler_fence};
use dynpatch_core::Barrier;
use std::num::NonZero;
use std::thread::available_parallelism;
use std::time::{Duration, Instant};

/// Does nothing, as wine's.
struct Nothing;

impl Barrier for Nothing {
    fn run(&self) -> bool {
        compiler_fence(Ordering::SeqCst);
        true
    }
}

/// Refuses from some time on.
struct Tired(AtomicUsize);

impl Barrier for Tired {
    fn run(&self) -> bool {
        self.0.fetch_add(1, Ordering::Relaxed) < 2
    }
}

fn is_one_processor() -> bool {
    available_parallelism().map_or(1, NonZero::get) == 1
}

/// What comes of trials that are repeated until one fails. One trial may be in vain when the two threads have to share a
/// processor with others; minutes of it are not.
fn repeated(barrier: &dyn Barrier) -> (u32, Finding) {
    let end = Instant::now() + Duration::from_secs(120);
    let mut trials = 0;
    loop {
        trials += 1;
        let finding = try_out(barrier, TRIAL);
        if !matches!(finding, Finding::Held { .. }) || Instant::now() > end {
            return (trials, finding);
        }
    }
}

#[test]
fn a_barrier_that_does_nothing_is_found_out() {
    let (trials, finding) = repeated(&Nothing);
    eprintln!("a barrier that does nothing: {finding} (trial {trials})");
    match finding {
        Finding::NotTried(_) => assert!(is_one_processor(), "it can be tried where there are two"),
        _ => assert!(matches!(finding, Finding::Failed { .. }), "{finding}"),
    }
}

/// Ten times as long as the choice takes, the system's barrier never fails.
#[test]
fn the_barrier_of_this_system_holds() {
    let distrusted = ProcessBarrier::distrusted();
    let Some(offered) = ProcessBarrier::register().filter(|_| distrusted.is_none()) else {
        return eprintln!("skipped: {}", choice().1);
    };
    let finding = try_out(&offered, 10 * TRIAL);
    eprintln!("the barrier of this system: {finding}");
    assert!(matches!(finding, Finding::Held { .. } | Finding::NotTried(_)), "{finding}");
}

/// What comes of this system's barrier on a second look: nothing but the system itself decides.
#[test]
fn the_choice_is_made_once_and_explained() {
    let reliance = choice().1;
    eprintln!("{reliance}");
    match (ProcessBarrier::register(), ProcessBarrier::distrusted()) {
        (None, _) => assert_eq!(reliance, Reliance::NotOffered),
        (Some(_), Some(why)) => assert_eq!(reliance, Reliance::Distrusted(why)),
        (Some(_), None) => assert!(matches!(reliance, Reliance::On(_)), "{reliance}"),
    }
    assert_eq!(barrier().is_some(), matches!(reliance, Reliance::On(_)));
    let again = [barrier(), barrier()].map(|barrier| barrier.map(|barrier| core::ptr::from_ref(barrier).addr()));
    assert_eq!(again[0], again[1]);
    assert!(barrier().is_none_or(Barrier::run));
}

#[test]
fn every_answer_leads_to_its_verdict() {
    let found = |finding| judge(Some(&Nothing), None, |_| finding);
    let held = Finding::Held { rounds: 1000 };
    assert_eq!(found(held), Reliance::On(held));
    let alone = Finding::NotTried("alone");
    assert_eq!(found(alone), Reliance::On(alone));
    let failed = Finding::Failed { round: 7 };
    assert_eq!(found(failed), Reliance::Refuted(failed));
    assert_eq!(found(Finding::Refused), Reliance::Refuted(Finding::Refused));
    let never = |_: &dyn Barrier| -> Finding { panic!("nothing is tried") };
    assert_eq!(judge(None, None, never), Reliance::NotOffered);
    assert_eq!(judge(Some(&Nothing), Some("wine"), never), Reliance::Distrusted("wine"));
}

#[test]
fn a_barrier_that_refuses_is_not_relied_on() {
    let tired = Tired(AtomicUsize::new(0));
    let finding = if is_one_processor() { Finding::Refused } else { repeated(&tired).1 };
    assert_eq!(judge(Some(&tired), None, |_| finding), Reliance::Refuted(finding));
}

/// What is known of a system counts more than a trial, whose finding is shown here and proves nothing. Whoever runs this on
/// a system that is to be distrusted says in `DYNPATCH_TEST_DISTRUSTED` which word the reason must hold.
#[test]
fn what_is_known_counts_more_than_a_trial() {
    let offered = ProcessBarrier::register();
    let offered = offered.as_ref().map(|barrier| barrier as &dyn Barrier);
    eprintln!("by a trial alone: {}", judge(offered, None, |barrier| try_out(barrier, TRIAL)));
    eprintln!("by what is known as well: {}", choice().1);
    if let Ok(name) = std::env::var("DYNPATCH_TEST_DISTRUSTED") {
        assert!(matches!(choice().1, Reliance::Distrusted(why) if why.contains(&name)), "{}", choice().1);
        assert!(barrier().is_none(), "readers use fences of their own");
    }
}
