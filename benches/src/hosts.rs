//! Executables that measure themselves: `benches/host`, and those of `benches/fixtures`.

use crate::callgrind;
use crate::machine;
use bench_host::Line;
use std::error::Error;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

/// An executable that obeys the orders of `bench_host::obey`, and the arguments that come before them.
#[derive(Debug, Clone)]
pub(crate) struct Host {
    executable: PathBuf,
    head: Vec<String>,
}

impl Host {
    pub(crate) fn new(executable: PathBuf, head: &[&str]) -> Self {
        Self { executable, head: head.iter().map(|argument| (*argument).to_owned()).collect() }
    }

    /// The host that names every policy, built in the profile of this executable, beside it.
    pub(crate) fn with_policies() -> Result<PathBuf, Box<dyn Error>> {
        let directory = directory_of_this_executable()?;
        let target = directory.parent().ok_or("this executable does not lie in a target directory")?;
        let profile = match machine::profile().as_str() {
            "debug" => "dev".to_owned(),
            other => other.to_owned(),
        };
        build_policies(target, &["--profile", &profile])?;
        Ok(directory.join("bench-policies"))
    }

    fn arguments<'a>(&'a self, order: &[&'a str]) -> Vec<&'a str> {
        self.head.iter().map(String::as_str).chain(order.iter().copied()).collect()
    }

    /// What it prints.
    pub(crate) fn output(&self, order: &[&str]) -> Result<String, Box<dyn Error>> {
        let output = Command::new(&self.executable).args(self.arguments(order)).output()?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            return Err(format!("{} {}: {said}", self.executable.display(), order.join(" ")).into());
        }
        Ok(String::from_utf8(output.stdout)?)
    }

    /// What it measures with `time` or `threads`.
    pub(crate) fn lines(&self, order: &[&str]) -> Result<Vec<Line>, Box<dyn Error>> {
        Ok(self.output(order)?.lines().map(Line::read).collect::<Result<_, _>>()?)
    }

    /// Instructions of one call.
    pub(crate) fn count(&self, way: &str) -> Result<f64, Box<dyn Error>> {
        callgrind::per_call(&self.executable, &self.arguments(&["count", way]))
    }
}

fn directory_of_this_executable() -> Result<PathBuf, Box<dyn Error>> {
    let executable = std::env::current_exe()?;
    Ok(executable.parent().ok_or("an executable lies in a directory")?.to_owned())
}

/// Builds the host that names every policy.
pub(crate) fn build_policies(target: &Path, arguments: &[&str]) -> Result<(), Box<dyn Error>> {
    let manifest = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/host/Cargo.toml"));
    cargo_build(manifest, target, &[&["--bin", "bench-policies"], arguments].concat(), &[])
}

/// Builds what `arguments` say, if it is not up to date.
pub(crate) fn cargo_build(
    manifest: &Path,
    target: &Path,
    arguments: &[&str],
    environment: &[(&str, &str)],
) -> Result<(), Box<dyn Error>> {
    eprintln!("building {} {}", manifest.display(), arguments.join(" "));
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let status = Command::new(cargo)
        .args(["build", "--quiet", "--manifest-path"])
        .arg(manifest)
        .arg("--target-dir")
        .arg(target)
        .args(arguments)
        .envs(environment.iter().copied())
        .status()?;
    if status.success() { Ok(()) } else { Err("cargo could not build what is measured".into()) }
}
