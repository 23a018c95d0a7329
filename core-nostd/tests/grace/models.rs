//! One reader or two against the updater, on the code that the product runs.

use super::checker::{bound_unless_full, bounded, check, thread};
use super::fences::Fences;
use super::outcomes::Outcomes;
use super::raw::Lent;
use super::world::{DISTANCE, OLD, Reader, World, call_from_signal, record};
use dynpatch_core::grace::{Record, System, register};

/// How a model begins.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Known {
    /// The reader is in the registry.
    Before,
    /// And it owns a reference to the old generation.
    Owner,
    /// It is yet to become known.
    Never,
}

type Read = fn(&Reader<'_>);
type Update = fn(&World);

/// One reader and one updater, each in turn on the thread that runs first: loom begins with that, and which races it
/// sees depends on it.
fn one_reader(
    preemptions: Option<usize>,
    fences: Fences,
    known: Known,
    read: Read,
    update: Update,
) -> &'static Outcomes {
    let outcomes = Outcomes::new();
    for reader_first in [true, false] {
        check(preemptions, move || race(fences, known, read, update, reader_first, outcomes));
    }
    outcomes
}

fn race(fences: Fences, known: Known, read: Read, update: Update, reader_first: bool, outcomes: &'static Outcomes) {
    outcomes.execution();
    let (world, record) = (World::new(fences, 1, outcomes), record());
    let (lent, lent_record) = (world.lend(), record.lend());
    if known != Known::Never {
        Reader::register(lent, lent_record);
    }
    if known == Known::Owner {
        lent.generation(OLD * DISTANCE).references.acquire();
    }
    let reader = move || {
        let reader = match known {
            Known::Before | Known::Owner => Reader::known(lent, lent_record, 0),
            Known::Never => Reader::unknown(lent, lent_record, 0),
        };
        read(&reader);
        reader.system.end();
    };
    let updater = move || update(lent);
    let other = if reader_first { thread::spawn(updater) } else { thread::spawn(reader) };
    if reader_first {
        reader()
    } else {
        updater()
    }
    other.join().expect("the other thread");
    lent.everything_retired_is_free(OLD);
}

/// In all three models of the fence, in every execution.
fn in_all_fences(name: &str, known: Known, read: Read, update: Update) {
    for fences in Fences::ALL {
        one_reader(None, fences, known, read, update).report(&format!("{name}, {fences:?}, {}", bounded(None)));
    }
}

/// The same, but of the many executions with the interrupt only those with few preemptions, unless the run is a full one.
fn in_all_fences_within(name: &str, known: Known, read: Read, update: Update) {
    for fences in Fences::ALL {
        let preemptions = bound_for(fences);
        let name = format!("{name}, {fences:?}, {}", bounded(preemptions));
        one_reader(preemptions, fences, known, read, update).report(&name);
    }
}

fn bound_for(fences: Fences) -> Option<usize> {
    if fences == Fences::Interrupt { bound_unless_full(3) } else { None }
}

#[test]
fn call() {
    in_all_fences("call", Known::Before, |reader| reader.call(), World::update);
}

/// What the updater learns of the first call it may learn from the second call's word alone.
#[test]
fn twice() {
    let read = |reader: &Reader<'_>| {
        reader.call();
        reader.call();
    };
    in_all_fences_within("twice", Known::Before, read, World::update);
}

/// A reference outlives the pin.
#[test]
fn owned() {
    in_all_fences("owned", Known::Before, |reader| reader.own(), World::update);
}

/// From the word to a reference and back.
#[test]
fn transfer() {
    in_all_fences_within("transfer", Known::Before, |reader| reader.go_over_and_back(), World::update);
}

/// From the word, or from a reference to a generation, over to a reference to its image, in either order of the
/// candidates.
#[test]
fn image() {
    let orders: [(Update, _); 2] = [
        (|world| world.update_with_image(true), "image first"),
        (|world| world.update_with_image(false), "image last"),
    ];
    let ways: [(Known, Read, _); 2] = [
        (Known::Before, |reader| reader.go_over_to_the_image(), "from the word"),
        (Known::Owner, |reader| reader.give_generation_for_image(), "from a reference"),
    ];
    for fences in [Fences::Symmetric, Fences::Interrupt] {
        for (known, read, way) in ways {
            for (update, order) in orders {
                let preemptions = bound_for(fences);
                let name = format!("image, {way}, {order}, {fences:?}, {}", bounded(preemptions));
                one_reader(preemptions, fences, known, read, update).report_with_image(&name);
            }
        }
    }
}

/// A thread becomes known by its first call.
#[test]
fn first_call() {
    in_all_fences("first call", Known::Never, |reader| reader.call(), World::update);
}

/// A thread that is ending already is counted.
#[test]
fn shared_count() {
    let read = |reader: &Reader<'_>| {
        let mut ending = Reader::unknown(reader.world, reader.record, 0);
        ending.system.is_ending = true;
        ending.call();
        ending.system.end();
    };
    in_all_fences("shared count", Known::Never, read, World::update);
}

/// A signal comes before any one step, and its handler calls.
#[test]
fn interrupted() {
    for fences in Fences::ALL {
        let outcomes = Outcomes::new();
        for at in 0..6 {
            check(bound_for(fences), move || interrupted_at(fences, at, outcomes));
        }
        outcomes.report(&format!("interrupted, {fences:?}, {}", bounded(bound_for(fences))));
    }
}

fn interrupted_at(fences: Fences, at: usize, outcomes: &'static Outcomes) {
    outcomes.execution();
    let (world, record) = (World::new(fences, 1, outcomes), record());
    let (lent, lent_record) = (world.lend(), record.lend());
    Reader::register(lent, lent_record);
    let other = thread::spawn(move || lent.update());
    let handler = || call_from_signal(lent, lent_record, 0);
    let mut reader = Reader::known(lent, lent_record, 0);
    reader.system.signal = Some((at, &handler));
    reader.call();
    reader.system.end();
    other.join().expect("the updater");
    lent.everything_retired_is_free(OLD);
}

/// Without pins: a thread says when it uses nothing.
#[test]
fn checkpoint() {
    let read = |reader: &Reader<'_>| {
        let Reader { world, record, system, .. } = reader;
        for _ in 0..2 {
            system.step();
            world.domain.checkpoint(record);
            system.step();
            let bias = world.domain.live();
            world.outcomes.entered(bias / DISTANCE);
            system.step();
            world.generation(bias).code.run();
        }
        system.step();
        record.offline();
        // Online again, and what it uses now is what is live.
        world.domain.checkpoint(record);
        let bias = world.domain.live();
        system.step();
        world.generation(bias).code.run();
        record.offline();
    };
    in_all_fences_within("checkpoint", Known::Before, read, World::update);
}

/// A thread that has seen a publication no longer keeps what it retired, though it stays online.
#[test]
fn a_checkpoint_made_is_not_behind() {
    check(None, || {
        let (world, record) = (World::new(Fences::Symmetric, 1, Outcomes::new()), record());
        let (lent, lent_record) = (world.lend(), record.lend());
        Reader::register(lent, lent_record);
        lent.domain.checkpoint(lent_record);
        let epoch = lent.publish(2);
        let held = |lent: &World| {
            let mut candidates = [lent.retired(OLD, epoch)];
            lent.survey(&mut candidates);
            candidates[0].holder.is_some()
        };
        assert!(held(lent), "it has made no checkpoint since");
        lent.domain.checkpoint(lent_record);
        assert!(!held(lent), "it has made one");
    });
}

/// A thread becomes known while another is in the old generation: it must not hide that one.
#[test]
fn registered_meanwhile() {
    for fences in [Fences::Symmetric, Fences::Interrupt] {
        let outcomes = Outcomes::new();
        check(Some(3), move || {
            outcomes.execution();
            let (world, calling, coming) = (World::new(fences, 2, outcomes), record(), record());
            let (lent, calling, coming_record) = (world.lend(), calling.lend(), coming.lend());
            Reader::register(lent, calling);
            let caller = spawn_reader(Reader::known, lent, calling, 0, |reader| reader.call());
            let comer = spawn_reader(Reader::unknown, lent, coming_record, 1, |reader| {
                register(&reader.world.domain, reader.record, &reader.system);
            });
            lent.update();
            caller.join().expect("the caller");
            comer.join().expect("who came");
            lent.everything_retired_is_free(OLD);
        });
        outcomes.report(&format!("registered meanwhile, {fences:?}, {}", bounded(Some(3))));
    }
}

type Make = fn(&'static World, &'static Record, usize) -> Reader<'static>;

fn spawn_reader(
    make: Make,
    world: &'static World,
    record: &'static Record,
    number: usize,
    read: Read,
) -> thread::JoinHandle<()> {
    thread::spawn(move || {
        let reader = make(world, record, number);
        read(&reader);
        reader.system.end();
    })
}

/// A thread calls, is forgotten, and calls once more, while another makes its first call.
#[test]
fn thread_end() {
    for fences in [Fences::Symmetric, Fences::Interrupt] {
        let outcomes = Outcomes::new();
        check(Some(2), move || {
            outcomes.execution();
            let (world, records) = (World::new(fences, 2, outcomes), [record(), record()]);
            let lent = world.lend();
            let [ending, coming] = [&records[0], &records[1]].map(Lent::lend);
            Reader::register(lent, ending);
            let ends = spawn_reader(Reader::known, lent, ending, 0, |reader| {
                reader.call();
                reader.world.forget(reader.record);
                Reader::unknown(reader.world, reader.record, 0).call();
            });
            let comes = spawn_reader(Reader::unknown, lent, coming, 1, |reader| reader.call());
            lent.update();
            ends.join().expect("who ends");
            comes.join().expect("who comes");
            lent.everything_retired_is_free(OLD);
        });
        outcomes.report(&format!("thread end, {fences:?}, {}", bounded(Some(2))));
    }
}

/// Two readers. With full fences a full run looks at all executions; under the interrupt there are too many, so that the
/// number of preemptions is bounded in every run.
#[test]
fn two_readers() {
    for (fences, bound) in [(Fences::Symmetric, bound_unless_full(4)), (Fences::Interrupt, Some(3))] {
        let outcomes = Outcomes::new();
        check(bound, move || {
            outcomes.execution();
            let (world, records) = (World::new(fences, 2, outcomes), [record(), record()]);
            let lent = world.lend();
            let readers: Vec<_> = (0..2)
                .map(|number| {
                    let record = records[number].lend();
                    Reader::register(lent, record);
                    spawn_reader(Reader::known, lent, record, number, |reader| reader.call())
                })
                .collect();
            lent.update();
            readers.into_iter().for_each(|reader| reader.join().expect("a reader"));
            lent.everything_retired_is_free(OLD);
        });
        outcomes.report(&format!("two readers, {fences:?}, {}", bounded(bound)));
    }
}
