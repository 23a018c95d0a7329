//! Limits on instructions. Counts do not move with the load on the machine, so a gate can fail a run.

use crate::machine;
use crate::table::{Style, Table};
use serde::Serialize;

/// Seeds of hash tables make a start differ by some hundred instructions: far less than this for each of the calls.
const TOLERANCE: f64 = 0.05;
/// The profile whose executable the gates are for.
const PROFILE: &str = "bench-lto";

/// A limit that has to hold.
#[derive(Debug, Serialize)]
pub(crate) struct Gate {
    what: String,
    measured: f64,
    limit: f64,
    holds: bool,
}

impl Gate {
    pub(crate) fn judge(what: String, measured: f64, limit: f64) -> Self {
        Self { what, measured, limit, holds: measured <= limit + TOLERANCE }
    }

    pub(crate) fn holds(&self) -> bool {
        self.holds
    }
}

/// Whether this executable is one the gates are for.
pub(crate) fn are_judged() -> bool {
    machine::profile() == PROFILE
}

pub(crate) fn table(gates: &[Gate], judged: bool, style: Style) -> String {
    let mut table = Table::new(["gate", "measured", "limit", ""]);
    for Gate { what, measured, limit, holds } in gates {
        let verdict = if judged { style.verdict(*holds) } else { "not judged".to_owned() };
        table.row([what.clone(), signed(*measured), format!("{limit:+.0}"), verdict]);
    }
    let title = if judged { "Gates" } else { "Gates, judged in the profile `bench-lto` only" };
    table.text(style, title)
}

/// With a sign and one decimal; what rounds to nothing is not negative.
pub(crate) fn signed(number: f64) -> String {
    format!("{:+.1}", (number * 10.0).round() / 10.0 + 0.0)
}

#[cfg(test)]
mod tests {
    use super::{Gate, signed};

    #[test]
    fn a_gate_fails_above_its_limit() {
        let gate = |measured| Gate::judge(String::new(), measured, 6.0);
        assert!(gate(6.004).holds());
        assert!(!gate(7.0).holds());
    }

    #[test]
    fn nothing_has_no_sign_of_its_own() {
        assert_eq!(signed(-0.0004), "+0.0");
        assert_eq!(signed(-1.0), "-1.0");
    }
}
