//! The patches, built by cargo as a user builds them.

use crate::hosts::cargo_build;
use std::error::Error;
use std::path::{Path, PathBuf};

/// Packages of the workspace that only one measurement needs.
const OTHERS: [&str; 4] = ["bench-subsecond", "bench-relib-interface", "bench-relib-host", "bench-relib-module"];

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

    /// Builds the patches, if they are not up to date.
    pub(crate) fn build(&self) -> Result<(), Box<dyn Error>> {
        let excluded = OTHERS.iter().flat_map(|name| ["--exclude", name]);
        self.cargo(&["--release", "--workspace"].into_iter().chain(excluded).collect::<Vec<_>>())
    }

    /// Builds the peers that need executables of their own.
    pub(crate) fn build_others(&self) -> Result<(), Box<dyn Error>> {
        self.cargo(&["--profile", "assertions", "--package", "bench-subsecond"])?;
        self.cargo(&["--release", "--package", "bench-relib-host", "--package", "bench-relib-module"])
    }

    fn cargo(&self, arguments: &[&str]) -> Result<(), Box<dyn Error>> {
        let manifest = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/Cargo.toml"));
        cargo_build(manifest, &self.target, arguments, &[("BENCH_SUBJECT_VERSION", "2")])
    }

    /// A target directory beside.
    pub(crate) fn beside(&self, name: &str) -> PathBuf {
        self.target.with_file_name(name)
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

    /// By its file name, with debug assertions.
    pub(crate) fn built_with_assertions(&self, name: &str) -> PathBuf {
        self.target.join("assertions").join(name)
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
