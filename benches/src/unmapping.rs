//! How long it takes to let go of old code, beside a thread that calls it all the time.

use crate::command::Options;
use crate::fixtures::Fixtures;
use crate::policies;
use crate::statistics::Microseconds;
use crate::table::{Style, Table};
use serde::Serialize;
use std::error::Error;
use std::time::Duration;

/// Cycles of one policy.
#[derive(Debug, Serialize)]
struct Cycles {
    policy: &'static str,
    apply: Microseconds,
    rollback: Microseconds,
    unmap: Microseconds,
    whole: Microseconds,
}

/// Cycles of both policies that unmap.
#[derive(Debug, Serialize)]
pub(crate) struct Unmapping {
    cycles: usize,
    policies: Vec<Cycles>,
}

/// Runs the cycles.
pub(crate) fn measure(fixtures: &Fixtures, options: &Options) -> Result<Unmapping, Box<dyn Error>> {
    let policies = ["reclaim", "quiesce"].into_iter().map(|policy| {
        eprintln!("timing unmapping under {policy}, {} cycles", options.applies);
        let cycles = policies::cycles(fixtures, policy, options.applies)?;
        let of = |part: fn(&[f64; 3]) -> f64| {
            Microseconds::of(cycles.iter().map(|cycle| Duration::from_secs_f64(part(cycle) * 1e-9)))
        };
        let [apply, rollback, unmap] = [of(|cycle| cycle[0]), of(|cycle| cycle[1]), of(|cycle| cycle[2])];
        Ok(Cycles { policy, apply, rollback, unmap, whole: of(|cycle| cycle.iter().sum()) })
    });
    let policies = policies.collect::<Result<_, Box<dyn Error>>>()?;
    Ok(Unmapping { cycles: options.applies, policies })
}

impl Unmapping {
    pub(crate) fn table(&self, style: Style) -> String {
        let mut table = Table::new(["policy", "", "apply", "rollback", "unmap", "cycle"]);
        for Cycles { policy, apply, rollback, unmap, whole } in &self.policies {
            let parts = [apply, rollback, unmap, whole];
            let p50 = parts.map(|part| format!("{:.0}", part.p50));
            let p99 = parts.map(|part| format!("{:.0}", part.p99));
            table.row([(*policy).to_owned(), "p50".to_owned()].into_iter().chain(p50));
            table.row([String::new(), "p99".to_owned()].into_iter().chain(p99));
        }
        let title = format!(
            "Microseconds per cycle of apply, rollback and unmapping, beside a busy reader ({} each)",
            self.cycles
        );
        table.text(style, &title)
    }
}
