//! A service and a function, replaced together while threads use them; and a patch that is refused.
//!
//! `callers.rs` has the threads; the service is in the crate in `app/`, what replaces it in the one in `patch/`.

mod callers;

use callers::Callers;
use clap::{Parser, value_parser};
use dynpatch::prelude::*;
use dynpatch_examples::{Built, Narration, Result, SourceCopy, conclude, exit, explain};
use std::process::ExitCode;
use std::thread::sleep;
use std::time::Duration;

/// A service and a function are replaced together, under load, with one store; a patch that does not fit is refused.
#[derive(Debug, Parser)]
#[command(name = "service_swap", after_help = AFTER_HELP)]
struct Options {
    /// How long the load lasts once the patches are built
    #[arg(long, default_value_t = 12, value_name = "N", value_parser = value_parser!(u64).range(1..))]
    seconds: u64,
    /// How many threads call at the same time
    #[arg(long, default_value_t = 4, value_name = "N", value_parser = value_parser!(u16).range(1..))]
    threads: u16,
}

const AFTER_HELP: &str = "\
Examples:
  cargo run -p dynpatch-examples --bin service_swap
  cargo run -p dynpatch-examples --bin service_swap --release -- --seconds 30 --threads 8

Exit codes:
  0  every call was answered, by one version, by the right one, and the misfit was refused
  1  that was not so, or the demonstration could not run
  2  an option is not understood";

const BUILT_IN: &str = "list price";
const PATCHED: &str = "three for two";

fn main() -> ExitCode {
    exit(demonstrate(&Options::parse()))
}

/// Whether all went as promised.
fn demonstrate(options: &Options) -> Result<bool> {
    let narration = Narration::start("A service and a function are replaced together while threads use them.");
    init()?;
    let callers = Callers::start(options.threads);
    callers.ledger().expect(Some(BUILT_IN));
    narration.say(format_args!("{} threads ask for bills", options.threads));
    let phase = Duration::from_secs(options.seconds) / 4;
    let pause = || {
        sleep(phase);
        narration.say(callers.ledger().figures());
    };

    let source = SourceCopy::new("service_swap")?;
    narration.say(format_args!("copied the patch to {}", source.folder().display()));
    let (right, wrong) = ("replaces = \"service_app::tax\"", "replaces = \"shop::tax\"");
    source.edit("service_swap/patch/src/lib.rs", right, wrong)?;
    let misfit = build(&source, narration, "with a mistake: it replaces `shop::tax`, which nobody has")?;
    let refusal = reload(&misfit.file).err();
    let refused = refusal.as_ref().is_some_and(|error| error.code() == ErrorCode::UnknownItem);
    let told = refusal.as_ref().map_or_else(|| "it was applied".to_owned(), |error| explain(error));
    narration.say(format_args!("tried to apply it\n{told}"));
    pause();

    source.edit("service_swap/patch/src/lib.rs", wrong, right)?;
    let built = build(&source, narration, "with the mistake mended")?;
    callers.ledger().expect(None);
    let applied = reload(&built.file)?;
    callers.ledger().expect(Some(PATCHED));
    narration.say(&applied);
    pause();

    callers.ledger().expect(None);
    let back = rollback()?;
    callers.ledger().expect(Some(BUILT_IN));
    narration.say(format_args!("rolled {} back", back.patch.name));
    pause();

    let figures = callers.stop();
    narration.say("stopped");
    let as_promised = refused && figures.are_as_promised(&[BUILT_IN, PATCHED]);
    Ok(conclude(&figures, &built, &applied, as_promised))
}

fn build(source: &SourceCopy, narration: Narration, how: &str) -> Result<Built> {
    narration.say(format_args!("cargo build --lib -p service-patch -p dynpatch-examples\n{how}"));
    source.build("service-patch")
}
