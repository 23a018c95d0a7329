//! Everything that was measured, in order.

use crate::command::{Measurement, Options};
use crate::fixtures::Fixtures;
use crate::plot::Bar;
use crate::program::Program;
use crate::table::Style;
use crate::{
    apply, calls, config, dev, instructions, layouts, machine, others, policies, publish, record, threads, unmapping,
};
use serde::Serialize;
use std::cell::OnceCell;
use std::error::Error;

macro_rules! report {
    ($($(#[$doc:meta])* $field:ident $name:literal: $type:ty = $table:expr;)*) => {
        /// Everything that was measured.
        #[derive(Debug, Default, Serialize)]
        pub(crate) struct Report {
            pub(crate) machine: machine::Machine,
            $($(#[$doc])* #[serde(skip_serializing_if = "Option::is_none")] $field: Option<$type>,)*
        }

        impl Report {
            /// What there is, as text, by its name in `docs/benchmarks.md`.
            pub(crate) fn tables(&self, style: Style) -> Vec<(&'static str, String)> {
                let mut tables = vec![("machine", self.machine.to_string())];
                $(if let Some(measured) = &self.$field {
                    let table: fn(&$type, Style) -> String = $table;
                    tables.push(($name, table(measured, style)));
                })*
                tables
            }
        }
    };
}

report! {
    /// In this executable.
    instructions "instructions": instructions::Instructions = |measured, style| measured.table(style);
    /// In the one that names every policy.
    policy_instructions "policy instructions": policies::Instructions = |measured, style| measured.table(style);
    calls "calls": calls::Calls = |measured, style| measured.table(style);
    policies "policies": policies::Times = |measured, style| measured.table(style);
    others "others": others::Others = |measured, style| measured.table(style);
    threads "threads": threads::Threads = |measured, style| measured.table(style);
    dev "dev": dev::Dev = |measured, style| measured.table(style);
    apply "apply": Vec<apply::Latency> = |measured, style| apply::table(measured, style);
    unmapping "unmapping": unmapping::Unmapping = |measured, style| measured.table(style);
    layouts "layouts": layouts::Layouts = |measured, style| measured.table(style);
    publish "publish": publish::Publish = |measured, style| measured.table(style);
    config "config": config::Config = |measured, style| measured.table(style);
}

impl Report {
    /// Whether every gate holds.
    fn holds(&self) -> bool {
        self.instructions.as_ref().is_none_or(instructions::Instructions::holds)
            && self.policy_instructions.as_ref().is_none_or(policies::Instructions::holds)
    }

    /// What the plot shows.
    pub(crate) fn bars(&self) -> Vec<Bar> {
        let [ours, theirs] = self.calls.as_ref().map_or_else(Default::default, calls::Calls::for_the_plot);
        let by_policy = self.policies.as_ref().map_or_else(Vec::new, policies::Times::for_the_plot);
        let others = self.others.as_ref().map_or_else(Vec::new, others::Others::for_the_plot);
        let ours = [ours, by_policy].into_iter().flat_map(|rows| record::bars(rows, true));
        ours.chain([theirs, others].into_iter().flat_map(|rows| record::bars(rows, false))).collect()
    }
}

/// This process as a host, made when it is first needed: it can be made once.
struct Here<'a> {
    fixtures: &'a Fixtures,
    program: OnceCell<Program>,
}

impl Here<'_> {
    fn program(&self) -> Result<&Program, Box<dyn Error>> {
        if self.program.get().is_none() {
            // `set` fails where there is one.
            let _ = self.program.set(Program::start(self.fixtures.clone())?);
        }
        self.program.get().ok_or_else(|| "this process is no host".into())
    }
}

/// Measures what is wanted. Whether every gate holds.
pub(crate) fn measure(options: &Options) -> Result<bool, Box<dyn Error>> {
    let fixtures = Fixtures::of_this_executable()?;
    fixtures.build()?;
    let report = all(&fixtures, options)?;
    if options.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        report.tables(Style::of_stdout()).iter().for_each(|(_, table)| println!("{table}"));
    }
    if options.is_recorded {
        record::write(&report)?;
    }
    Ok(report.holds())
}

/// Measures what is wanted; calls on two cores before any patch is applied here.
fn all(fixtures: &Fixtures, options: &Options) -> Result<Report, Box<dyn Error>> {
    let here = Here { fixtures, program: OnceCell::new() };
    let mut report = Report { machine: machine::Machine::look(), ..Report::default() };
    if options.wants(Measurement::Instructions)
        && let Some(instructions) = instructions::measure(options)?
    {
        report.instructions = Some(instructions);
        report.policy_instructions = Some(policies::count(fixtures)?);
    }
    report.threads = wanted(options, Measurement::Threads, || threads::measure(here.program()?, fixtures, options))?;
    report.calls = wanted(options, Measurement::Calls, || calls::measure(here.program()?, options))?;
    report.policies = wanted(options, Measurement::Policies, || policies::time(fixtures, options))?;
    report.others = wanted(options, Measurement::Others, || others::measure(fixtures, options))?;
    report.dev = wanted(options, Measurement::Dev, || dev::measure(fixtures, options))?;
    report.apply = wanted(options, Measurement::Apply, || apply::measure(fixtures, options))?;
    report.unmapping = wanted(options, Measurement::Unmapping, || unmapping::measure(fixtures, options))?;
    report.layouts = wanted(options, Measurement::Layouts, || layouts::measure(fixtures, options))?;
    report.publish = wanted(options, Measurement::Publish, || publish::measure(fixtures, options))?;
    report.config = wanted(options, Measurement::Config, || config::measure(options))?;
    Ok(report)
}

fn wanted<R>(
    options: &Options,
    measurement: Measurement,
    measure: impl FnOnce() -> Result<R, Box<dyn Error>>,
) -> Result<Option<R>, Box<dyn Error>> {
    options.wants(measurement).then(measure).transpose()
}
