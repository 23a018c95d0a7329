//! How long a commit takes: laying a generation out, the one store, the books. In a host with the subject's slots, and
//! in one with ten thousand more.

use crate::command::Options;
use crate::fixtures::Fixtures;
use crate::statistics::Microseconds;
use crate::table::{Style, Table};
use serde::Serialize;
use std::error::Error;
use std::process::Command;
use std::time::Duration;

/// Commits of the same patch in two hosts.
#[derive(Debug, Serialize)]
pub(crate) struct Publish {
    applies: usize,
    few_slots: Microseconds,
    many_slots: Microseconds,
}

/// Commits the small patch in both hosts.
pub(crate) fn measure(fixtures: &Fixtures, options: &Options) -> Result<Publish, Box<dyn Error>> {
    eprintln!("timing commits, {} in each host", options.applies);
    let commits = |host| commits(fixtures, host, options.applies);
    Ok(Publish {
        applies: options.applies,
        few_slots: commits("bench-few-slots")?,
        many_slots: commits("bench-many-slots")?,
    })
}

fn commits(fixtures: &Fixtures, host: &str, applies: usize) -> Result<Microseconds, Box<dyn Error>> {
    let output = Command::new(fixtures.built(host)).arg(fixtures.small()).arg(applies.to_string()).output()?;
    if !output.status.success() {
        return Err(format!("{host} failed: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    let text = String::from_utf8(output.stdout)?;
    let nanoseconds: Vec<u64> = text.lines().map(str::parse).collect::<Result<_, _>>()?;
    Ok(Microseconds::of(nanoseconds.into_iter().map(Duration::from_nanos)))
}

impl Publish {
    pub(crate) fn table(&self, style: Style) -> String {
        let mut table = Table::new(["host", "p50", "p99"]);
        for (host, commit) in [("few slots", self.few_slots), ("10,000 slots more", self.many_slots)] {
            table.row([host.to_owned(), format!("{:.1}", commit.p50), format!("{:.1}", commit.p99)]);
        }
        let title = format!("Microseconds per commit ({} each; goal for 10,000 slots: ≤ 3)", self.applies);
        table.text(style, &title)
    }
}
