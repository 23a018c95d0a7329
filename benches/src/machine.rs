//! Where it was measured.

use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt;
use std::process::Command;

/// What this workspace is built from.
const LOCK: &str = include_str!("../../Cargo.lock");
/// What the fixtures are built from.
const FIXTURES_LOCK: &str = include_str!("../fixtures/Cargo.lock");
const PEERS: [&str; 8] =
    ["arc-swap", "crossbeam-epoch", "haphazard", "hot-lib-reloader", "left-right", "relib_host", "seize", "subsecond"];

/// The machine, the toolchain and the profile of a run.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Machine {
    processor: String,
    cores: usize,
    kernel: String,
    rustc: String,
    /// The profile of this executable.
    profile: String,
    /// Runnable tasks in the last minute when the run began: above the number of cores, times are noisy.
    load: String,
    peers: BTreeMap<&'static str, &'static str>,
}

impl Machine {
    pub(crate) fn look() -> Self {
        let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
        let processor = read("/proc/cpuinfo")
            .lines()
            .find_map(|line| Some(line.strip_prefix("model name")?.split_once(':')?.1.trim().to_owned()));
        Self {
            processor: processor.unwrap_or_else(|| "unknown".to_owned()),
            cores: std::thread::available_parallelism().map_or(0, usize::from),
            kernel: read("/proc/sys/kernel/osrelease").trim().to_owned(),
            rustc: rustc(),
            profile: profile(),
            load: read("/proc/loadavg").split(' ').next().unwrap_or_default().to_owned(),
            peers: PEERS.into_iter().map(|name| (name, locked_version(name).unwrap_or("unknown"))).collect(),
        }
    }
}

impl Machine {
    /// The machine and the load, for the foot of a plot.
    pub(crate) fn line(&self) -> String {
        let Self { processor, cores, rustc, profile, load, .. } = self;
        let rustc = rustc.split(' ').take(2).collect::<Vec<_>>().join(" ");
        format!("{processor}, {cores} cores, {rustc}, profile {profile}, load {load}")
    }
}

fn locked_version(name: &str) -> Option<&'static str> {
    let mark = format!("name = \"{name}\"\nversion = \"");
    let (_, entry) = LOCK.split_once(&mark).or_else(|| FIXTURES_LOCK.split_once(&mark))?;
    Some(entry.split_once('"')?.0)
}

fn rustc() -> String {
    let output = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into())).arg("--version").output();
    output.map_or_else(|_| "unknown".to_owned(), |output| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// The profile this executable was built in: the name of its directory.
pub(crate) fn profile() -> String {
    let executable = std::env::current_exe().unwrap_or_default();
    let directory = executable.parent().and_then(|parent| parent.file_name());
    directory.map_or_else(|| "unknown".to_owned(), |name| name.to_string_lossy().into_owned())
}

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { processor, cores, kernel, rustc, profile, load, peers } = self;
        writeln!(f, "{processor}, {cores} cores, Linux {kernel}")?;
        write!(f, "{rustc}, profile {profile}, load {load}\npeers:")?;
        peers.iter().try_for_each(|(name, version)| write!(f, " {name} {version}"))
    }
}

#[cfg(test)]
mod tests {
    use super::{PEERS, locked_version};

    #[test]
    fn the_lock_file_names_every_peer() {
        for peer in PEERS {
            assert!(locked_version(peer).is_some_and(|version| version.contains('.')), "{peer}");
        }
    }
}
