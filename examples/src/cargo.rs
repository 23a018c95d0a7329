//! Patches, built by cargo while the host runs.

use crate::Result;
use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};
use std::{env, fs};

/// Where this package's sources lie.
const EXAMPLES: &str = env!("CARGO_MANIFEST_DIR");

/// A patch, ready to be applied.
#[derive(Debug)]
pub struct Built {
    /// The library.
    pub file: PathBuf,
    /// How long cargo took.
    pub took: Duration,
}

/// The folder `examples`, copied into a workspace of its own under `target/`: there it can be edited and built, and the
/// repository stays as it is.
#[derive(Debug)]
pub struct SourceCopy {
    workspace: PathBuf,
    /// The copy in it, under a name that cargo has not met.
    folder: PathBuf,
    output: Output,
}

impl SourceCopy {
    /// Copies the sources for a demonstration.
    ///
    /// # Errors
    /// If a file cannot be read or written.
    pub fn new(demonstration: &str) -> Result<Self> {
        let output = Output::of_this_program()?;
        let workspace = output.target.join("demonstration").join(demonstration);
        let name = format!("copy_for_{demonstration}");
        let folder = workspace.join(&name);
        if folder.exists() {
            fs::remove_dir_all(&folder).map_err(|error| about(&folder, &error))?;
        }
        copy_folder(Path::new(EXAMPLES), &folder)?;
        fs::write(workspace.join("Cargo.toml"), workspace_of_the_copy(&name)?)?;
        // The same versions as the host, and nothing to ask the network for.
        copy_file(&repository().join("Cargo.lock"), &workspace.join("Cargo.lock"))?;
        Ok(Self { workspace, folder, output })
    }

    /// Where the copy lies.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Puts `new` in place of the one `old` in a file of the copy.
    ///
    /// # Errors
    /// If the file cannot be read or written, or has not exactly one `old`.
    pub fn edit(&self, file: &str, old: &str, new: &str) -> Result<()> {
        let path = self.folder.join(file);
        let text = read(&path)?;
        match text.matches(old).count() {
            1 => Ok(fs::write(path, text.replace(old, new))?),
            count => {
                Err(format!("{} has `{old}` {count} times, not once: was the example edited?", path.display()).into())
            }
        }
    }

    /// Builds a package of the copy with the profile of this program.
    ///
    /// # Errors
    /// If cargo does not run or does not succeed.
    pub fn build(&self, package: &str) -> Result<Built> {
        let target = self.workspace.join("target");
        let mut command = cargo_build(&self.workspace.join("Cargo.toml"), package, &target, &self.output.profile);
        // What was compiled for the host serves here as well; a cargo before 1.91 compiles it again.
        command.env("CARGO_BUILD_BUILD_DIR", &self.output.target);
        run(command, target.join(&self.output.folder).join(library_name(package)))
    }
}

/// Builds a package of the repository itself with the profile of this program, as a person would.
///
/// # Errors
/// If cargo does not run or does not succeed.
pub fn build_in_place(package: &str) -> Result<Built> {
    let Output { target, folder, profile } = Output::of_this_program()?;
    let command = cargo_build(&repository().join("Cargo.toml"), package, &target, &profile);
    run(command, target.join(folder).join(library_name(package)))
}

/// Where cargo put this program: in the folder of its profile, in a target folder.
#[derive(Debug)]
struct Output {
    target: PathBuf,
    folder: OsString,
    profile: OsString,
}

impl Output {
    fn of_this_program() -> Result<Self> {
        let program = env::current_exe()?;
        let folder =
            program.parent().and_then(|folder| Some((folder.parent()?.to_owned(), folder.file_name()?.to_owned())));
        let (target, folder) =
            folder.ok_or_else(|| format!("{} is not in a target folder of cargo", program.display()))?;
        let profile = if folder == "debug" { "dev".into() } else { folder.clone() };
        Ok(Self { target, folder, profile })
    }
}

fn repository() -> &'static Path {
    Path::new(EXAMPLES).parent().unwrap_or(Path::new(EXAMPLES))
}

fn cargo_build(manifest: &Path, package: &str, target: &Path, profile: &OsString) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    // Together with the host's package, so that the crates they share have the same features and are compiled once.
    command.args(["build", "--lib", "--package", package, "--package", env!("CARGO_PKG_NAME")]);
    // In the repository, so that its cargo settings and its toolchain hold.
    command.current_dir(repository());
    command.arg("--manifest-path").arg(manifest).arg("--target-dir").arg(target).arg("--profile").arg(profile);
    command
}

fn run(mut command: Command, file: PathBuf) -> Result<Built> {
    let start = Instant::now();
    let status = command.status().map_err(|error| format!("failed to run {command:?}: {error}"))?;
    if !status.success() {
        return Err(format!("cargo did not build the patch ({status})").into());
    }
    Ok(Built { file, took: start.elapsed() })
}

fn library_name(package: &str) -> String {
    format!("{DLL_PREFIX}{}{DLL_SUFFIX}", package.replace('-', "_"))
}

/// The repository's own workspace manifest with other members: versions, lints and profiles are the host's.
fn workspace_of_the_copy(name: &str) -> Result<String> {
    let mut manifest: toml::Table = read(&repository().join("Cargo.toml"))?.parse()?;
    let workspace =
        manifest.get_mut("workspace").and_then(toml::Value::as_table_mut).ok_or("Cargo.toml has no workspace")?;
    workspace.retain(|key, _| !["default-members", "exclude"].contains(&key));
    workspace
        .insert("members".to_owned(), vec![name.to_owned(), format!("{name}/*/app"), format!("{name}/*/patch")].into());
    let dependencies = workspace.get_mut("dependencies").and_then(toml::Value::as_table_mut);
    for (_, dependency) in dependencies.into_iter().flatten() {
        if let Some(toml::Value::String(path)) = dependency.get_mut("path") {
            *path = repository().join(&*path).display().to_string();
        }
    }
    Ok(toml::to_string(&manifest)?)
}

fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to).map_err(|error| about(to, &error))?;
    for entry in fs::read_dir(from).map_err(|error| about(from, &error))? {
        let entry = entry?;
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if entry.file_type()?.is_dir() { copy_folder(&from, &to)? } else { copy_file(&from, &to)? }
    }
    Ok(())
}

fn copy_file(from: &Path, to: &Path) -> Result<()> {
    fs::copy(from, to).map(|_| ()).map_err(|error| about(from, &error))
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).map_err(|error| about(path, &error))
}

fn about(path: &Path, error: &std::io::Error) -> Box<dyn std::error::Error + Send + Sync> {
    format!("{}: {error}", path.display()).into()
}
