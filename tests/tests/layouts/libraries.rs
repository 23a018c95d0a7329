//! Builds patches of the pairs: one workspace in the target directory, written from the pairs' own text, one build.

use crate::pair::{By, Pair};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The libraries of all pairs that can be called.
pub(crate) struct Libraries {
    root: PathBuf,
}

impl Libraries {
    /// Writes what changed, and builds what that changes.
    pub(crate) fn build(pairs: &[&Pair]) -> Self {
        let libraries = Self { root: root() };
        for (path, text) in libraries.sources(pairs) {
            write(&libraries.root.join(path), &text);
        }
        // The versions that the host was built with; cargo leaves out what is not used.
        let lock = libraries.root.join("Cargo.lock");
        if !lock.exists() {
            std::fs::copy(checkout().join("Cargo.lock"), lock).expect("the lock file can be copied");
        }
        libraries.cargo();
        libraries
    }

    /// The library of a pair.
    pub(crate) fn of(&self, pair: &Pair) -> PathBuf {
        self.root.join(format!("target/debug/examples/lib{}.so", pair.library()))
    }

    /// The file that a constructor of the pair's library makes.
    pub(crate) fn mark(&self, pair: &Pair) -> PathBuf {
        self.root.join("marks").join(pair.library())
    }

    /// Removes all marks.
    pub(crate) fn clear_marks(&self) {
        let marks = self.root.join("marks");
        // It is not there before the first run.
        let _ = std::fs::remove_dir_all(&marks);
        std::fs::create_dir_all(&marks).expect("the target directory can be written");
    }

    fn cargo(&self) {
        let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
            .args(["build", "--quiet", "--workspace", "--examples"])
            .arg("--manifest-path")
            .arg(self.root.join("Cargo.toml"))
            .arg("--target-dir")
            .arg(self.root.join("target"))
            .output()
            .expect("cargo can be started");
        assert!(output.status.success(), "the pairs do not build:\n{}", String::from_utf8_lossy(&output.stderr));
    }

    /// Every file of the workspace.
    fn sources(&self, pairs: &[&Pair]) -> Vec<(String, String)> {
        let (hotfixes, others): (Vec<_>, Vec<_>) = pairs.iter().partition(|pair| pair.by == By::Hotfix);
        let mut files = vec![("Cargo.toml".to_owned(), manifest(&hotfixes, &others)), ("src/lib.rs".into(), "".into())];
        for pair in &hotfixes {
            files.push((format!("examples/{}.rs", pair.library()), self.hotfix(pair)));
        }
        for pair in &others {
            let name = pair.library();
            files.push((format!("same/{name}/Cargo.toml"), manifest_of_same(&name)));
            files.push((format!("same/{name}/src/lib.rs"), same_path(pair)));
            files.push((format!("same/{name}/examples/{name}.rs"), self.root_of_same(pair)));
        }
        files
    }

    /// A crate whose `run` replaces the host's.
    fn hotfix(&self, pair: &Pair) -> String {
        let replaces = format!("#[patchable(replaces = \"{}run\")]", pair.host());
        let Pair { patch, .. } = pair;
        assert_eq!(patch.matches("#[patchable]").count(), 1, "{}: a hotfix replaces `run` and no more", pair.path());
        let body = patch.replace("#[patchable]", &replaces);
        format!("{HEAD}dynpatch::patch!();\n{}\n{body}\n", self.constructor(pair))
    }

    fn root_of_same(&self, pair: &Pair) -> String {
        format!("{HEAD}dynpatch::patch!(layouts);\n{}\n", self.constructor(pair))
    }

    /// Code that runs as soon as the library is mapped, and leaves a file behind.
    fn constructor(&self, pair: &Pair) -> String {
        let mark = self.mark(pair);
        format!(
            "#[used]\n#[unsafe(link_section = \".init_array\")]\nstatic CONSTRUCTOR: extern \"C\" fn() = {{\n    \
             extern \"C\" fn constructor() {{ let _ = std::fs::File::create({mark:?}); }}\n    constructor\n}};"
        )
    }
}

const HEAD: &str = "#![allow(warnings)]\nuse dynpatch::prelude::*;\n";

/// The host's crate built again, with the patch's side at the path of the host's.
fn same_path(pair: &Pair) -> String {
    let path = pair.host();
    let modules: Vec<&str> = path.split("::").skip(1).filter(|module| !module.is_empty()).collect();
    let opened = modules.iter().fold(String::new(), |mut text, module| {
        let _ = write!(text, "pub mod {module} {{ ");
        text
    });
    format!("#![allow(warnings)]\n{opened}use dynpatch::prelude::*;\n{}\n{}", pair.patch, "}".repeat(modules.len()))
}

fn manifest(hotfixes: &[&Pair], others: &[&Pair]) -> String {
    let members: Vec<String> = others.iter().map(|pair| format!("same/{}", pair.library())).collect();
    let mut text = format!(
        "[workspace]\nresolver = \"3\"\nmembers = {members:?}\n\n[workspace.dependencies]\ndynpatch = {{ path = {:?} }}\n\n\
         # Without debug information, so that it is quick.\n[profile.dev]\ndebug = false\nstrip = \"debuginfo\"\n\
         incremental = false\n\n{}",
        checkout().join("std-adapter"),
        package("hotfixes", "autoexamples = false\n")
    );
    for pair in hotfixes {
        text.push_str(&example(&pair.library()));
    }
    text
}

fn manifest_of_same(name: &str) -> String {
    format!("{}[lib]\nname = \"layouts\"\n\n{}", package(&format!("same-{name}"), ""), example(name))
}

fn package(name: &str, options: &str) -> String {
    format!(
        "[package]\nname = \"{name}\"\nversion = \"1.0.0\"\nedition = \"2024\"\npublish = false\n{options}\n\
         [dependencies]\ndynpatch.workspace = true\n\n"
    )
}

fn example(name: &str) -> String {
    format!("[[example]]\nname = \"{name}\"\ncrate-type = [\"cdylib\"]\n\n")
}

/// Leaves a file alone that has this text already, so that cargo does as well.
fn write(path: &Path, text: &str) {
    if std::fs::read_to_string(path).is_ok_and(|known| known == text) {
        return;
    }
    let folder = path.parent().expect("a file lies in a folder");
    std::fs::create_dir_all(folder).expect("the target directory can be written");
    std::fs::write(path, text).expect("the target directory can be written");
}

fn checkout() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Beside the fixtures of the other suites.
fn root() -> PathBuf {
    let executable = std::env::current_exe().expect("the test binary has a path");
    // target/debug/deps/layouts-0123
    let target = executable.ancestors().nth(3).expect("cargo puts test binaries into target/<profile>/deps");
    target.join("fixtures").join("layouts")
}
