//! Nanoseconds per call. Each call is timed between two timings of the direct call it is compared with, round after
//! round: what disturbs the machine disturbs both, and the ratio stays.

use crate::command::Options;
use crate::program::{Call, Program, State, Target};
use crate::statistics::median;
use crate::table::{Style, Table};
use bench_subject::Case;
use serde::Serialize;
use std::error::Error;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// How long one timing takes: shorter than a time slice, so that most are not interrupted.
const WINDOW: Duration = Duration::from_micros(200);
/// Timings in a sample, of which the fastest counts.
const WINDOWS: usize = 5;

/// One target.
#[derive(Debug, Serialize)]
struct Timed {
    state: State,
    call: Call,
    /// Of one call with its turn of the loop.
    nanoseconds: f64,
    /// Of the direct call beside it.
    direct_nanoseconds: f64,
    /// Median of the rounds' ratios.
    ratio: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    goal: Option<f64>,
}

/// Everything that was timed.
#[derive(Debug, Serialize)]
pub(crate) struct Calls {
    rounds: usize,
    results: Vec<Timed>,
}

/// Times everything, and leaves the program rolled back.
pub(crate) fn measure(program: &Program, options: &Options) -> Result<Calls, Box<dyn Error>> {
    let mut results = Vec::new();
    for state in State::ALL {
        eprintln!("timing calls, {}, {} rounds", state.name(), options.rounds);
        program.reach(state)?;
        let mut series: Vec<Series> =
            Target::all(state).filter(|target| is_timed(*target)).map(|target| Series::new(program, target)).collect();
        for _ in 0..options.rounds {
            series.iter_mut().for_each(|series| series.round(program));
        }
        results.extend(series.iter().map(Series::result));
    }
    Ok(Calls { rounds: options.rounds, results })
}

/// Calls at a place of their own differ by instructions that no clock sees.
fn is_timed(target: Target) -> bool {
    !matches!(target.call, Call::Ours(case) if case.is_alone())
}

fn goal(call: Call) -> Option<f64> {
    match call {
        Call::Ours(Case::Function | Case::InSnapshot | Case::Service) => Some(1.1),
        Call::Ours(Case::Latest) => Some(1.05),
        Call::Ours(_) | Call::Peer(_) => None,
    }
}

/// The samples of one target.
struct Series {
    target: Target,
    calls: u64,
    direct_calls: u64,
    nanoseconds: Vec<f64>,
    direct_nanoseconds: Vec<f64>,
    ratios: Vec<f64>,
}

impl Series {
    fn new(program: &Program, target: Target) -> Self {
        Self {
            target,
            calls: calls_in_a_window(program, target),
            direct_calls: calls_in_a_window(program, target.baseline()),
            nanoseconds: Vec::new(),
            direct_nanoseconds: Vec::new(),
            ratios: Vec::new(),
        }
    }

    fn round(&mut self, program: &Program) {
        let before = sample(program, self.target.baseline(), self.direct_calls);
        let this = sample(program, self.target, self.calls);
        let after = sample(program, self.target.baseline(), self.direct_calls);
        let direct = before.min(after);
        self.nanoseconds.push(this);
        self.direct_nanoseconds.push(direct);
        self.ratios.push(this / direct);
    }

    fn result(&self) -> Timed {
        let Target { state, call } = self.target;
        Timed {
            state,
            call,
            nanoseconds: median(&self.nanoseconds),
            direct_nanoseconds: median(&self.direct_nanoseconds),
            ratio: median(&self.ratios),
            goal: goal(call),
        }
    }
}

fn calls_in_a_window(program: &Program, target: Target) -> u64 {
    const TRIAL: u64 = 8_000;
    let nanoseconds = sample(program, target, TRIAL);
    let calls = WINDOW.as_nanos() as f64 / nanoseconds;
    (calls as u64).next_multiple_of(8)
}

/// Nanoseconds per call, of the fastest window.
fn sample(program: &Program, target: Target, calls: u64) -> f64 {
    let window = || {
        let start = Instant::now();
        black_box(program.run(target, black_box(calls)));
        start.elapsed().as_nanos() as f64 / calls as f64
    };
    (0..WINDOWS).map(|_| window()).fold(f64::INFINITY, f64::min)
}

impl Calls {
    pub(crate) fn table(&self, style: Style) -> String {
        let mut table =
            Table::new(["call", "built-in", "×", "live", "×", "rolled back", "×", "from a patch", "×", "goal"]);
        for target in Target::all(State::BuiltIn).filter(|target| is_timed(*target)) {
            let states = [State::BuiltIn, State::Live, State::RolledBack, State::FromPatch];
            let cells = states.into_iter().flat_map(|state| {
                let found = self.results.iter().find(|timed| timed.state == state && timed.call == target.call);
                found.map_or_else(Default::default, |timed| {
                    [format!("{:.2}", timed.nanoseconds), format!("{:.2}", timed.ratio)]
                })
            });
            let goal = goal(target.call).map(|goal| format!("≤ {goal}"));
            table.row(std::iter::once(target.call.name().to_owned()).chain(cells).chain(goal));
        }
        let title = format!(
            "Nanoseconds per call, and the ratio to the direct call beside it (medians of {} rounds)",
            self.rounds
        );
        format!("{}\n{}", table.text(style, &title), crate::peers::NOTE)
    }
}
