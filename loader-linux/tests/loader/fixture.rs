//! The libraries that the tests look at and load.

use crate::process::cargo_variable;
use dynpatch_core::{Loader, Object};
use dynpatch_interface::PatchError;
use dynpatch_loader_linux::{ElfObject, NativeImage, NativeLoader, inspect};
use std::collections::hash_map::DefaultHasher;
use std::env;
use std::fs;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

const SOURCE: &str = include_str!("patch.rs.txt");

/// What cargo builds in release, with the default linker.
pub(crate) const RELEASE: &[&str] = &["-Copt-level=3"];
/// The same, small enough to be copied often.
pub(crate) const STRIPPED: &[&str] = &["-Copt-level=3", "-Cstrip=symbols"];

/// The target these tests are built for.
pub(crate) fn target() -> String {
    let environment = if cfg!(target_env = "musl") { "musl" } else { "gnu" };
    format!("{}-unknown-linux-{environment}", env::consts::ARCH)
}

/// A folder of this crate's own under `target`.
pub(crate) fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
}

/// An empty folder for one test, removed when dropped.
pub(crate) struct Scratch(PathBuf);

impl Scratch {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("scratch-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let path = folder().join(name);
        fs::create_dir_all(&path).expect("the target folder can be written");
        Self(path)
    }
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
    /// A file in it.
    pub(crate) fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, bytes).expect("the target folder can be written");
        path
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The test patch, built with `flags` the first time anyone asks; `None` when the linker they name is not there.
pub(crate) fn try_build(flags: &[&str]) -> Option<Vec<u8>> {
    let mut hasher = DefaultHasher::new();
    (SOURCE, flags, target(), compiler(), env::var(cargo_variable("RUSTFLAGS")).ok()).hash(&mut hasher);
    let library = folder().join(format!("patch-{:016x}.so", hasher.finish()));
    if !library.exists() {
        let scratch = Scratch::new();
        let built = scratch.path().join("patch.so");
        if !rustc(&scratch, flags, &built) {
            return None;
        }
        fs::rename(&built, &library).expect("a file can be renamed in its folder");
    }
    Some(fs::read(&library).expect("what was built can be read"))
}

/// The test patch, built with flags that every toolchain takes.
pub(crate) fn build(flags: &[&str]) -> Vec<u8> {
    try_build(flags).unwrap_or_else(|| panic!("rustc does not build a cdylib with {flags:?}"))
}

/// The patch most tests use.
pub(crate) fn patch() -> &'static [u8] {
    static PATCH: OnceLock<Vec<u8>> = OnceLock::new();
    PATCH.get_or_init(|| build(STRIPPED))
}

fn compiler() -> &'static [u8] {
    static VERSION: OnceLock<Vec<u8>> = OnceLock::new();
    VERSION.get_or_init(|| Command::new("rustc").arg("-vV").output().expect("rustc runs").stdout)
}

fn rustc(scratch: &Scratch, flags: &[&str], output: &Path) -> bool {
    let source = scratch.write("patch.rs", SOURCE.as_bytes());
    fs::create_dir_all(scratch.path().join("vendor/tokio/src")).expect("a folder can be made");
    let runtime = "#[unsafe(no_mangle)] pub extern \"C\" fn spawn(task: usize) -> u32 { [1, 2, 3][task] }";
    scratch.write("vendor/tokio/src/lib.rs", runtime.as_bytes());
    let mut command = Command::new("rustc");
    command.current_dir(scratch.path()).args(["--edition=2024", "--target", &target(), "-o"]).arg(output).arg(source);
    if let Ok(linker) = env::var(cargo_variable("LINKER")) {
        command.arg(format!("-Clinker={linker}"));
    }
    if let Ok(more) = env::var(cargo_variable("RUSTFLAGS")) {
        command.args(more.split_whitespace());
    }
    command.args(["--cap-lints=allow"]).args(flags).output().expect("rustc runs").status.success()
}

/// The same patch as generation `number`: another answer, another manifest.
pub(crate) fn generation(number: u32) -> Vec<u8> {
    let mut bytes = patch().to_vec();
    let manifest = inspect(&bytes).expect("the test patch is fine").manifest();
    bytes[manifest.start + 29..manifest.end].copy_from_slice(format!("{number:03}").as_bytes());
    bytes
}

/// Everything from a path to a mapped image, nothing refused on the way that the loader does not refuse.
pub(crate) fn load(loader: &NativeLoader, path: &Path) -> Result<NativeImage, PatchError> {
    let inspected = loader.seal(path)?.inspect(|bytes| Ok((loader.inspect(bytes)?, ())))?;
    let admitted = inspected.admit(|_, _: &(ElfObject, ())| Ok::<(), PatchError>(()))?;
    loader.map(admitted).map(|(image, ())| image)
}
