//! People who write, in any order, against a clock and a file system that are none: what is delivered was whole, the last state is
//! always delivered, and none twice in a row.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::path::Path;
use std::rc::Rc;

use proptest::prelude::*;

use super::super::settle::{Doubt, Timing};
use super::super::system::Hint;
use super::*;

type State = Option<Vec<u8>>;

/// How often the clock of the file system ticks, in milliseconds. What happens within one tick bears the same time.
const TICK: u64 = 4;

/// What somebody does, with the milliseconds in between.
#[derive(Debug, Clone)]
enum Deed {
    Replace,
    WriteInPlace { pieces: u8, pause: u64 },
    DeleteAndCreate { pause: u64, pieces: u8 },
    Delete,
    Touch,
    Nothing(u64),
}

/// What that is, one thing after the other.
#[derive(Debug, Clone)]
enum Act {
    Set(State),
    Say(Hint),
    /// It is whole until the next change.
    Whole,
}

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        Just(Deed::Replace),
        (1..5_u8, 0..90_u64).prop_map(|(pieces, pause)| Deed::WriteInPlace { pieces, pause }),
        (0..90_u64, 1..4_u8).prop_map(|(pause, pieces)| Deed::DeleteAndCreate { pause, pieces }),
        Just(Deed::Delete),
        Just(Deed::Touch),
        (0..30_u64).prop_map(Deed::Nothing),
        (0..3000_u64).prop_map(Deed::Nothing),
    ]
}

/// All acts with their times.
struct Script {
    now: u64,
    acts: VecDeque<(u64, Act)>,
    number: u8,
}

impl Script {
    fn of(deeds: &[Deed]) -> Self {
        let mut script = Self { now: 1, acts: VecDeque::new(), number: b'a' };
        deeds.iter().for_each(|deed| script.add(deed));
        script
    }

    fn act(&mut self, act: Act) {
        self.acts.push_back((self.now, act));
    }

    fn add(&mut self, deed: &Deed) {
        self.number = if self.number == b'z' { b'a' } else { self.number + 1 };
        match *deed {
            Deed::Replace => {
                self.act(Act::Set(Some(vec![self.number; 8])));
                self.act(Act::Whole);
                self.act(Act::Say(Hint::Renamed));
            }
            Deed::WriteInPlace { pieces, pause } => self.write(pieces, pause),
            Deed::DeleteAndCreate { pause, pieces } => {
                self.act(Act::Set(None));
                self.act(Act::Say(Hint::Removed));
                self.now += pause;
                self.act(Act::Set(Some(Vec::new())));
                self.act(Act::Say(Hint::Created));
                self.write(pieces, pause);
            }
            Deed::Delete => {
                self.act(Act::Set(None));
                self.act(Act::Whole);
                self.act(Act::Say(Hint::Removed));
            }
            Deed::Touch => self.act(Act::Say(Hint::Touched)),
            Deed::Nothing(pause) => self.now += pause,
        }
    }

    /// What is written is as long as what other deeds leave behind, and so is a half of it sometimes.
    fn write(&mut self, pieces: u8, pause: u64) {
        for piece in 0..=pieces {
            self.act(Act::Set(Some(vec![self.number; usize::from(piece) * 4])));
            self.act(Act::Say(Hint::Written));
            self.now += pause;
        }
        self.act(Act::Whole);
        self.act(Act::Say(Hint::Closed));
    }
}

/// What a look finds: which file, how long, and at which tick it was written.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Seen(Option<(usize, u64)>);

impl Observation for Seen {
    fn doubt(&self, read: Option<&Self>) -> Doubt {
        match self.0 {
            _ if read == Some(self) => Doubt::None,
            None => Doubt::Gone,
            Some((0, _)) => Doubt::Empty,
            Some(_) => Doubt::None,
        }
    }
}

#[derive(Default)]
struct Disk {
    state: State,
    tick: u64,
    /// How many of the next reads find that something has changed meanwhile.
    restless: u32,
}

struct InMemory(Rc<RefCell<Disk>>);

impl Source for InMemory {
    type Seen = Seen;
    type State = State;

    fn look(&mut self) -> Seen {
        let disk = self.0.borrow();
        Seen(disk.state.as_ref().map(|bytes| (bytes.len(), disk.tick)))
    }

    fn read(&mut self) -> Option<(Seen, State)> {
        let seen = self.look();
        let mut disk = self.0.borrow_mut();
        if disk.restless > 0 {
            disk.restless -= 1;
            return None;
        }
        Some((seen, disk.state.clone()))
    }

    fn mark(state: &State) -> Mark {
        blake3::hash(format!("{state:?}").as_bytes()).into()
    }
}

/// How what happens is heard of.
#[derive(Debug, Clone, Copy)]
struct Hearing {
    /// How long a hint takes. `None`: there are no hints.
    delay: Option<u64>,
    /// All hints before that time are lost, and it is said so.
    lost_until: u64,
    between_looks: u64,
    restless: u32,
}

struct Run {
    unit: Unit<InMemory>,
    disk: Rc<RefCell<Disk>>,
    hearing: Hearing,
    hints: VecDeque<(u64, Hint)>,
    next_look: u64,
    whole: Vec<State>,
    delivered: Vec<(u64, State)>,
}

impl Run {
    fn new(hearing: Hearing, timing: Timing) -> Self {
        let disk = Rc::new(RefCell::new(Disk { restless: hearing.restless, ..Disk::default() }));
        let settle = Settle::new(timing, Duration::ZERO);
        let unit = Unit::new(InMemory(Rc::clone(&disk)), settle, None);
        Self { unit, disk, hearing, hints: VecDeque::new(), next_look: 0, whole: vec![None], delivered: Vec::new() }
    }

    fn act(&mut self, now: u64, act: Act) {
        match act {
            Act::Set(state) => {
                let mut disk = self.disk.borrow_mut();
                (disk.state, disk.tick) = (state, now / TICK);
            }
            Act::Whole => self.whole.push(self.disk.borrow().state.clone()),
            Act::Say(hint) => {
                if let Some(delay) = self.hearing.delay.filter(|_| now >= self.hearing.lost_until) {
                    self.hints.push_back((now + delay, hint));
                }
            }
        }
    }

    fn run(&mut self, script: Script) {
        let end = script.now + 20_000;
        let mut acts = script.acts;
        let (mut now, mut told) = (0, false);
        while now < end {
            while acts.front().is_some_and(|(time, _)| *time <= now) {
                let (time, act) = acts.pop_front().expect("an act");
                self.act(time, act);
            }
            if now >= self.hearing.lost_until && self.hearing.lost_until > 0 && !told {
                self.unit.settle.lost(time(now));
                told = true;
            }
            let wake = self.turn(now);
            let others = [acts.front().map(|(time, _)| *time), self.hints.front().map(|(time, _)| *time)];
            let others = others.into_iter().flatten().min().unwrap_or(end);
            let lost = if told || self.hearing.lost_until == 0 { end } else { self.hearing.lost_until };
            now = wake.min(others).min(self.next_look).min(lost).max(now + 1);
        }
    }

    fn turn(&mut self, now: u64) -> u64 {
        while self.hints.front().is_some_and(|(time, _)| *time <= now) {
            let (_, hint) = self.hints.pop_front().expect("a hint");
            self.unit.settle.hint(time(now), Path::new("/file"), hint);
        }
        if now >= self.next_look {
            self.unit.look(time(now));
            self.next_look = now + self.hearing.between_looks;
        }
        loop {
            match self.unit.turn(time(now), true) {
                Turn::New(state) => self.delivered.push((now, state)),
                Turn::Wait(until) => return until.as_micros().div_ceil(1000) as u64,
                Turn::Idle => return u64::MAX,
            }
        }
    }
}

fn time(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

fn check(deeds: &[Deed], hearing: Hearing) -> Result<(), TestCaseError> {
    // Patience that ends while somebody writes gives up wholeness, which is tested apart.
    let timing = Timing { patience: Duration::from_secs(1 << 20), ..Timing::default() };
    let mut run = Run::new(hearing, timing);
    run.run(Script::of(deeds));
    let last = run.disk.borrow().state.clone();
    prop_assert_eq!(run.delivered.last().map(|(_, state)| state), Some(&last), "the last state is delivered");
    for (_, state) in &run.delivered {
        prop_assert!(run.whole.contains(state), "{:?} was never whole", state);
    }
    for pair in run.delivered.windows(2) {
        prop_assert_ne!(&pair[0].1, &pair[1].1, "delivered twice in a row");
    }
    Ok(())
}

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    prop::collection::vec(deed(), 0..25)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn with_hints(deeds in deeds(), delay in 0..4_u64, restless in 0..3_u32) {
        check(&deeds, Hearing { delay: Some(delay), lost_until: 0, between_looks: 2000, restless })?;
    }

    #[test]
    fn with_looks_only(deeds in deeds(), restless in 0..3_u32) {
        check(&deeds, Hearing { delay: None, lost_until: 0, between_looks: 200, restless })?;
    }

    #[test]
    fn with_looks_only_as_a_safety_net(deeds in deeds()) {
        check(&deeds, Hearing { delay: None, lost_until: 0, between_looks: 2000, restless: 0 })?;
    }

    #[test]
    fn with_hints_that_were_lost(deeds in deeds(), delay in 0..4_u64, lost_until in 1..3000_u64) {
        check(&deeds, Hearing { delay: Some(delay), lost_until, between_looks: 2000, restless: 0 })?;
    }
}

#[test]
fn constant_renames_starve_nobody() {
    let deeds: Vec<Deed> = (0..2000).flat_map(|_| [Deed::Replace, Deed::Nothing(8)]).collect();
    let hearing = Hearing { delay: Some(1), lost_until: 0, between_looks: 2000, restless: 0 };
    let mut run = Run::new(hearing, Timing::default());
    run.run(Script::of(&deeds));
    let last = run.disk.borrow().state.clone();
    assert_eq!(run.delivered.last().map(|(_, state)| state), Some(&last));
    let longest = run.delivered.windows(2).map(|pair| pair[1].0 - pair[0].0).max();
    assert!(run.delivered.len() >= 4, "{} in 16 s", run.delivered.len());
    assert!(longest.is_some_and(|longest| longest <= 5100), "{longest:?}");
}
