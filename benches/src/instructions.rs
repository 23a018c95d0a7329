//! Instructions per call, by callgrind, and the gates. What the same work costs when it is called directly, in the same
//! image, is taken off.

use crate::callgrind;
use crate::command::{Measurement, Options};
use crate::gate::{self, Gate, signed};
use crate::program::{Call, State, Target};
use crate::table::{Style, Table};
use bench_subject::Case;
use serde::Serialize;
use std::error::Error;

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
    if !callgrind::is_here() {
        if options.names(Measurement::Instructions) {
            return Err("`instructions` needs valgrind: install the package of that name".into());
        }
        eprintln!("skipping `instructions`: it needs valgrind");
        return Ok(None);
    }
    let mut instructions = Instructions { counts: Vec::new(), gates: Vec::new(), judged: gate::are_judged() };
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
        !self.judged || self.gates.iter().all(Gate::holds)
    }

    fn count(&mut self, target: Target) -> Result<(), Box<dyn Error>> {
        let arguments = ["count", target.state.name(), target.call.name()];
        let per_call = match target.call {
            Call::Peer(peer) if peer.overwrites_its_file() => callgrind::per_call_in_turn,
            _ => callgrind::per_call,
        };
        let instructions = per_call(&std::env::current_exe()?, &arguments)?;
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
        Gate::judge(what, measured, limit)
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
        format!("{counts}\n{}", gate::table(&self.gates, self.judged, style))
    }
}

#[cfg(test)]
mod tests {
    use super::{Count, Instructions, Of};
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
}
