//! What a demonstration prints: plain lines, each with the time since its start, and the figures at the end.

use crate::{Built, Figures, Result};
use dynpatch::config::ConfigError;
use dynpatch::{Applied, PatchError, Timings};
use std::error::Error;
use std::fmt::Display;
use std::process::ExitCode;
use std::time::Instant;

/// Tells what happens, and when.
#[derive(Debug, Clone, Copy)]
pub struct Narration(Instant);

impl Narration {
    /// Starts the clock.
    pub fn start(title: &str) -> Self {
        println!("{title}\n");
        Self(Instant::now())
    }

    /// A line; further lines of the text stand below it, indented.
    pub fn say(&self, text: impl Display) {
        let text = text.to_string().trim_end().replace('\n', "\n          ");
        println!("{:>6.1} s  {text}", self.0.elapsed().as_secs_f64());
    }
}

/// Prints the figures and the verdict, and hands the verdict back.
pub fn conclude(figures: &Figures, built: &Built, applied: &Applied, as_promised: bool) -> bool {
    let Timings { seal, inspect, map, prepare, commit, .. } = applied.timings;
    println!("\n{figures:#}");
    println!("apply                {:.1?}", applied.timings.total());
    println!(
        "  its phases         seal {seal:.1?}, inspect {inspect:.1?}, map {map:.1?}, prepare {prepare:.1?}, commit {commit:.1?}"
    );
    println!("build, before that   {:.1?}", built.took);
    println!("\n{}", if as_promised { "as promised" } else { "NOT as promised" });
    as_promised
}

/// An error with everything a person can use: what, why, and what to do.
pub fn explain(error: &(dyn Error + 'static)) -> String {
    match error.downcast_ref::<PatchError>() {
        Some(error) => {
            let help = error.help().map(|help| format!("\nhelp: {help}")).unwrap_or_default();
            format!("error[{}]: {}\ncause: {}{help}", error.code(), error.subject(), error.cause())
        }
        None => match error.downcast_ref::<ConfigError>() {
            Some(error) => format!("{error:?}"),
            None => format!("error: {error}"),
        },
    }
}

/// How a demonstration's process ends: 0 if all went as promised. What kept it from running is printed.
pub fn exit(outcome: Result<bool>) -> ExitCode {
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{}", explain(&*error));
            ExitCode::FAILURE
        }
    }
}
