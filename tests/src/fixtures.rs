//! The patches of `tests/fixtures`, built by cargo as a user builds them.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

/// The library of a fixture package, built with the dev profile and `TEST_APP_VERSION=2`.
pub fn fixture(package: &str) -> PathBuf {
    fixture_in("debug", package)
}

/// The same, built with another profile: the profile's folder.
///
/// # Panics
/// When the package has no library in that folder.
pub fn fixture_in(profile: &str, package: &str) -> PathBuf {
    build();
    let path = output_directory().join(profile).join(format!("lib{}.so", package.replace('-', "_")));
    assert!(path.is_file(), "there is no fixture at {}", path.display());
    path
}

/// A fixture whose types the compiler laid out in another order, as `-Zrandomize-layout` does.
///
/// # Panics
/// When it cannot be built.
pub fn randomised(package: &str) -> PathBuf {
    let target = target_directory().join("randomised");
    let mut command = cargo_command(&["build", "--package", package], &target);
    // The switch is for nightly compilers; this one takes it if it is told to take itself for one.
    let output = command.env("RUSTC_BOOTSTRAP", "1").env("RUSTFLAGS", "-Zrandomize-layout -Zlayout-seed=7").output();
    check(&output.expect("cargo can be started"));
    target.join("debug").join(format!("lib{}.so", package.replace('-', "_")))
}

/// Builds every fixture, or those that `DYNPATCH_TEST_FIXTURES` names, once in a process, and not in the children of a
/// process that has.
pub(crate) fn build() {
    static BUILT: OnceLock<()> = OnceLock::new();
    if crate::process::is_child() {
        return;
    }
    BUILT.get_or_init(|| {
        // A lane that runs a few tests has no use for all of them.
        if let Ok(packages) = std::env::var("DYNPATCH_TEST_FIXTURES") {
            let named = packages.split_ascii_whitespace().flat_map(|package| ["--package", package]);
            return cargo(&std::iter::once("build").chain(named).collect::<Vec<_>>());
        }
        cargo(&["build"]);
        cargo(&["build", "--profile", "abort", "--package", "same-source"]);
    });
}

fn cargo(arguments: &[&str]) {
    check(&cargo_command(arguments, &target_directory()).output().expect("cargo can be started"));
}

fn cargo_command(arguments: &[&str], target: &Path) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command
        .args(arguments)
        .arg("--manifest-path")
        .arg(root().join("tests/fixtures/Cargo.toml"))
        .arg("--target-dir")
        .arg(target)
        .env("TEST_APP_VERSION", "2");
    command
}

fn check(output: &Output) {
    assert!(output.status.success(), "the fixtures do not build:\n{}", String::from_utf8_lossy(&output.stderr));
}

/// An empty directory of this process's own.
///
/// # Panics
/// When it cannot be made.
pub fn scratch_directory(name: &str) -> PathBuf {
    let path = target_directory().join("scratch").join(format!("{name}-{}", std::process::id()));
    // It may be there from a process of the same number.
    let _ = std::fs::remove_dir_all(&path);
    std::fs::create_dir_all(&path).expect("the target directory can be written");
    path
}

/// A copy of a fixture that carries a number of its own, in place of the mark `DYNPATCH-MARK-0000000000` in its data.
///
/// # Panics
/// When the fixture has no mark, or the copy cannot be written.
pub fn copy_numbered(package: &str, number: u64, to: &Path) -> PathBuf {
    const MARK: &[u8] = b"DYNPATCH-MARK-0000000000";
    static BYTES: OnceLock<Vec<u8>> = OnceLock::new();
    let bytes = BYTES.get_or_init(|| std::fs::read(fixture(package)).expect("the fixture was built"));
    let place = bytes.windows(MARK.len()).position(|window| window == MARK).expect("the fixture has a mark");
    let mut numbered = bytes.clone();
    numbered[place..place + MARK.len()].copy_from_slice(format!("DYNPATCH-MARK-{number:010}").as_bytes());
    let path = to.to_owned();
    std::fs::write(&path, numbered).expect("the copy can be written");
    path
}

/// A sealed copy of a fixture.
///
/// # Panics
/// When it cannot be made.
pub fn sealed(package: &str, to: &Path) -> PathBuf {
    std::fs::copy(fixture(package), to).expect("the fixture can be copied");
    dynpatch::seal(to).expect("a fixture can be sealed");
    to.to_owned()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Cargo has a folder for each target that it is told to build for.
fn output_directory() -> PathBuf {
    target_directory().join(std::env::var_os("CARGO_BUILD_TARGET").unwrap_or_default())
}

/// Beside the host's own target directory, so that `cargo clean` cleans both.
fn target_directory() -> PathBuf {
    let executable = std::env::current_exe().expect("the test binary has a path");
    // target/debug/deps/live-0123
    let target = executable.ancestors().nth(3).expect("cargo puts test binaries into target/<profile>/deps");
    target.join("fixtures")
}
