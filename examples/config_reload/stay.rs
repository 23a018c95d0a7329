//! The program stays, and somebody else edits.

use crate::{AppConfig, told};
use dynpatch::config::watch;
use dynpatch_examples::{Narration, Result};
use std::fs;
use std::io::stdin;
use std::path::Path;

const FIRST: &str = "\
# Change a number and save; then make a mistake and save.
max_connections = 100
timeout_ms = 30
";

/// Tells what becomes of each edit, until the end of the input.
pub(crate) fn run(file: &Path) -> Result<bool> {
    let narration = Narration::start("Edit the file; press Enter to stop.");
    if !file.exists() {
        fs::write(file, FIRST)?;
    }
    let watcher = watch::<AppConfig, _>(file)?;
    narration.say(format_args!("watching {}: {:?}", file.display(), *watcher.get()));
    let _refused = watcher.on_refusal(move |error| {
        narration.say(format_args!("{error:?}\nwhat was in force still is"));
    });
    let _told = watcher.subscribe(move |change| {
        narration.say(format_args!("{}\nin force: {:?}", told(change), *change.new));
    });
    let mut line = String::new();
    stdin().read_line(&mut line)?;
    Ok(true)
}
