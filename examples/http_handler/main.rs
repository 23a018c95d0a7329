//! An HTTP server that gets new code under load.
//!
//! `server.rs` is the server, `load.rs` asks it questions, `stay.rs` takes commands; what it answers is the crate in
//! `app/`, which the crate in `patch/` makes a patch of.

mod load;
mod server;
mod stay;

use clap::{Parser, value_parser};
use dynpatch::prelude::*;
use dynpatch_examples::{Built, Narration, Result, SourceCopy, conclude, exit};
use load::Load;
use server::Server;
use std::process::ExitCode;
use std::thread::sleep;
use std::time::Duration;

/// A server gets new code under load: from version 1 to version 2 and back, and no request is lost.
#[derive(Debug, Parser)]
#[command(name = "http_handler", after_help = AFTER_HELP)]
struct Options {
    /// How long the load lasts once the patch is built
    #[arg(long, default_value_t = 12, value_name = "N", value_parser = value_parser!(u64).range(1..))]
    seconds: u64,
    /// How many keep-alive connections ask at the same time
    #[arg(long, default_value_t = 32, value_name = "N", value_parser = value_parser!(u16).range(1..))]
    connections: u16,
    /// Serve until told to quit, and apply what you edit
    #[arg(long)]
    stay: bool,
}

const AFTER_HELP: &str = "\
Examples:
  cargo run -p dynpatch-examples --bin http_handler
  cargo run -p dynpatch-examples --bin http_handler --release -- --seconds 30 --connections 100
  cargo run -p dynpatch-examples --bin http_handler -- --stay

Exit codes:
  0  every request was answered, by one version, by the right one
  1  that was not so, or the demonstration could not run
  2  an option is not understood";

fn main() -> ExitCode {
    let options = Options::parse();
    let outcome = if options.stay { stay::run() } else { demonstrate(&options) };
    exit(outcome)
}

/// Whether all went as promised.
fn demonstrate(options: &Options) -> Result<bool> {
    let narration = Narration::start("A server gets new code under load, and no request is lost.");
    init()?;
    let runtime = tokio::runtime::Runtime::new()?;
    let server = Server::start(&runtime)?;
    let load = Load::start(&runtime, server.address(), options.connections);
    narration.say(format_args!("serving on {}, asked by {} keep-alive connections", server.url(), options.connections));
    load.ledger().expect(Some("v1"));

    let built = build_version_2(narration)?;
    narration.say(format_args!("built in {:.1?}, with the server under load all the time", built.took));
    let phase = Duration::from_secs(options.seconds) / 3;
    sleep(phase);
    narration.say(load.ledger().figures());

    load.ledger().expect(None);
    let applied = reload(&built.file)?;
    load.ledger().expect(Some("v2"));
    narration.say(&applied);
    sleep(phase);
    narration.say(load.ledger().figures());

    load.ledger().expect(None);
    let back = rollback()?;
    load.ledger().expect(Some("v1"));
    narration.say(format_args!("rolled {} back", back.patch.name));
    sleep(phase);
    narration.say(load.ledger().figures());

    let figures = load.stop(&runtime);
    server.stop(&runtime)?;
    narration.say("stopped");
    Ok(conclude(&figures, &built, &applied, figures.are_as_promised(&["v1", "v2"])))
}

fn build_version_2(narration: Narration) -> Result<Built> {
    let source = SourceCopy::new("http_handler")?;
    let (old, new) = ("const VERSION: &str = \"v1\";", "const VERSION: &str = \"v2\";");
    source.edit("http_handler/app/src/lib.rs", old, new)?;
    narration.say(format_args!(
        "copied the handler to {}, edited app/src/lib.rs\n- {old}\n+ {new}",
        source.folder().display()
    ));
    narration.say("cargo build --lib -p http-patch -p dynpatch-examples");
    source.build("http-patch")
}
