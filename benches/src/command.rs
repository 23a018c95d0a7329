//! The command line.

use crate::apply::Series;
use crate::program::Target;

pub(crate) const HELP: &str = "\
What a call through dynpatch and an apply cost, beside the peers, in one run of one executable.

usage: dynpatch-benches [MEASUREMENT]... [OPTIONS]
       dynpatch-benches record [MEASUREMENT]... [OPTIONS]
       dynpatch-benches count <STATE> <CALL> <N>
       dynpatch-benches applies <PATCH> <SKIP> <N>
       dynpatch-benches idle <SECONDS>

measurements (all of them when none is named):
  instructions   instructions per call, by callgrind; checks the gates
  calls          nanoseconds per call, and the ratio to the direct call beside it
  policies       the same in a program that names every policy
  others         the same for peers that need executables of their own
  threads        the same calls on two cores at once
  dev            calls in unoptimised builds
  unmapping      letting go of old code, beside a busy reader
  apply          apply of a small and of a 500 KB patch, against bare dlopen and dlsym
  layouts        reading and checking twenty types, beside abi_stable
  publish        commit in a host with 10,000 slots
  config         reading configuration, a change that comes into force, an idle watcher (a minute)

record measures what is named, or everything, and writes it into docs/benchmarks.md and docs/calls.svg.

options:
  --rounds <N>    rounds of `calls`, at least 15 (default 21)
  --applies <N>   applies of `apply` and `publish`, at least 100 (default 120)
  --json          one JSON document instead of tables
  --help          this text

count makes N calls and nothing else: what `instructions` runs under callgrind.
  STATE: built-in, live, rolled-back, from-patch
applies makes SKIP applies of the file PATCH and N that are timed: what `apply` runs in fresh processes.
idle watches a file that nobody changes, and prints the nanoseconds of processor time: what `config` runs.

Progress goes to stderr, results to stdout. NO_COLOR is respected.
exit status: 0, 1 when a gate or a measurement fails, 2 when the command line is wrong.

Gates are for executables as they are shipped where speed counts, with LTO:
  cargo run --profile bench-lto -p dynpatch-benches
";

/// What there is to measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Measurement {
    Instructions,
    Calls,
    Policies,
    Others,
    Threads,
    Dev,
    Unmapping,
    Apply,
    Publish,
    Layouts,
    Config,
}

/// What the user asked for.
#[derive(Debug)]
pub(crate) enum Command {
    Help,
    Count { target: Target, calls: u64 },
    Applies(Series),
    Idle { seconds: u64 },
    Measure(Options),
}

/// How to measure.
#[derive(Debug)]
pub(crate) struct Options {
    /// Empty for all.
    measurements: Vec<Measurement>,
    pub(crate) rounds: usize,
    pub(crate) applies: usize,
    pub(crate) json: bool,
    /// Whether the results are written into `docs/`.
    pub(crate) is_recorded: bool,
}

impl Options {
    pub(crate) fn wants(&self, measurement: Measurement) -> bool {
        self.measurements.is_empty() || self.names(measurement)
    }

    /// Whether it was asked for by name.
    pub(crate) fn names(&self, measurement: Measurement) -> bool {
        self.measurements.contains(&measurement)
    }
}

impl Command {
    pub(crate) fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options =
            Options { measurements: Vec::new(), rounds: 21, applies: 120, json: false, is_recorded: false };
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--help" | "-h" => return Ok(Self::Help),
                "--json" => options.json = true,
                "record" => options.is_recorded = true,
                "--rounds" => options.rounds = number(&argument, arguments.next(), 15)?,
                "--applies" => options.applies = number(&argument, arguments.next(), 100)?,
                "count" => return count(arguments),
                "applies" => return applies(arguments),
                "idle" => {
                    let seconds = number(&argument, arguments.next(), 1)? as u64;
                    return Ok(Self::Idle { seconds });
                }
                other => options.measurements.push(measurement(other)?),
            }
        }
        Ok(Self::Measure(options))
    }
}

fn measurement(name: &str) -> Result<Measurement, String> {
    Ok(match name {
        "instructions" => Measurement::Instructions,
        "calls" => Measurement::Calls,
        "policies" => Measurement::Policies,
        "others" => Measurement::Others,
        "threads" => Measurement::Threads,
        "dev" => Measurement::Dev,
        "unmapping" => Measurement::Unmapping,
        "apply" => Measurement::Apply,
        "layouts" => Measurement::Layouts,
        "publish" => Measurement::Publish,
        "config" => Measurement::Config,
        _ => return Err(format!("unknown argument `{name}`")),
    })
}

fn number(option: &str, value: Option<String>, least: usize) -> Result<usize, String> {
    value
        .and_then(|value| value.parse().ok())
        .filter(|number| *number >= least)
        .ok_or_else(|| format!("`{option}` takes a number of at least {least}"))
}

fn count(mut arguments: impl Iterator<Item = String>) -> Result<Command, String> {
    let mut next = |what: &str| arguments.next().ok_or_else(|| format!("`count` needs a {what}"));
    let (state, call) = (next("state")?, next("call")?);
    let calls = next("number of calls")?;
    let calls = calls.parse().map_err(|_| format!("`{calls}` is not a number of calls"))?;
    let target = Target::named(&state, &call).ok_or_else(|| format!("there is no `{call}` in the state `{state}`"))?;
    Ok(Command::Count { target, calls })
}

fn applies(mut arguments: impl Iterator<Item = String>) -> Result<Command, String> {
    let file = arguments.next().ok_or("`applies` needs a patch")?.into();
    let skip = number("applies", arguments.next(), 0)?;
    let count = number("applies", arguments.next(), 1)?;
    Ok(Command::Applies(Series { file, skip, count }))
}
