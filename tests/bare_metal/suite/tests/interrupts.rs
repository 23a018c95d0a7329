//! The table under interrupts: who interrupts an update is not kept waiting, and sees old or new, never both.
#![no_std]
#![no_main]

use core::sync::atomic::{AtomicU32, Ordering::Relaxed};
use dynpatch_core::table::Stage;
use suite::{PLACES, Pair, answer, built_in, call, erased};
use support::interrupts;

support::tests!(
    who_interrupts_an_update_gets_busy_and_the_old_code,
    who_interrupts_nobody_may_update,
    updates_under_ticks_are_never_seen_in_part,
);

fn set_both(stage: &mut Stage<'_, 2>, answer: fn() -> u32) {
    for place in PLACES {
        stage.set(place, erased(answer));
    }
}

/// What the handler saw last, and how often it ran.
static ANSWERS: [AtomicU32; 2] = [const { AtomicU32::new(0) }; 2];
static WAS_BUSY: AtomicU32 = AtomicU32::new(0);
static RUNS: AtomicU32 = AtomicU32::new(0);

static ASKED: Pair = built_in();

fn ask() {
    WAS_BUSY.store(u32::from(ASKED.try_update().is_err()), Relaxed);
    for (place, answer) in ANSWERS.iter().zip(call(&ASKED)) {
        place.store(answer, Relaxed);
    }
    // One place writes this, and it is not interrupted by itself.
    RUNS.store(RUNS.load(Relaxed) + 1, Relaxed);
}

/// Interrupts itself, and tells whether the handler found the table busy, and what it was answered.
fn interrupted() -> (bool, [u32; 2]) {
    let runs = RUNS.load(Relaxed);
    interrupts::interrupt();
    assert_eq!(RUNS.load(Relaxed), runs + 1, "the handler did not run once");
    (WAS_BUSY.load(Relaxed) == 1, [ANSWERS[0].load(Relaxed), ANSWERS[1].load(Relaxed)])
}

fn who_interrupts_an_update_gets_busy_and_the_old_code() {
    interrupts::on_interrupt(ask);
    assert_eq!(interrupted(), (false, [1, 1]));
    let mut update = ASKED.try_update().expect("free");
    assert_eq!(interrupted(), (true, [1, 1]));
    // SAFETY: interrupts run to completion and this is not in a call, so that no call is under way.
    let mut stage = unsafe { update.stage() };
    set_both(&mut stage, answer::<2>);
    assert_eq!(interrupted(), (true, [1, 1]));
    stage.commit();
    assert_eq!(interrupted(), (true, [2, 2]));
    drop(update);
    assert_eq!(interrupted(), (false, [2, 2]));
}

static ROLLED_BACK: Pair = built_in();

/// What a watchdog would do.
fn roll_back() {
    ROLLED_BACK.try_update().expect("nobody is interrupted at it").rollback().expect("something older");
}

fn who_interrupts_nobody_may_update() {
    let mut update = ROLLED_BACK.try_update().expect("free");
    // SAFETY: interrupts run to completion and this is not in a call, so that no call is under way.
    let mut stage = unsafe { update.stage() };
    set_both(&mut stage, answer::<2>);
    stage.commit();
    drop(update);
    assert_eq!(call(&ROLLED_BACK), [2, 2]);
    interrupts::on_interrupt(roll_back);
    interrupts::interrupt();
    assert_eq!(call(&ROLLED_BACK), [1, 1]);
}

static TICKED: Pair = built_in();
static BUSY: AtomicU32 = AtomicU32::new(0);
static FREE: AtomicU32 = AtomicU32::new(0);
static PARTS: AtomicU32 = AtomicU32::new(0);
static ABANDONED: AtomicU32 = AtomicU32::new(0);

fn add_one(count: &AtomicU32) {
    // The handler alone counts.
    count.store(count.load(Relaxed) + 1, Relaxed);
}

fn tick() {
    add_one(if TICKED.try_update().is_err() { &BUSY } else { &FREE });
    let [first, second] = call(&TICKED);
    if first != second {
        add_one(&PARTS);
    }
    if first == 9 || second == 9 {
        add_one(&ABANDONED);
    }
}

/// Commits one version, and abandons another.
fn update_twice(version: fn() -> u32) {
    // Who interrupts has left the table when it returns: this is never kept out.
    let mut update = TICKED.try_update().expect("free");
    // SAFETY: interrupts run to completion and this is not in a call, so that no call is under way.
    let mut stage = unsafe { update.stage() };
    set_both(&mut stage, version);
    stage.commit();
    // SAFETY: as above.
    let mut stage = unsafe { update.stage() };
    set_both(&mut stage, answer::<9>);
}

fn updates_under_ticks_are_never_seen_in_part() {
    const ENOUGH: u32 = 25;
    interrupts::on_tick(tick);
    while BUSY.load(Relaxed) < ENOUGH || FREE.load(Relaxed) < ENOUGH {
        update_twice(answer::<2>);
        assert_eq!(call(&TICKED), [2, 2]);
        update_twice(answer::<3>);
        assert_eq!(call(&TICKED), [3, 3]);
    }
    interrupts::end_ticks();
    assert_eq!((PARTS.load(Relaxed), ABANDONED.load(Relaxed)), (0, 0));
}
