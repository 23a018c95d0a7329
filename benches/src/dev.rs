//! Calls in an unoptimised build, with the package `dynpatch` optimised in it and without.

use crate::callgrind;
use crate::command::Options;
use crate::fixtures::Fixtures;
use crate::hosts::{Host, build_policies};
use crate::table::{Style, Table};
use bench_subject::Case;
use serde::Serialize;
use std::error::Error;

/// A patched call may cost so many times a direct one, with the override.
const GOAL: f64 = 3.0;
const CASES: [Case; 3] = [Case::Function, Case::Latest, Case::Service];
/// What a host writes as `[profile.dev.package.dynpatch] opt-level = 3`; and none of that, which has to be said as well:
/// this workspace may have it.
const OPTIMISED: &str = "profile.dev.package.dynpatch.opt-level=3";
const AS_IT_IS: &str = "profile.dev.package.dynpatch.opt-level=0";

/// One call in one build.
#[derive(Debug, Serialize)]
struct Row {
    build: &'static str,
    policy: &'static str,
    call: &'static str,
    nanoseconds: f64,
    ratio: f64,
    /// Of the call, and of the direct one; without callgrind not known.
    instructions: Option<[f64; 2]>,
}

/// Both builds.
#[derive(Debug, Serialize)]
pub(crate) struct Dev {
    rows: Vec<Row>,
}

/// Builds, times and counts.
pub(crate) fn measure(fixtures: &Fixtures, options: &Options) -> Result<Dev, Box<dyn Error>> {
    let builds: [(&str, &str, &[&str]); 2] = [
        ("dev", "bench-dev", &["--config", AS_IT_IS]),
        ("dev, dynpatch optimised", "bench-dev-optimised", &["--config", OPTIMISED]),
    ];
    let mut rows = Vec::new();
    for (build, directory, arguments) in builds {
        let target = fixtures.beside(directory);
        build_policies(&target, arguments)?;
        for policy in ["retain", "reclaim"] {
            eprintln!("timing and counting, {build}, {policy}");
            let host = Host::new(
                target.join("debug/bench-policies"),
                &[policy, "built-in", &fixtures.small().to_string_lossy()],
            );
            rows.extend(of_host(&host, build, policy, options)?);
        }
    }
    Ok(Dev { rows })
}

fn of_host(
    host: &Host,
    build: &'static str,
    policy: &'static str,
    options: &Options,
) -> Result<Vec<Row>, Box<dyn Error>> {
    let rounds = options.rounds.to_string();
    let order: Vec<&str> = ["time", &rounds].into_iter().chain(CASES.map(Case::name)).collect();
    let row = |(line, case): (bench_host::Line, &Case)| {
        let [nanoseconds, _, ratio] = line.numbers;
        let instructions = match callgrind::is_here() {
            true => Some([host.count(case.name())?, host.count(case.baseline().name())?]),
            false => None,
        };
        Ok(Row { build, policy, call: case.name(), nanoseconds, ratio, instructions })
    };
    // Lines come in the order of `Case::ALL`, and each has the name it was asked by.
    let lines = host.lines(&order)?;
    let of_name = |line: &bench_host::Line| CASES.iter().find(|case| case.name() == line.name);
    lines.into_iter().filter_map(|line| of_name(&line).map(|case| (line, case))).map(row).collect()
}

impl Dev {
    pub(crate) fn table(&self, style: Style) -> String {
        let header = ["build", "policy", "call", "ns", "×", "instructions", "direct", "×", ""];
        let mut table = Table::new(header);
        for Row { build, policy, call, nanoseconds, ratio, instructions } in &self.rows {
            let counts = instructions.map_or_else(Default::default, |[this, direct]| {
                [format!("{this:.0}"), format!("{direct:.0}"), format!("{:.2}", this / direct)]
            });
            let verdict = style.reached(*ratio <= GOAL);
            let names = [*build, *policy, *call].map(str::to_owned);
            let times = [format!("{nanoseconds:.1}"), format!("{ratio:.2}")];
            table.row(names.into_iter().chain(times).chain(counts).chain([verdict]));
        }
        table.text(
            style,
            &format!("Calls in unoptimised builds, by the direct call of the same build (goal ≤ {GOAL} ×)"),
        )
    }
}
