//! The same calls on two cores at once, each thread kept on its core, beside one thread alone.

use crate::calls::with_ways;
use crate::command::Options;
use crate::fixtures::Fixtures;
use crate::peers::Peer;
use crate::policies;
use crate::program::{Call, Program, State, Target};
use crate::table::{Style, Table};
use bench_host::Line;
use bench_subject::Case;
use serde::Serialize;
use std::error::Error;

/// Calls of ours must not be slower on two cores than this.
const GOAL: f64 = 1.1;

/// One way to call.
#[derive(Debug, Serialize)]
struct Row {
    call: String,
    one: f64,
    two: f64,
    ratio: f64,
    is_ours: bool,
}

/// Everything that ran on two cores.
#[derive(Debug, Serialize)]
pub(crate) struct Threads {
    rounds: usize,
    rows: Vec<Row>,
}

/// Runs ours, those of the other policies, and the peers.
pub(crate) fn measure(program: &Program, fixtures: &Fixtures, options: &Options) -> Result<Threads, Box<dyn Error>> {
    eprintln!("timing calls on two cores, {} rounds", options.rounds);
    program.reach(State::BuiltIn)?;
    let ours = [Case::Direct, Case::Function, Case::Latest, Case::DirectMethod, Case::Service].map(Call::Ours);
    let theirs = Peer::ALL.iter().copied().filter(|peer| !peer.is_compiled_out()).map(Call::Peer);
    let run = |calls: Vec<Call>| {
        let target = |call| Target { state: State::BuiltIn, call };
        let targets: Vec<_> = calls.into_iter().map(target).collect();
        with_ways(program, &targets, |ways| bench_host::on_two_cores(ways, options.rounds))
    };
    let mut rows = rows(run(ours.to_vec()), true);
    rows.extend(self::rows(policies::on_two_cores(fixtures, &options.rounds.to_string())?, true));
    rows.extend(self::rows(run(theirs.collect()), false));
    Ok(Threads { rounds: options.rounds, rows })
}

fn rows(lines: Vec<Line>, is_ours: bool) -> Vec<Row> {
    let row = |Line { name: call, numbers: [one, two, ratio] }| Row { call, one, two, ratio, is_ours };
    lines.into_iter().map(row).collect()
}

impl Threads {
    pub(crate) fn table(&self, style: Style) -> String {
        let mut table = Table::new(["call", "one thread", "two threads", "×", ""]);
        for Row { call, one, two, ratio, is_ours } in &self.rows {
            let is_judged = *is_ours && !call.starts_with("direct");
            let verdict = if is_judged { style.reached(*ratio <= GOAL + 0.005) } else { String::new() };
            table.row([call.clone(), format!("{one:.2}"), format!("{two:.2}"), format!("{ratio:.2}"), verdict]);
        }
        let title = format!(
            "Nanoseconds per call and thread, one thread alone and two on two cores (medians of {} rounds; goal ≤ {GOAL})",
            self.rounds
        );
        table.text(style, &title)
    }
}
