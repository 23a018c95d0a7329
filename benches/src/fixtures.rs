//! The patches, built by cargo as a user builds them.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What `benches/fixtures` becomes.
#[derive(Debug, Clone)]
pub(crate) struct Fixtures {
    target: PathBuf,
}

impl Fixtures {
    /// Beside this executable's profile: in the same target directory.
    pub(crate) fn of_this_executable() -> Result<Self, Box<dyn Error>> {
        let executable = std::env::current_exe()?;
        let target = executable.ancestors().nth(2).ok_or("this executable does not lie in a target directory")?;
        Ok(Self { target: target.join("bench-fixtures") })
    }

    /// Builds all of them, if they are not up to date.
    pub(crate) fn build(&self) -> Result<(), Box<dyn Error>> {
        eprintln!("building the patches into {}", self.target.display());
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let status = Command::new(cargo)
            .args(["build", "--release", "--quiet", "--manifest-path"])
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/Cargo.toml"))
            .arg("--target-dir")
            .arg(&self.target)
            .env("BENCH_SUBJECT_VERSION", "2")
            .status()?;
        if status.success() { Ok(()) } else { Err("cargo could not build the patches".into()) }
    }

    /// Everything of the subject, built once more.
    pub(crate) fn small(&self) -> PathBuf {
        self.built("libbench_small.so")
    }

    /// The same and half a megabyte.
    pub(crate) fn large(&self) -> PathBuf {
        self.built("libbench_large.so")
    }

    /// Where hot-lib-reloader's library lies.
    pub(crate) fn hot_library_directory(&self) -> PathBuf {
        self.target.join("release")
    }

    /// By its file name.
    pub(crate) fn built(&self, name: &str) -> PathBuf {
        self.target.join("release").join(name)
    }
}

/// A directory of this process's own, gone when it is dropped.
#[derive(Debug)]
pub(crate) struct Scratch(PathBuf);

impl Scratch {
    pub(crate) fn new() -> std::io::Result<Self> {
        let path = std::env::temp_dir().join(format!("dynpatch-benches-{}", std::process::id()));
        std::fs::create_dir_all(&path)?;
        Ok(Self(path))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What stays lies in the temporary directory: no harm, and nobody to tell.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
