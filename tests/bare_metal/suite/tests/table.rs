//! The table without interrupts: swap, abandon, roll back.
#![no_std]
#![no_main]

use dynpatch_core::table::{Busy, NothingOlder, SlotIndex, Stage, Update};
use suite::{PLACES, answer, built_in, call, call_on_one_core, erased};

support::tests!(
    every_slot_changes_at_once,
    an_abandoned_stage_changes_nothing,
    a_rollback_goes_back_once,
    a_stage_overwrites_what_is_older,
    one_updates_at_a_time,
    an_index_lies_in_the_table,
);

fn stage<'u>(update: &'u mut Update<'_, 2>) -> Stage<'u, 2> {
    // SAFETY: these tests call from one place, which is here and not in a call.
    unsafe { update.stage() }
}

fn every_slot_changes_at_once() {
    let table = built_in();
    assert_eq!(call(&table), [1, 1]);
    let mut update = table.try_update().expect("free");
    let mut next = stage(&mut update);
    next.set(PLACES[0], erased(answer::<2>));
    assert_eq!(call(&table), [1, 1]);
    next.set(PLACES[1], erased(answer::<2>));
    assert_eq!(call(&table), [1, 1]);
    next.commit();
    assert_eq!(call(&table), [2, 2]);
    assert_eq!(call_on_one_core(&table), [2, 2]);
}

fn an_abandoned_stage_changes_nothing() {
    let table = built_in();
    let mut update = table.try_update().expect("free");
    stage(&mut update).set(PLACES[0], erased(answer::<2>));
    assert_eq!(call(&table), [1, 1]);
    stage(&mut update).commit();
    assert_eq!(call(&table), [1, 1]);
}

fn a_rollback_goes_back_once() {
    let table = built_in();
    let mut update = table.try_update().expect("free");
    let mut next = stage(&mut update);
    next.set(PLACES[1], erased(answer::<2>));
    next.commit();
    assert_eq!(call(&table), [1, 2]);
    assert_eq!(update.rollback(), Ok(()));
    assert_eq!(call(&table), [1, 1]);
    assert_eq!(update.rollback(), Err(NothingOlder));
    assert_eq!(call(&table), [1, 1]);
}

fn a_stage_overwrites_what_is_older() {
    let table = built_in();
    let mut update = table.try_update().expect("free");
    stage(&mut update).commit();
    drop(stage(&mut update));
    assert_eq!(update.rollback(), Err(NothingOlder));
}

fn one_updates_at_a_time() {
    let table = built_in();
    let update = table.try_update().expect("free");
    assert_eq!(table.try_update().err(), Some(Busy));
    drop(update);
    assert!(table.try_update().is_ok());
}

fn an_index_lies_in_the_table() {
    assert_eq!(SlotIndex::new(1), Some(PLACES[1]));
    assert_eq!(SlotIndex::<2>::new(2), None);
}
