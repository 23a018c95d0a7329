//! Instructions per call. An executable runs twice under callgrind, with two numbers of calls; the difference of the two
//! counts is what the calls cost. Only what happens in `bench_host::counted_calls` is counted.

use std::error::Error;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// The two numbers of calls.
const CALLS: [u64; 2] = [8_000, 208_000];

/// Whether this machine has it.
pub(crate) fn is_here() -> bool {
    Command::new("valgrind").arg("--version").output().is_ok()
}

/// Instructions of one of the calls that `executable` makes when it is called with `arguments` and their number.
pub(crate) fn per_call(executable: &Path, arguments: &[&str]) -> Result<f64, Box<dyn Error>> {
    // Both at once: counts do not care.
    let [few, many] = CALLS.map(|calls| start(executable, arguments, calls));
    let [few, many] = [collected(few?, arguments)?, collected(many?, arguments)?];
    Ok(each(few, many))
}

/// The same, one process after the other: for a call that does not bear two processes at once.
pub(crate) fn per_call_in_turn(executable: &Path, arguments: &[&str]) -> Result<f64, Box<dyn Error>> {
    let [few, many] = CALLS.map(|calls| collected(start(executable, arguments, calls)?, arguments));
    Ok(each(few?, many?))
}

fn each(few: f64, many: f64) -> f64 {
    (many - few) / (CALLS[1] - CALLS[0]) as f64
}

fn start(executable: &Path, arguments: &[&str], calls: u64) -> std::io::Result<Child> {
    Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null", "--toggle-collect=*counted_calls*"])
        .arg(executable)
        .args(arguments)
        .arg(calls.to_string())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
}

/// The instructions that were counted.
fn collected(child: Child, arguments: &[&str]) -> Result<f64, Box<dyn Error>> {
    let output = child.wait_with_output()?;
    let log = String::from_utf8_lossy(&output.stderr);
    // ==1234== Collected : 4711
    let collected = log.lines().find_map(|line| line.split_once("Collected :")?.1.trim().parse().ok());
    match collected {
        Some(collected) if collected > 0.0 && output.status.success() => Ok(collected),
        _ => Err(format!("callgrind failed on `{}`: {log}", arguments.join(" ")).into()),
    }
}
