//! A signal before every step of a pin, and one more before every step of its handler: deterministic, on one thread.
//!
//! What is entered, by the interrupted frame or by a handler, is never freed while it is; and every word is as it was.

use super::fences::Fences;
use super::raw::{Lent, with_walk};
use super::world::{DISTANCE, Entered, record};
use dynpatch_core::grace::{
    Candidate, Domain, Record, References, System, is_idle, is_inside, is_unregistered, pin, pin_slow, survey, unpin,
    unpin_slow,
};
use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::sync::Mutex;

const GENERATIONS: usize = 64;
/// More than any frame has.
const STEPS: usize = 16;

/// What updaters have done so far, whichever thread they ran on.
struct Process {
    domain: Domain,
    walking: Mutex<()>,
    live: Cell<usize>,
    references: Vec<References>,
    retired: RefCell<Vec<(usize, usize)>>,
    freed: RefCell<BTreeSet<usize>>,
    seen: Seen,
}

/// What happened in all runs.
#[derive(Default)]
struct Seen {
    freed: Cell<usize>,
    kept: Cell<usize>,
    inherited: Cell<usize>,
    pinned: Cell<usize>,
    counted: Cell<usize>,
    handlers: Cell<usize>,
}

fn add(count: &Cell<usize>, more: usize) {
    count.set(count.get() + more);
}

impl Process {
    fn new(fences: Fences, live: usize) -> Self {
        let process = Self {
            domain: Domain::new(),
            walking: Mutex::new(()),
            live: Cell::new(0),
            references: (0..GENERATIONS).map(|_| References::new()).collect(),
            retired: RefCell::default(),
            freed: RefCell::default(),
            seen: Seen::default(),
        };
        if fences != Fences::Own {
            process.domain.use_barrier();
        }
        (0..live).for_each(|_| process.update());
        process
    }

    /// A new generation goes live, and whatever was retired before and has no holder is freed.
    fn update(&self) {
        let bias = self.live.get() + DISTANCE;
        self.live.set(bias);
        let (before, epoch) = self.domain.publish(bias);
        // The built-in generation is never reclaimed.
        if before != 0 {
            self.retired.borrow_mut().push((before, epoch));
        }
        self.free();
    }

    fn free(&self) {
        let candidate =
            |(bias, epoch): &(usize, usize)| Candidate::generation(*bias, *epoch, &self.references[*bias / DISTANCE]);
        let mut candidates: Vec<_> = self.retired.borrow().iter().map(candidate).collect();
        with_walk(&self.walking, &self.domain, |walk| survey(walk, &Updater, &mut candidates));
        let mut held = candidates.iter().map(|candidate| candidate.holder.is_some());
        self.retired.borrow_mut().retain(|(bias, _)| {
            let is_held = held.next().expect("as many candidates");
            if !is_held {
                self.freed.borrow_mut().insert(*bias);
            }
            add(if is_held { &self.seen.kept } else { &self.seen.freed }, 1);
            is_held
        });
    }

    fn run(&self, bias: usize) {
        assert!(!self.freed.borrow().contains(&bias), "inside of what was freed");
    }
}

/// The updater's processor: the barrier reaches a thread that is interrupted at this moment.
struct Updater;

impl System for Updater {
    fn light(&self) {}

    fn heavy(&self) -> bool {
        true
    }

    fn adopt(&self, _: &'static Record) -> bool {
        unreachable!("the updater enters nothing")
    }
}

/// What comes before which step.
#[derive(Clone, Copy)]
struct Plan {
    fences: Fences,
    is_ending: bool,
    /// Another thread publishes and frees.
    update: usize,
    /// A signal.
    signal: usize,
    /// In its handler, another.
    nested: usize,
}

const NEVER: usize = usize::MAX;

/// A frame of the thread: what it does itself, or a handler.
struct Frame {
    process: &'static Process,
    record: &'static Record,
    plan: Plan,
    steps: Cell<usize>,
}

impl System for Frame {
    fn light(&self) {
        assert_ne!(self.plan.fences, Fences::Own, "this thread needs fences of its own");
    }

    fn heavy(&self) -> bool {
        unreachable!("a reader runs no barrier")
    }

    fn adopt(&self, _: &'static Record) -> bool {
        self.step();
        !self.plan.is_ending
    }

    fn step(&self) {
        let step = self.steps.replace(self.steps.get() + 1);
        if step == self.plan.update {
            self.process.update();
        }
        if step == self.plan.signal {
            self.handle();
        }
    }
}

impl Frame {
    /// The handler of a signal: it calls, while others publish and free.
    fn handle(&self) {
        let Self { process, record, plan, .. } = *self;
        let word = record.word();
        add(&process.seen.handlers, 1);
        process.update();
        let plan = Plan { signal: plan.nested, nested: NEVER, update: NEVER, ..plan };
        let handler = Self { process, record, plan, steps: Cell::new(0) };
        handler.call(|| {});
        process.update();
        let as_before = if is_unregistered(word) { record.resting() } else { word };
        assert_eq!(record.word(), as_before, "a handler has left the word changed");
    }

    /// What a call site does.
    fn enter(&self) -> Entered {
        let word = self.record.word();
        if is_inside(word) {
            add(&self.process.seen.inherited, 1);
            return Entered::Inherited(word);
        }
        if is_idle(word)
            && let Some(bias) = pin(&self.process.domain, self.record, self)
        {
            add(&self.process.seen.pinned, 1);
            return Entered::Fast(bias);
        }
        let slow = pin_slow(&self.process.domain, self.record, self);
        add(if slow.is_shared() { &self.process.seen.counted } else { &self.process.seen.pinned }, 1);
        Entered::Slow(slow)
    }

    fn leave(&self, entered: Entered) {
        self.step();
        match entered {
            Entered::Inherited(_) => {}
            Entered::Fast(_) => unpin(self.record),
            Entered::Slow(slow) => unpin_slow(&self.process.domain, self.record, slow),
        }
        self.step();
    }

    /// Into the live generation, something in there, and out.
    fn call(&self, inside: impl FnOnce()) {
        self.step();
        let entered = self.enter();
        let bias = entered.bias();
        self.process.run(bias);
        self.step();
        inside();
        self.process.update();
        self.process.run(bias);
        self.leave(entered);
    }

    fn nested(&self) {
        self.call(|| self.call(|| {}));
    }

    fn twice(&self) {
        self.call(|| {});
        self.call(|| {});
    }

    /// Out of the generation while a reference keeps it, and back.
    fn goes_over_and_back(&self) {
        let entered = self.enter();
        let bias = entered.bias();
        let references = &self.process.references[bias / DISTANCE];
        references.acquire();
        self.step();
        let word = self.record.exchange(self.record.resting());
        self.step();
        self.call(|| {});
        self.record.exchange(word);
        self.step();
        references.release();
        self.step();
        self.process.run(bias);
        self.leave(entered);
    }

    /// Into a generation that a reference keeps, from outside.
    fn enters_what_it_owns(&self) {
        let entered = self.enter();
        let bias = entered.bias();
        let references = &self.process.references[bias / DISTANCE];
        references.acquire();
        self.leave(entered);
        self.process.update();
        let word = self.record.exchange(bias);
        self.step();
        self.process.run(bias);
        self.record.exchange(word);
        self.step();
        references.release();
    }
}

type Act = fn(&Frame);

/// Runs one frame of a new thread, and gives how many steps it had.
fn run(process: &'static Process, plan: Plan, act: Act) -> usize {
    let record = record();
    let lent = record.lend();
    let frame = Frame { process, record: lent, plan, steps: Cell::new(0) };
    act(&frame);
    assert_eq!(lent.word(), lent.resting(), "the thread does not rest");
    // Whatever was done, nothing is kept by a thread that rests.
    process.update();
    process.update();
    assert_eq!(process.retired.borrow().len(), 0, "a thread that rests holds something");
    assert_eq!(process.domain.shared(), 0, "a call that nobody makes is counted");
    with_walk(&process.walking, &process.domain, |walk| walk.forget(lent));
    frame.steps.get()
}

/// Every place for an update, a signal and a signal in its handler.
fn everywhere(name: &str, act: Act) {
    let mut seen = [0; 6];
    for (fences, is_ending, live) in cases() {
        let plan = Plan { fences, is_ending, update: NEVER, signal: NEVER, nested: NEVER };
        let steps = run(Lent::new(Process::new(fences, live)).lend(), plan, act);
        assert!((3..STEPS * 2).contains(&steps), "{name}: {steps} steps");
        let places = |to: usize| (0..to).chain([NEVER]);
        for update in places(steps) {
            for (signal, nested) in places(steps).flat_map(|signal| places(STEPS).map(move |nested| (signal, nested))) {
                let process = Lent::new(Process::new(fences, live));
                run(process.lend(), Plan { update, signal, nested, ..plan }, act);
                let Seen { freed, kept, inherited, pinned, counted, handlers } = &process.lend().seen;
                let counts = [freed, kept, inherited, pinned, counted, handlers].map(Cell::get);
                seen.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
            }
        }
    }
    let [freed, kept, inherited, pinned, counted, handlers] = seen;
    println!(
        "signals: {name}: {handlers} handlers; {pinned} calls pinned, {inherited} inherited, {counted} counted; {freed} \
         generations freed, {kept} kept"
    );
    assert!(seen.iter().all(|count| *count > 0), "{name}: something never happened");
}

/// Who fences, whether the thread is ending, and how many generations have gone live before.
fn cases() -> impl Iterator<Item = (Fences, bool, usize)> {
    [Fences::Interrupt, Fences::Own]
        .into_iter()
        .flat_map(|fences| [false, true].map(move |is_ending| (fences, is_ending)))
        .flat_map(|(fences, is_ending)| [0, 1].map(move |live| (fences, is_ending, live)))
}

#[test]
fn first_and_second_call() {
    everywhere("first and second call", Frame::twice);
}

#[test]
fn nested_call() {
    everywhere("nested call", Frame::nested);
}

#[test]
fn over_to_a_reference_and_back() {
    everywhere("over to a reference and back", Frame::goes_over_and_back);
}

#[test]
fn into_what_is_owned() {
    everywhere("into what is owned", Frame::enters_what_it_owns);
}
