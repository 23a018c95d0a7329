//! Calls under every policy, in an executable that names all of them: what a call costs under `Reclaim`, and what
//! `Retain` costs where `Reclaim` could have been chosen.

use crate::command::Options;
use crate::fixtures::Fixtures;
use crate::gate::{self, Gate, signed};
use crate::hosts::Host;
use crate::table::{Style, Table};
use bench_host::Line;
use bench_subject::Case;
use serde::Serialize;
use std::error::Error;
use std::path::Path;

/// Where a call is issued, under a policy.
type Place = (&'static str, &'static str);

const BUILT_IN: Place = ("reclaim", "built-in");
const LIVE: Place = ("reclaim", "live");
const INSIDE: Place = ("reclaim", "inside-built-in");
const INSIDE_LIVE: Place = ("reclaim", "inside-live");
const FROM_PATCH: Place = ("reclaim", "from-patch");
const RETAIN: Place = ("retain", "built-in");
const RETAIN_LIVE: Place = ("retain", "live");
const QUIESCE: Place = ("quiesce", "built-in");
const QUIESCE_LIVE: Place = ("quiesce", "live");

/// In the order of the table's columns.
const PLACES: [Place; 9] =
    [BUILT_IN, LIVE, INSIDE, INSIDE_LIVE, FROM_PATCH, RETAIN, RETAIN_LIVE, QUIESCE, QUIESCE_LIVE];

const HEADER: [&str; 10] =
    ["call", "reclaim", "live", "inside", "inside, live", "from a patch", "retain", "live", "quiesce", "live"];

/// In the order of the table's rows.
const CASES: [Case; 11] = [
    Case::Function,
    Case::FunctionAlone,
    Case::Service,
    Case::ServiceAlone,
    Case::Latest,
    Case::InSnapshot,
    Case::Snapshot,
    Case::Unpinned,
    Case::Nested,
    Case::Catching,
    Case::Checkpoint,
];

/// What is worth counting at a place.
fn is_counted((policy, state): Place, case: Case) -> bool {
    match (policy, state, case) {
        ("quiesce", _, Case::Function | Case::Service | Case::Latest | Case::Checkpoint) => true,
        ("quiesce", ..) | (.., Case::Checkpoint) | ("reclaim", "from-patch", Case::ServiceAlone) => false,
        ("reclaim", "inside-built-in" | "inside-live", Case::Catching | Case::ServiceAlone) => false,
        ("retain", ..) => !matches!(case, Case::Nested | Case::Catching | Case::ServiceAlone | Case::InSnapshot),
        _ => true,
    }
}

/// What one number means is said by the table it is in.
#[derive(Debug, Serialize)]
struct Cell {
    place: Place,
    case: &'static str,
    number: f64,
}

/// What calls add to a direct call, in instructions, and the gates.
#[derive(Debug, Serialize)]
pub(crate) struct Instructions {
    added: Vec<Cell>,
    gates: Vec<Gate>,
    judged: bool,
}

/// The host in a place.
fn host(executable: &Path, fixtures: &Fixtures, (policy, state): Place) -> Host {
    Host::new(executable.to_owned(), &[policy, state, &fixtures.small().to_string_lossy()])
}

/// Counts everything.
pub(crate) fn count(fixtures: &Fixtures) -> Result<Instructions, Box<dyn Error>> {
    let executable = Host::with_policies()?;
    let mut added = Vec::new();
    for place in PLACES {
        eprintln!("counting instructions, {}, {}", place.0, place.1);
        let host = host(&executable, fixtures, place);
        let mut direct: Vec<(Case, f64)> = Vec::new();
        for case in CASES.into_iter().filter(|case| is_counted(place, *case)) {
            let baseline = case.baseline();
            if !direct.iter().any(|(known, _)| *known == baseline) {
                direct.push((baseline, host.count(baseline.name())?));
            }
            let of_direct = direct.iter().find(|(known, _)| *known == baseline).map_or(0.0, |(_, number)| *number);
            added.push(Cell { place, case: case.name(), number: host.count(case.name())? - of_direct });
        }
    }
    let gates = gates(&added);
    Ok(Instructions { added, gates, judged: gate::are_judged() })
}

fn gates(added: &[Cell]) -> Vec<Gate> {
    // Under `Quiesce` a call asks what `Reclaim` would have it do, because this program names that too.
    let limits = [
        (BUILT_IN, Case::Function, 16.0),
        (LIVE, Case::Function, 16.0),
        (INSIDE, Case::Function, 4.0),
        (INSIDE_LIVE, Case::Function, 4.0),
        (QUIESCE, Case::Function, 12.0),
        (QUIESCE_LIVE, Case::Function, 12.0),
    ];
    let judge = |(place, case, limit): (Place, Case, f64)| {
        let what = format!("{}, {}, {}", case.name(), place.0, place.1);
        Some(Gate::judge(what, found(added, place, case.name())?, limit))
    };
    limits.into_iter().filter_map(judge).collect()
}

fn found(cells: &[Cell], place: Place, case: &str) -> Option<f64> {
    cells.iter().find(|cell| cell.place == place && cell.case == case).map(|cell| cell.number)
}

impl Instructions {
    /// Whether every gate holds, or none is for this executable.
    pub(crate) fn holds(&self) -> bool {
        !self.judged || self.gates.iter().all(Gate::holds)
    }

    pub(crate) fn table(&self, style: Style) -> String {
        let mut table = Table::new(HEADER);
        for case in CASES {
            let cell = |place| found(&self.added, place, case.name()).map_or_else(String::new, signed);
            table.row([case.name().to_owned()].into_iter().chain(PLACES.map(cell)));
        }
        let title = "Instructions added to a direct call, in a program that names every policy";
        format!("{}\n{}", table.text(style, title), gate::table(&self.gates, self.judged, style))
    }
}

/// How long the calls take.
#[derive(Debug, Serialize)]
pub(crate) struct Times {
    rounds: usize,
    ratios: Vec<Cell>,
}

const TIMED: [Case; 6] = [Case::Function, Case::Service, Case::Latest, Case::Snapshot, Case::Nested, Case::Checkpoint];
/// The places in whose time somebody may be interested.
const TIMED_PLACES: [Place; 6] = [BUILT_IN, LIVE, INSIDE, INSIDE_LIVE, RETAIN, QUIESCE];

/// The goals: ratios to the direct call.
const GOALS: [(Place, Case, f64); 4] = [
    (BUILT_IN, Case::Function, 1.3),
    (LIVE, Case::Function, 1.3),
    (INSIDE, Case::Function, 1.05),
    (INSIDE_LIVE, Case::Function, 1.05),
];

/// Times everything.
pub(crate) fn time(fixtures: &Fixtures, options: &Options) -> Result<Times, Box<dyn Error>> {
    let executable = Host::with_policies()?;
    let rounds = options.rounds.to_string();
    let mut ratios = Vec::new();
    for place in TIMED_PLACES {
        eprintln!("timing calls, {}, {}", place.0, place.1);
        let order: Vec<&str> = ["time", &rounds].into_iter().chain(TIMED.map(Case::name)).collect();
        let lines = host(&executable, fixtures, place).lines(&order)?;
        let cell = |case: Case| {
            let line = lines.iter().find(|line| line.name == case.name())?;
            Some(Cell { place, case: case.name(), number: line.numbers[2] })
        };
        ratios.extend(TIMED.into_iter().filter_map(cell));
    }
    Ok(Times { rounds: options.rounds, ratios })
}

/// The rows of a measurement on two cores.
pub(crate) fn on_two_cores(fixtures: &Fixtures, rounds: &str) -> Result<Vec<Line>, Box<dyn Error>> {
    let executable = Host::with_policies()?;
    let mut lines = Vec::new();
    for (place, name) in [(BUILT_IN, "reclaim"), (INSIDE, "reclaim, inside"), (QUIESCE, "quiesce")] {
        let found = host(&executable, fixtures, place).lines(&["threads", rounds, Case::Function.name()])?;
        lines.extend(found.into_iter().map(|line| Line { name: format!("{} ({name})", line.name), ..line }));
    }
    Ok(lines)
}

/// What an apply, a rollback and an unmapping take beside a busy reader: nanoseconds, a triple for each cycle.
pub(crate) fn cycles(fixtures: &Fixtures, policy: &'static str, n: usize) -> Result<Vec<[f64; 3]>, Box<dyn Error>> {
    let host = host(&Host::with_policies()?, fixtures, (policy, "built-in"));
    let text = host.output(&["unmap", &n.to_string()])?;
    let triple = |line: &str| {
        let numbers = line.split(' ').map(str::parse).collect::<Result<Vec<f64>, _>>()?;
        <[f64; 3]>::try_from(numbers).map_err(|_| format!("`{line}` is no cycle").into())
    };
    text.lines().map(triple).collect()
}

impl Times {
    /// Of a patchable function under `Reclaim`: alone, and inside a pinned call.
    pub(crate) fn for_the_plot(&self) -> Vec<(String, f64)> {
        let rows =
            [("dynpatch Reclaim", BUILT_IN), ("dynpatch Reclaim, nested", INSIDE), ("dynpatch Quiesce", QUIESCE)];
        let bar =
            |(name, place): (&str, Place)| Some((name.to_owned(), found(&self.ratios, place, Case::Function.name())?));
        rows.into_iter().filter_map(bar).collect()
    }

    pub(crate) fn table(&self, style: Style) -> String {
        let header = ["call", "reclaim", "live", "inside", "inside, live", "retain", "quiesce"];
        let mut table = Table::new(header);
        for case in TIMED {
            let cell = |place| {
                let number = found(&self.ratios, place, case.name());
                number.map_or_else(String::new, |number| format!("{number:.2}"))
            };
            table.row([case.name().to_owned()].into_iter().chain(TIMED_PLACES.map(cell)));
        }
        let title = format!(
            "Ratio to the direct call, in a program that names every policy (medians of {} rounds)",
            self.rounds
        );
        format!("{}\n{}", table.text(style, &title), self.verdicts(style))
    }

    fn verdicts(&self, style: Style) -> String {
        let mut table = Table::new(["goal", "measured", "limit", ""]);
        for (place, case, limit) in GOALS {
            let ratio = found(&self.ratios, place, case.name()).unwrap_or(f64::NAN);
            let what = format!("{}, {}, {}", case.name(), place.0, place.1);
            table.row([what, format!("{ratio:.2}"), format!("{limit}"), style.reached(ratio <= limit + 0.005)]);
        }
        table.text(style, "Goals")
    }
}
