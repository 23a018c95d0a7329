//! What a call and an apply cost, beside the peers, in one run of one executable. `docs/benchmarks.md` has the results.
//!
//! - `command.rs`: the command line.
//! - `fixtures.rs`: the patches, built by cargo as a user builds them.
//! - `peers.rs`: what others make of the same call.
//! - `program.rs`: every call there is to measure, and the state the process has to be in for it.
//! - `calls.rs`: how long it takes. `instructions.rs`: how many instructions, and the gates.
//! - `apply.rs`, `publish.rs`: how long it takes to get a patch in, in processes of their own.
//! - `layouts.rs`: what checking types takes, and says.
//! - `machine.rs`, `statistics.rs`, `table.rs`: where it was measured, what is made of samples, how it is shown.

mod apply;
mod calls;
mod command;
mod fixtures;
mod instructions;
mod layouts;
mod machine;
mod peers;
mod program;
mod publish;
mod statistics;
mod table;

use command::{Command, Measurement, Options};
use fixtures::Fixtures;
use program::{Program, Target};
use serde::Serialize;
use std::error::Error;
use std::process::ExitCode;
use table::Style;

/// Everything that was measured.
#[derive(Debug, Default, Serialize)]
struct Report {
    machine: machine::Machine,
    #[serde(skip_serializing_if = "Option::is_none")]
    calls: Option<calls::Calls>,
    #[serde(skip_serializing_if = "Option::is_none")]
    instructions: Option<instructions::Instructions>,
    #[serde(skip_serializing_if = "Option::is_none")]
    apply: Option<Vec<apply::Latency>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    publish: Option<publish::Publish>,
    #[serde(skip_serializing_if = "Option::is_none")]
    layouts: Option<layouts::Layouts>,
}

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
        Command::Count { target, calls } => count(target, calls).map(|()| true),
        Command::Applies(series) => apply::run(&series).map(|()| true),
        Command::Measure(options) => measure(&options),
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
    println!("{}", program.reach(target.state)?.run(target, calls));
    Ok(())
}

/// Whether every gate holds.
fn measure(options: &Options) -> Result<bool, Box<dyn Error>> {
    let style = Style::of_stdout();
    let show = |text: String| {
        if !options.json {
            println!("{text}");
        }
    };
    let machine = machine::Machine::look();
    show(machine.to_string());
    let fixtures = Fixtures::of_this_executable()?;
    fixtures.build()?;
    let mut report = Report { machine, ..Report::default() };
    if options.wants(Measurement::Instructions) {
        report.instructions = instructions::measure(options)?;
        report.instructions.iter().for_each(|instructions| show(instructions.table(style)));
    }
    if options.wants(Measurement::Calls) {
        let calls = calls::measure(&Program::start(fixtures.clone())?, options)?;
        show(calls.table(style));
        report.calls = Some(calls);
    }
    if options.wants(Measurement::Apply) {
        let latencies = apply::measure(&fixtures, options)?;
        show(apply::table(&latencies, style));
        report.apply = Some(latencies);
    }
    if options.wants(Measurement::Layouts) {
        let layouts = layouts::measure(&fixtures, options)?;
        show(layouts.table(style));
        report.layouts = Some(layouts);
    }
    if options.wants(Measurement::Publish) {
        let publish = publish::measure(&fixtures, options)?;
        show(publish.table(style));
        report.publish = Some(publish);
    }
    if options.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    }
    Ok(report.instructions.is_none_or(|instructions| instructions.holds()))
}
