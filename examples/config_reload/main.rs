//! Configuration that reloads itself while a program runs, and never lets a bad file in.
//!
//! `editor.rs` edits the file as people and programs do; with `--stay` a person does.

mod editor;
mod stay;

use clap::{Parser, value_parser};
use dynpatch::config::*;
use dynpatch_examples::{Narration, Result, exit};
use editor::Editor;
use std::path::PathBuf;
use std::process::ExitCode;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// A program reads its limits from a file that is edited while it runs; a bad edit is refused, and the last good one stays.
#[derive(Debug, Parser)]
#[command(name = "config_reload", after_help = AFTER_HELP)]
struct Options {
    /// Your turn: edit the file yourself; it is made if it is not there
    #[arg(long, value_name = "FILE", num_args = 0..=1, default_missing_value = "config.toml")]
    stay: Option<PathBuf>,
    /// How long to wait for an edit to be seen
    #[arg(long, default_value_t = 10, value_name = "N", value_parser = value_parser!(u64).range(1..))]
    seconds: u64,
}

const AFTER_HELP: &str = "\
Examples:
  cargo run -p dynpatch-examples --bin config_reload
  cargo run -p dynpatch-examples --bin config_reload -- --stay
  cargo run -p dynpatch-examples --bin config_reload -- --stay /etc/app.toml

Exit codes:
  0  every good edit came into force, and every bad one was refused
  1  that was not so, or the demonstration could not run
  2  an option is not understood";

/// What the program is told by its file.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
struct AppConfig {
    max_connections: usize,
    timeout_ms: u64,
}

impl HotConfig for AppConfig {
    fn validate(&self) -> std::result::Result<(), Invalid> {
        if self.max_connections == 0 {
            return Err("`max_connections` must be at least 1".into());
        }
        Ok(())
    }
}

fn main() -> ExitCode {
    let options = Options::parse();
    let outcome = match &options.stay {
        Some(file) => stay::run(file),
        None => demonstrate(Duration::from_secs(options.seconds)),
    };
    exit(outcome)
}

/// Whether all went as promised.
fn demonstrate(patience: Duration) -> Result<bool> {
    let narration = Narration::start("A file is edited while a program runs by it.");
    let editor = Editor::new()?;
    editor.in_place("max_connections = 100\ntimeout_ms = 30\n")?;
    let watcher = watch::<AppConfig, _>(editor.file())?;
    narration.say(format_args!("watching {}: {:?}", editor.file().display(), *watcher.get()));
    let _told = watcher.subscribe(move |change| narration.say(told(change)));
    let stage = Stage { narration, watcher, patience };
    let mut as_promised = true;
    let mut check = |right: bool| as_promised &= right;

    narration.say("someone saves the file with another limit");
    editor.in_place("max_connections = 200\ntimeout_ms = 30\n")?;
    check(stage.comes(|config| config.max_connections == 200));
    narration.say("an editor writes a copy beside it, in pieces, and renames it");
    editor.by_rename(&["max_connections = 250\n", "timeout_", "ms = 60\n"])?;
    check(stage.comes(|config| config.timeout_ms == 60));
    narration.say("someone makes a mistake");
    editor.in_place("max_connections = \"many\"\ntimeout_ms = 60\n")?;
    check(stage.is_refused(1));
    narration.say("and another one, which only the program can know for one");
    editor.in_place("max_connections = 0\ntimeout_ms = 60\n")?;
    check(stage.is_refused(2));
    narration.say("and deletes the file");
    editor.delete()?;
    check(stage.is_refused(3));
    narration.say("and mends it");
    editor.in_place("max_connections = 300\ntimeout_ms = 60\n")?;
    check(stage.comes(|config| config.max_connections == 300));

    let status = stage.watcher.status();
    println!("\naccepted  {}\nrefused   {}", status.accepted, status.refused);
    println!("\n{}", if as_promised { "as promised" } else { "NOT as promised" });
    Ok(as_promised)
}

/// What is watched, and how.
struct Stage {
    narration: Narration,
    watcher: ConfigWatcher<AppConfig>,
    patience: Duration,
}

impl Stage {
    fn comes(&self, is_it: impl Fn(&AppConfig) -> bool) -> bool {
        let came = self.until(|| is_it(&self.watcher.get()));
        self.narration.say(format_args!(
            "{}: {:?}",
            if came { "in force" } else { "NOT in force" },
            *self.watcher.get()
        ));
        came
    }

    /// The file is refused for the given time, and what was in force still is.
    fn is_refused(&self, time: u64) -> bool {
        let before = self.watcher.current();
        let refused = self.until(|| self.watcher.status().refused >= time);
        if let Some(error) = &self.watcher.status().refusing {
            self.narration.say(format_args!("{error:?}"));
        }
        let stays = *self.watcher.get() == *before;
        self.narration.say(format_args!("{}: {before:?}", if stays { "still in force" } else { "LOST" }));
        refused && stays
    }

    fn until(&self, condition: impl Fn() -> bool) -> bool {
        let start = Instant::now();
        while start.elapsed() < self.patience {
            if condition() {
                return true;
            }
            sleep(Duration::from_millis(1));
        }
        false
    }
}

fn told(change: &Change<AppConfig>) -> String {
    format!("a subscriber is told: {} changed", change.keys.join(", "))
}
