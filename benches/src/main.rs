//! What a call and an apply cost, beside the peers, in one run of one executable. `docs/benchmarks.md` has the results.
//!
//! - `command.rs`: the command line. `report.rs`: everything that was measured, in order.
//! - `fixtures.rs`: the patches, built by cargo as a user builds them. `hosts.rs`: other executables that measure
//!   themselves. `callgrind.rs`: instructions of a call.
//! - `peers.rs`: what others make of the same call. `others.rs`: peers that need executables of their own.
//! - `program.rs`: every call there is to measure, and the state the process has to be in for it.
//! - `calls.rs`: how long it takes. `instructions.rs`: how many instructions. `gate.rs`: the limits.
//! - `policies.rs`: the same in a program that names every policy; this one names none. `threads.rs`: on two cores.
//!   `dev.rs`: in an unoptimised build.
//! - `apply.rs`, `publish.rs`, `unmapping.rs`: how long it takes to get a patch in and out, in processes of their own.
//! - `layouts.rs`: what checking types takes, and says.
//! - `record.rs`, `plot.rs`: `docs/`.
//! - `machine.rs`, `statistics.rs`, `table.rs`: where it was measured, what is made of samples, how it is shown.

mod apply;
mod callgrind;
mod calls;
mod command;
mod config;
mod dev;
mod fixtures;
mod gate;
mod hosts;
mod instructions;
mod layouts;
mod machine;
mod others;
mod peers;
mod plot;
mod policies;
mod program;
mod publish;
mod record;
mod report;
mod statistics;
mod table;
mod threads;
mod unmapping;

use command::Command;
use fixtures::Fixtures;
use program::{Program, Target};
use report::Report;
use std::error::Error;
use std::process::ExitCode;

fn main() -> ExitCode {
    let command = match Command::parse(std::env::args().skip(1)) {
        Ok(command) => command,
        Err(message) => {
            eprintln!("error: {message}\nhint: `--help` shows what there is");
            return ExitCode::from(2);
        }
    };
    let result = match command {
        Command::Help => {
            print!("{}", command::HELP);
            Ok(true)
        }
        Command::Idle { seconds } => config::idle(seconds).map(|()| true),
        Command::Count { target, calls } => count(target, calls).map(|()| true),
        Command::Applies(series) => apply::run(&series).map(|()| true),
        Command::Measure(options) => report::measure(&options),
    };
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// What `instructions` runs under callgrind.
fn count(target: Target, calls: u64) -> Result<(), Box<dyn Error>> {
    let program = Program::start(Fixtures::of_this_executable()?)?;
    let reached = program.reach(target.state)?;
    println!("{}", bench_host::counted_calls(|calls| reached.run(target, calls), calls));
    Ok(())
}
