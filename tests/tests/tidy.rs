//! Documents and folders keep their promises.

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every file of the repository with the given ending, but for what cargo builds.
fn files(ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder of the repository") {
            let path = entry.expect("an entry").path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if path.is_dir() && !name.starts_with('.') && name != "target" {
                folders.push(path);
            } else if name.ends_with(ending) {
                found.push(path);
            }
        }
    }
    assert!(!found.is_empty(), "no file ends with {ending}");
    found
}

fn relative(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).to_string_lossy().into_owned()
}

/// The code of a Rust file: without comments and without what stands in string literals on one line.
fn code(text: &str) -> String {
    let mut lines = Vec::new();
    for line in text.lines() {
        let line = line.split("//").next().unwrap_or("");
        lines.push(line.split('"').step_by(2).collect::<Vec<_>>().join("\"\""));
    }
    lines.join("\n")
}

#[test]
fn every_path_named_in_the_documents_exists() {
    for document in ["ARCHITECTURE.md", "CONTRIBUTING.md", "README.md"] {
        let text = read(document);
        // Fenced blocks are commands and pictures.
        let prose: String = text.split("```").step_by(2).collect();
        let words = prose.split('`').skip(1).step_by(2);
        let paths = words.filter(|word| word.contains('/') && !word.contains([' ', '*', ':', '<', '(', '$']));
        let paths: Vec<&str> =
            paths.filter(|word| !word.starts_with(['/', '.']) && !word.starts_with("target/")).collect();
        assert!(!paths.is_empty(), "{document} names no path");
        let missing: Vec<_> = paths.iter().filter(|path| !root().join(path).exists()).collect();
        assert!(missing.is_empty(), "{document} names what is not there: {missing:?}");
    }
}

#[test]
fn unsafe_blocks_stand_at_their_addresses() {
    let at_home = |path: &str| {
        path.ends_with("/sys.rs") || path.ends_with("/raw.rs") || path.contains("/raw/") || path.starts_with("macros/")
    };
    let product = [
        "interface/",
        "core-nostd/src/",
        "loader-linux/src/",
        "loader-windows/src/",
        "image-tool/src/",
        "std-adapter/src/",
        "macros/src/",
    ];
    let mut homes = 0;
    for file in files(".rs") {
        let path = relative(&file);
        if !product.iter().any(|folder| path.starts_with(folder)) {
            continue;
        }
        let has_block = has_unsafe_block(&code(&read(&path)));
        assert!(!has_block || at_home(&path), "{path} has an unsafe block and is no address for one");
        homes += usize::from(has_block);
    }
    assert!(homes >= 5, "the search found {homes} files only");
}

fn has_unsafe_block(code: &str) -> bool {
    let words = code.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut blocks = words.match_indices("unsafe {");
    blocks.any(|(place, _)| !words[..place].ends_with(|before: char| before.is_alphanumeric() || before == '_'))
}

#[test]
fn readers_of_untrusted_bytes_have_no_unsafe() {
    for folder in ["core-nostd/src/manifest", "core-nostd/src/layout", "loader-linux/src/elf", "image-tool/src"] {
        let all = files(".rs");
        let readers: Vec<_> = all.iter().map(|file| relative(file)).filter(|path| path.starts_with(folder)).collect();
        assert!(readers.len() >= 3, "{folder} has {} files", readers.len());
        for path in readers {
            let code = code(&read(&path));
            let declares = ["unsafe fn", "unsafe impl", "unsafe extern"].iter().any(|words| code.contains(words));
            assert!(!declares && !has_unsafe_block(&code), "{path} reads untrusted bytes and has unsafe code");
        }
    }
}

#[test]
fn interface_holds_no_state_and_neither_the_core_nor_the_watcher_knows_a_system() {
    for file in files(".rs") {
        let path = relative(&file);
        let code = code(&read(&path));
        let says = |word: &str| code.split(|c: char| !c.is_alphanumeric() && c != '_').any(|found| found == word);
        // What the macros for firmware write is the state of whoever calls them.
        if path.starts_with("interface/src/") && path != "interface/src/firmware/raw.rs" {
            let state = code.lines().any(|line| {
                let line = line.trim_start().trim_start_matches("pub ");
                line.starts_with("static ") || line.starts_with("thread_local!")
            });
            assert!(!state, "{path} has a static: a patch would have another");
        }
        if path.starts_with("core-nostd/src/") {
            for word in ["target_os", "Path", "PathBuf", "Instant", "SystemTime", "libc"] {
                assert!(!says(word), "{path} says {word}");
            }
        }
        if path.starts_with("watcher/src/") {
            for word in [
                "target_os",
                "target_family",
                "os",
                "unix",
                "libc",
                "rustix",
                "notify",
                "inotify",
                "macos",
                "dynpatch_loader_linux",
            ] {
                assert!(!says(word), "{path} says {word}");
            }
            assert!(!code.contains("cfg(windows)"), "{path} says windows");
        }
    }
    for (crate_root, rule) in [("interface/src/lib.rs", "#![no_std]"), ("core-nostd/src/lib.rs", "#![no_std]")] {
        assert!(read(crate_root).contains(rule), "{crate_root} lost {rule}");
    }
}

#[test]
fn one_file_names_an_operating_system() {
    for file in files(".rs") {
        let path = relative(&file);
        if path.starts_with("std-adapter/src/") && read(&path).contains("target_os") {
            assert_eq!(path, "std-adapter/src/platform/mod.rs");
        }
    }
}

#[test]
fn no_example_in_the_documentation_is_ignored() {
    let mark = ["```", "ignore"].concat();
    for file in files(".rs").into_iter().chain(files(".md")) {
        let text = fs::read_to_string(&file).unwrap_or_default();
        assert!(!text.contains(&mark), "{} has an example that no compiler reads", relative(&file));
    }
}

#[test]
fn every_stable_code_is_told_apart() {
    let text = read("interface/src/error.rs");
    let codes: Vec<&str> = text
        .lines()
        .filter(|line| line.contains("Self::") && line.contains("=> \""))
        .filter_map(|line| line.split('"').nth(1))
        .collect();
    assert!(codes.len() > 30, "{} codes", codes.len());
    let mut told_apart = codes.clone();
    told_apart.sort_unstable();
    told_apart.dedup();
    assert_eq!(told_apart.len(), codes.len(), "two codes are spelled alike");
}

#[test]
fn the_scripts_and_their_budget_name_the_same_lanes() {
    let budget = read("ci/budget");
    for line in budget.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()) {
        let (lane, minutes) = line.split_once(' ').expect("lane and minutes");
        assert!(root().join("ci").join(format!("{lane}.sh")).is_file(), "the budget names {lane}, which is no script");
        assert!(minutes.trim().parse::<u32>().is_ok(), "{line}");
    }
}
