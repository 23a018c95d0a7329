//! Nanoseconds per call, in this executable: a program that never names `Reclaim`, and the peers.

use crate::command::Options;
use crate::program::{Call, Program, State, Target};
use crate::table::{Style, Table};
use bench_host::{Line, Way};
use bench_subject::Case;
use serde::Serialize;
use std::error::Error;

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

impl Timed {
    fn of(Target { state, call }: Target, line: &Line) -> Self {
        let [nanoseconds, direct_nanoseconds, ratio] = line.numbers;
        Self { state, call, nanoseconds, direct_nanoseconds, ratio, goal: goal(call) }
    }
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
        let targets: Vec<_> = Target::all(state).filter(|target| is_timed(*target)).collect();
        let lines = with_ways(program, &targets, |ways| bench_host::time(ways, options.rounds));
        results.extend(targets.iter().zip(&lines).map(|(target, line)| Timed::of(*target, line)));
    }
    Ok(Calls { rounds: options.rounds, results })
}

/// Gives `f` the calls as the measurements want them. The process is in the targets' state.
pub(crate) fn with_ways<R>(program: &Program, targets: &[Target], f: impl FnOnce(&[Way<'_>]) -> R) -> R {
    let run = |target: Target| move |n| program.run(target, n);
    let runs: Vec<_> = targets.iter().map(|target| (run(*target), run(target.baseline()))).collect();
    let way = |target: &Target, run, baseline| Way { name: target.call.name(), run, baseline };
    let ways = targets.iter().zip(&runs).map(|(target, (run, baseline))| way(target, run, baseline));
    f(&ways.collect::<Vec<_>>())
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

impl Calls {
    /// Built-in: ours by their policy, and the peers that are not compiled out.
    pub(crate) fn for_the_plot(&self) -> [Vec<(String, f64)>; 2] {
        let built_in = || self.results.iter().filter(|timed| timed.state == State::BuiltIn);
        let ours = |timed: &Timed| {
            let name = match timed.call {
                Call::Ours(Case::Direct) => "direct call",
                Call::Ours(Case::Function) => "dynpatch Retain",
                Call::Ours(Case::Latest) => "dynpatch latest",
                Call::Ours(Case::Service) => "dynpatch Retain, service",
                _ => return None,
            };
            Some((name.to_owned(), timed.ratio))
        };
        let theirs = |timed: &Timed| match timed.call {
            Call::Peer(peer) if !peer.is_compiled_out() => Some((peer.name().to_owned(), timed.ratio)),
            _ => None,
        };
        [built_in().filter_map(ours).collect(), built_in().filter_map(theirs).collect()]
    }

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
