//! Many calls against many publications, on this machine's memory and on Miri's.

use super::fences::Fences;
use super::outcomes::Outcomes;
use super::world::{Reader, World, record};
use std::sync::Barrier;
use std::thread;

const READERS: usize = 2;
const GENERATIONS: usize = if cfg!(miri) { 12 } else { 3_000 };

#[test]
fn readers_with_the_systems_fences() {
    stress(Fences::Symmetric);
}

#[test]
fn readers_with_fences_of_their_own() {
    stress(Fences::Own);
}

fn stress(fences: Fences) {
    let world = World::with_generations(fences, READERS, GENERATIONS + 1, Outcomes::none());
    let lent = world.lend();
    let started = Barrier::new(READERS + 1);
    thread::scope(|scope| {
        let started = &started;
        let readers: [_; READERS] = std::array::from_fn(|number| scope.spawn(move || read(lent, number, started)));
        started.wait();
        let freed = update(lent);
        let rounds: usize = readers.map(|reader| reader.join().expect("a reader")).iter().sum();
        println!("stress: {fences:?}: {GENERATIONS} generations, {freed} freed while readers did {rounds} things");
        assert!(freed > 0 && rounds > 0);
    });
    assert!(lent.known().is_empty(), "a thread that has ended is known");
}

/// Publishes every generation, and unmaps what nobody holds.
fn update(world: &'static World) -> usize {
    let mut retired = Vec::new();
    let mut freed = 0;
    for generation in 2..=GENERATIONS {
        let epoch = world.publish(generation);
        retired.push((generation - 1, epoch));
        let mut candidates: Vec<_> = retired.iter().map(|(number, epoch)| world.retired(*number, *epoch)).collect();
        world.survey(&mut candidates);
        let mut free = candidates.iter().map(|candidate| candidate.holder.is_none());
        retired.retain(|(number, _)| {
            let is_free = free.next().expect("as many candidates");
            if is_free {
                world.unmap(*number);
                freed += 1;
            }
            !is_free
        });
        thread::yield_now();
    }
    freed
}

/// Everything that a reader can do, again and again until the last generation is live.
fn read(world: &'static World, number: usize, started: &Barrier) -> usize {
    let record = record();
    let lent = record.lend();
    let first = Reader::unknown(world, lent, number);
    first.call();
    started.wait();
    let reader = Reader::known(world, lent, number);
    let acts: [fn(&Reader<'_>); 3] =
        [|reader| reader.call(), |reader| reader.own(), |reader| reader.go_over_and_back()];
    let mut rounds = 0;
    while !world.is_live(GENERATIONS) {
        acts[rounds % acts.len()](&reader);
        rounds += 1;
    }
    world.forget(lent);
    // Calls of a thread that has been forgotten are counted.
    Reader::unknown(world, lent, number).call();
    rounds
}
