//! A process in miniature: two generations and an image, readers, and the updater that replaces one by the other.

use super::checker::{Mutex, fence};
use super::fences::{Fences, Line, ReaderSystem, UpdaterSystem};
use super::outcomes::Outcomes;
use super::raw::{Code, Lent, LentRecord, with_walk};
use dynpatch_core::grace::{
    Candidate, Domain, Record, References, Slow, System, Walk, is_idle, is_inside, pin, pin_slow, register, survey,
    unpin, unpin_slow,
};
use std::cell::Cell;
use std::ptr;
use std::sync::atomic::Ordering;

/// How far apart the copies of the slot section lie. The built-in generation is at zero.
pub const DISTANCE: usize = 64;

pub const OLD: usize = 1;
pub const NEW: usize = 2;

/// A generation or an image.
pub struct Mapped {
    pub code: Code,
    pub references: References,
}

impl Mapped {
    fn new() -> Self {
        Self { code: Code::new(), references: References::new() }
    }
}

pub struct World {
    pub fences: Fences,
    pub domain: Domain,
    walking: Mutex<()>,
    generations: Vec<Mapped>,
    /// What the old generation leads to.
    pub image: Mapped,
    lines: Vec<Line>,
    pub outcomes: &'static Outcomes,
}

impl World {
    /// The old generation is live, and so many readers are to come.
    pub fn new(fences: Fences, readers: usize, outcomes: &'static Outcomes) -> Lent<Self> {
        Self::with_generations(fences, readers, 3, outcomes)
    }

    /// The same, with room for more.
    pub fn with_generations(
        fences: Fences,
        readers: usize,
        generations: usize,
        outcomes: &'static Outcomes,
    ) -> Lent<Self> {
        let world = Self {
            fences,
            domain: Domain::new(),
            walking: Mutex::new(()),
            generations: (0..generations).map(|_| Mapped::new()).collect(),
            image: Mapped::new(),
            lines: (0..readers).map(|_| Line::new()).collect(),
            outcomes,
        };
        if fences != Fences::Own {
            world.domain.use_barrier();
        }
        world.image.code.map();
        world.publish(OLD);
        Lent::new(world)
    }

    pub fn generation(&self, bias: usize) -> &Mapped {
        &self.generations[bias / DISTANCE]
    }

    /// Maps a generation and makes it live. Gives the epoch at which the one before was retired.
    pub fn publish(&self, generation: usize) -> usize {
        let bias = generation * DISTANCE;
        self.generation(bias).code.map();
        self.domain.publish(bias).1
    }

    /// Candidates of a survey while the readers run.
    pub fn survey(&self, candidates: &mut [Candidate<'_>]) {
        let system = UpdaterSystem { fences: self.fences, lines: self.lines.iter().collect() };
        self.walk(|walk| survey(walk, &system, candidates));
    }

    pub fn retired(&self, generation: usize, epoch: usize) -> Candidate<'_> {
        let bias = generation * DISTANCE;
        Candidate::generation(bias, epoch, &self.generation(bias).references)
    }

    /// Replaces the old generation, and unmaps it if nobody holds it.
    pub fn update(&self) {
        let epoch = self.publish(NEW);
        let mut candidates = [self.retired(OLD, epoch)];
        self.survey(&mut candidates);
        self.unmap_if_free(&candidates[0]);
    }

    /// The same, of a generation and its image, which is unmapped only if nobody holds either.
    pub fn update_with_image(&self, image_first: bool) {
        let epoch = self.publish(NEW);
        let mut candidates = [self.retired(OLD, epoch), Candidate::image(&self.image.references)];
        if image_first {
            candidates.reverse();
        }
        self.survey(&mut candidates);
        if image_first {
            candidates.reverse();
        }
        let [generation, image] = &candidates;
        if self.unmap_if_free(generation) && image.holder.is_none() {
            self.image.code.unmap();
            self.outcomes.image_freed();
        }
    }

    fn unmap_if_free(&self, old: &Candidate<'_>) -> bool {
        self.outcomes.surveyed(old.holder);
        if old.holder.is_none() {
            self.unmap(OLD);
        }
        old.holder.is_none()
    }

    /// All readers have ended or rest: whatever was retired is free by now. Nothing that they left behind keeps it.
    pub fn everything_retired_is_free(&self, generation: usize) {
        fence(Ordering::SeqCst);
        let mut candidates = [self.retired(generation, usize::MAX - 1)];
        let system = UpdaterSystem { fences: Fences::Symmetric, lines: Vec::new() };
        self.walk(|walk| survey(walk, &system, &mut candidates));
        assert_eq!(candidates[0].holder, None, "nobody is left, and something still holds generation {generation}");
    }

    /// Takes a thread that ends out of the registry.
    pub fn forget(&self, record: &'static Record) {
        self.walk(|walk| walk.forget(record));
    }

    /// Where every record of the registry lies. What lies there may be gone once the walk is over.
    pub fn known(&self) -> Vec<*const Record> {
        self.walk(|walk| walk.records().map(ptr::from_ref).collect())
    }

    pub fn walk<R>(&self, f: impl FnOnce(&mut Walk<'_>) -> R) -> R {
        with_walk(&self.walking, &self.domain, f)
    }

    #[cfg(not(any(loom, shuttle)))]
    pub fn is_live(&self, generation: usize) -> bool {
        self.domain.live() == generation * DISTANCE
    }

    pub fn unmap(&self, generation: usize) {
        self.generation(generation * DISTANCE).code.unmap();
    }
}

/// How a reader got into a generation.
pub enum Entered {
    Inherited(usize),
    Fast(usize),
    Slow(Slow),
}

impl Entered {
    pub fn bias(&self) -> usize {
        match self {
            Self::Inherited(bias) | Self::Fast(bias) => *bias,
            Self::Slow(slow) => slow.bias,
        }
    }
}

/// A thread that calls.
pub struct Reader<'a> {
    pub world: &'static World,
    pub record: &'static Record,
    pub system: ReaderSystem<'a>,
    /// Whether its record is known and needs no fence. The reader does not look at its own word for that: loom tells
    /// races by the last access of an object, and the reader's own look would hide the updater's.
    is_fast: bool,
}

impl Reader<'_> {
    /// A thread that nobody knows yet.
    pub fn unknown(world: &'static World, record: &'static Record, number: usize) -> Self {
        let line = &world.lines[number];
        let system = ReaderSystem { fences: world.fences, line, is_ending: false, signal: None, steps: Cell::new(0) };
        Self { world, record, system, is_fast: false }
    }

    /// A thread whose record was [registered](Self::register) before the race.
    pub fn known(world: &'static World, record: &'static Record, number: usize) -> Self {
        Self { is_fast: world.fences != Fences::Own, ..Self::unknown(world, record, number) }
    }

    /// Makes a record known before there are several threads.
    pub fn register(world: &'static World, record: &'static Record) {
        let line = Line::new();
        let system = ReaderSystem {
            fences: Fences::Symmetric,
            line: &line,
            is_ending: false,
            signal: None,
            steps: Cell::new(0),
        };
        register(&world.domain, record, &system);
    }

    pub fn enter(&self) -> Entered {
        let entered = self.enter_uncounted();
        self.world.outcomes.entered(entered.bias() / DISTANCE);
        entered
    }

    fn enter_uncounted(&self) -> Entered {
        if self.is_fast
            && let Some(bias) = pin(&self.world.domain, self.record, &self.system)
        {
            return Entered::Fast(bias);
        }
        Entered::Slow(pin_slow(&self.world.domain, self.record, &self.system))
    }

    pub fn leave(&self, entered: Entered) {
        self.system.step();
        match entered {
            Entered::Inherited(_) => {}
            Entered::Fast(_) => unpin(self.record),
            Entered::Slow(slow) => unpin_slow(&self.world.domain, self.record, slow),
        }
    }

    /// What a call site does: into the live generation, its code, and out.
    pub fn call(&self) {
        let entered = self.enter();
        self.world.generation(entered.bias()).code.run();
        self.leave(entered);
    }

    /// A reference outlives the pin.
    pub fn own(&self) {
        let entered = self.enter();
        let generation = self.world.generation(entered.bias());
        generation.references.acquire();
        self.leave(entered);
        generation.code.run();
        generation.references.release();
    }

    /// From the word over to a reference to the image, which outlives the pin.
    pub fn go_over_to_the_image(&self) {
        let entered = self.enter();
        let is_old = entered.bias() == OLD * DISTANCE;
        if is_old {
            self.world.image.references.acquire();
        }
        self.leave(entered);
        if is_old {
            self.run_image();
        }
    }

    /// From a reference to the old generation over to one to its image.
    pub fn give_generation_for_image(&self) {
        self.world.image.references.acquire();
        self.system.step();
        self.world.generation(OLD * DISTANCE).references.release();
        self.system.step();
        self.run_image();
    }

    fn run_image(&self) {
        self.world.image.code.run();
        self.world.image.references.release();
    }

    /// From the word to a reference and back.
    pub fn go_over_and_back(&self) {
        let entered = self.enter();
        let generation = self.world.generation(entered.bias());
        generation.references.acquire();
        self.record.exchange(self.record.resting());
        self.system.step();
        self.record.exchange(entered.bias());
        generation.references.release();
        self.system.step();
        generation.code.run();
        self.leave(entered);
    }
}

/// What a call site does in a signal handler: it looks at the word.
pub fn call_from_signal(world: &'static World, record: &'static Record, number: usize) {
    let word = record.word();
    let reader =
        if is_idle(word) { Reader::known(world, record, number) } else { Reader::unknown(world, record, number) };
    let entered = if is_inside(word) { Entered::Inherited(word) } else { reader.enter() };
    world.generation(entered.bias()).code.run();
    reader.leave(entered);
}

/// A record as it lies in a thread's memory.
pub fn record() -> LentRecord {
    Lent::new(Record::new())
}
