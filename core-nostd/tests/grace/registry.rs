//! Records come and go while others walk.

use super::checker::{bounded, check, thread};
use super::fences::Fences;
use super::outcomes::Outcomes;
use super::raw::{Lent, LentRecord};
use super::world::{Reader, World, record};
use dynpatch_core::grace::Record;
use std::ptr;

fn holds(known: &[*const Record], record: *const Record) -> bool {
    known.iter().filter(|other| ptr::eq(**other, record)).count() == 1
}

/// Each thread finds its own record as long as it is there, and no record twice, whoever else comes and goes.
#[test]
fn records_come_and_go() {
    let threads = if cfg!(loom) { 2 } else { 4 };
    let outcomes = Outcomes::new();
    check(Some(3), move || {
        outcomes.execution();
        let world = World::new(Fences::Symmetric, threads, outcomes);
        let lent = world.lend();
        let comers: Vec<_> = (0..threads).map(|_| thread::spawn(move || comes_and_goes(lent))).collect();
        let seen = lent.known();
        assert!(seen.iter().all(|record| holds(&seen, *record)), "a record is listed twice");
        comers.into_iter().for_each(|comer| comer.join().expect("who comes and goes"));
        assert!(lent.known().is_empty(), "who has gone is still listed");
    });
    outcomes.report(&format!("records come and go, {}", bounded(Some(3))));
}

fn comes_and_goes(world: &'static World) {
    let record = record();
    let lent = record.lend();
    Reader::register(world, lent);
    assert!(holds(&world.known(), lent), "who has come is not listed");
    world.forget(lent);
    assert!(!holds(&world.known(), lent), "who has gone is still listed");
}

/// Three threads are known.
fn with_three(f: impl Fn(&'static World, [&'static Record; 3])) {
    let (world, records) = (World::new(Fences::Symmetric, 0, Outcomes::none()), [(); 3].map(|()| record()));
    let (lent, records) = (world.lend(), records.each_ref().map(Lent::lend));
    records.iter().for_each(|record| Reader::register(lent, record));
    f(lent, records);
}

/// Records go in every order.
#[test]
fn records_go_in_any_order() {
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        check(Some(0), move || with_three(|world, records| go(world, records, order)));
    }
}

fn go(world: &'static World, records: [&'static Record; 3], order: [usize; 3]) {
    for (gone, number) in order.into_iter().enumerate() {
        world.forget(records[number]);
        let left = world.known();
        assert_eq!(left.len(), 2 - gone);
        assert!(order[gone + 1..].iter().all(|number| holds(&left, records[*number])));
    }
}

/// In the child of a fork only the calling thread is left, if it was known.
#[test]
fn the_child_of_a_fork_keeps_its_own_record() {
    for own in 0..3 {
        check(Some(0), move || {
            with_three(|world, records| {
                world.walk(|walk| walk.keep_only(Some(records[own])));
                let known = world.known();
                assert!(known.len() == 1 && holds(&known, records[own]));
            });
        });
    }
    check(Some(0), || {
        with_three(|world, _| {
            let unknown: LentRecord = record();
            world.walk(|walk| walk.keep_only(Some(unknown.lend())));
            assert!(world.known().is_empty(), "a thread that was not known is");
        });
        with_three(|world, _| {
            world.walk(|walk| walk.keep_only(None));
            assert!(world.known().is_empty(), "nobody is left");
        });
    });
}
