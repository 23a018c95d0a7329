//! Instructions per call, by callgrind, and the gates.
//!
//! A target runs twice, with two numbers of calls; the difference of the two counts is what the calls cost, without
//! what the process does to start. What the same work costs when it is called directly, in the same image, is taken off.

use crate::command::{Measurement, Options};
use crate::machine;
use crate::program::{Call, State, Target};
use crate::table::{Style, Table};
use bench_subject::Case;
use serde::Serialize;
use std::error::Error;
use std::process::Command;

/// The two numbers of calls.
const CALLS: [u64; 2] = [8_000, 48_000];
/// Seeds of hash tables make a start differ by some hundred instructions: far less than this for each of the calls.
const TOLERANCE: f64 = 0.05;
/// The profile whose executable the gates are for.
const PROFILE: &str = "bench-lto";

/// Instructions of one target.
#[derive(Debug, Serialize)]
struct Count {
    state: State,
    call: Call,
    /// Of one turn: the call, the work and the loop.
    instructions: f64,
    /// More than the direct call beside it.
    added: f64,
}

/// A limit that has to hold.
#[derive(Debug, Serialize)]
struct Gate {
    what: String,
    measured: f64,
    limit: f64,
    holds: bool,
}

/// All counts and all gates.
#[derive(Debug, Serialize)]
pub(crate) struct Instructions {
    counts: Vec<Count>,
    gates: Vec<Gate>,
    /// Whether this executable is one the gates are for.
    judged: bool,
}

/// Counts everything.
pub(crate) fn measure(options: &Options) -> Result<Option<Instructions>, Box<dyn Error>> {
    if Command::new("valgrind").arg("--version").output().is_err() {
        if options.names(Measurement::Instructions) {
            return Err("`instructions` needs valgrind: install the package of that name".into());
        }
        eprintln!("skipping `instructions`: it needs valgrind");
        return Ok(None);
    }
    let mut instructions =
        Instructions { counts: Vec::new(), gates: Vec::new(), judged: machine::profile() == PROFILE };
    for state in State::ALL {
        eprintln!("counting instructions, {}", state.name());
        for target in Target::all(state) {
            instructions.count(target)?;
        }
    }
    instructions.gates = gates().into_iter().map(|(what, limit, of)| instructions.judge(what, limit, of)).collect();
    Ok(Some(instructions))
}

/// What a gate looks at.
enum Of {
    /// What a target adds to its direct call.
    Added(Target),
    /// What a target adds to another.
    Between(Target, Target),
}

fn gates() -> Vec<(String, f64, Of)> {
    let target = |state, case| Target { state, call: Call::Ours(case) };
    let mut gates = Vec::new();
    for state in [State::BuiltIn, State::Live, State::RolledBack] {
        for (case, limit) in [(Case::Function, 6.0), (Case::InSnapshot, 6.0), (Case::Service, 6.0), (Case::Latest, 2.0)]
        {
            gates.push((format!("{}, {}", case.name(), state.name()), limit, Of::Added(target(state, case))));
        }
    }
    for case in [Case::Function, Case::InSnapshot, Case::Service, Case::Latest] {
        let issued = target(State::FromPatch, case);
        gates.push((format!("{}, issued from a patch", case.name()), 20.0, Of::Added(issued)));
    }
    let entry = Of::Between(target(State::BuiltIn, Case::Catching), target(State::Live, Case::Catching));
    gates.push(("entry that catches, live over built-in".to_owned(), 4.0, entry));
    gates
}

impl Instructions {
    /// Whether every gate holds, or none is for this executable.
    pub(crate) fn holds(&self) -> bool {
        !self.judged || self.gates.iter().all(|gate| gate.holds)
    }

    fn count(&mut self, target: Target) -> Result<(), Box<dyn Error>> {
        let [few, many] = CALLS.map(|calls| collected(target, calls));
        let instructions = (many? - few?) as f64 / (CALLS[1] - CALLS[0]) as f64;
        // A baseline comes before what is compared with it.
        let baseline = if target.is_baseline() { instructions } else { self.find(target.baseline()).instructions };
        let Target { state, call } = target;
        self.counts.push(Count { state, call, instructions, added: instructions - baseline });
        Ok(())
    }

    fn find(&self, target: Target) -> &Count {
        let found = self.counts.iter().find(|count| count.state == target.state && count.call == target.call);
        found.expect("what a gate or a table asks for was counted")
    }

    fn judge(&self, what: String, limit: f64, of: Of) -> Gate {
        let measured = match of {
            Of::Added(target) => self.find(target).added,
            Of::Between(from, to) => self.find(to).added - self.find(from).added,
        };
        Gate { what, measured, limit, holds: measured <= limit + TOLERANCE }
    }

    pub(crate) fn table(&self, style: Style) -> String {
        let mut counts = Table::new(["call", "built-in", "live", "rolled back", "from a patch"]);
        for target in Target::all(State::BuiltIn) {
            let states = [State::BuiltIn, State::Live, State::RolledBack, State::FromPatch];
            let cells = states.map(|state| {
                let found = self.counts.iter().find(|count| count.state == state && count.call == target.call);
                match found {
                    None => String::new(),
                    Some(count) if target.is_baseline() => format!("{:.2}", count.instructions),
                    Some(count) => signed(count.added),
                }
            });
            counts.row(std::iter::once(target.call.name().to_owned()).chain(cells));
        }
        let title =
            "Instructions per call. Direct calls: one turn of the loop; others: what they add to the direct call";
        let counts = counts.text(style, title);
        let mut gates = Table::new(["gate", "measured", "limit", ""]);
        for Gate { what, measured, limit, holds } in &self.gates {
            let verdict = if self.judged { style.verdict(*holds) } else { "not judged".to_owned() };
            gates.row([what.clone(), signed(*measured), format!("{limit:+.0}"), verdict]);
        }
        let title = if self.judged { "Gates" } else { "Gates, judged in the profile `bench-lto` only" };
        format!("{counts}\n{}", gates.text(style, title))
    }
}

/// With a sign and one decimal; what rounds to nothing is not negative.
fn signed(number: f64) -> String {
    format!("{:+.1}", (number * 10.0).round() / 10.0 + 0.0)
}

/// The instructions of a whole process that makes so many calls.
fn collected(target: Target, calls: u64) -> Result<u64, Box<dyn Error>> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(std::env::current_exe()?)
        .args(["count", target.state.name(), target.call.name(), &calls.to_string()])
        .output()?;
    let log = String::from_utf8_lossy(&output.stderr);
    // ==1234== Collected : 4711
    let collected = log.lines().find_map(|line| line.split_once("Collected :")?.1.trim().parse().ok());
    match collected {
        Some(collected) if output.status.success() => Ok(collected),
        _ => Err(format!("callgrind failed on `count {} {}`: {log}", target.state.name(), target.call.name()).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::{Count, Instructions, Of, signed};
    use crate::program::{Call, State, Target};
    use bench_subject::Case;

    const TARGET: Target = Target { state: State::Live, call: Call::Ours(Case::Function) };

    fn with_one_gate(added: f64, limit: f64, judged: bool) -> Instructions {
        let Target { state, call } = TARGET;
        let counts = vec![Count { state, call, instructions: 10.0, added }];
        let mut instructions = Instructions { counts, gates: Vec::new(), judged };
        instructions.gates = vec![instructions.judge(String::new(), limit, Of::Added(TARGET))];
        instructions
    }

    #[test]
    fn a_gate_fails_above_its_limit_where_it_is_judged() {
        assert!(with_one_gate(6.004, 6.0, true).holds());
        assert!(!with_one_gate(7.0, 6.0, true).holds());
        assert!(with_one_gate(7.0, 6.0, false).holds());
    }

    #[test]
    fn nothing_has_no_sign_of_its_own() {
        assert_eq!(signed(-0.0004), "+0.0");
        assert_eq!(signed(-1.0), "-1.0");
    }
}
