//! Whatever is wrong keeps a file out, is counted once, and is over when the file is mended.

use crate::support::{Folder, limits, until, until_connections};
use dynpatch::config::*;
use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex};

/// Breaks a file, sees the refusal, mends it, and sees the new value.
#[track_caller]
fn refused(code: &str, said: &str, spoil: impl FnOnce(&Path)) {
    let folder = Folder::new();
    let path = folder.put("config.toml", "connections = 1");
    let watcher = limits(&path);
    folder.put("config.toml", "connections = 2");
    until_connections(&watcher, 2);
    let seen = Arc::new(Mutex::new(Vec::new()));
    let list = Arc::clone(&seen);
    let told = watcher.on_refusal(move |error| list.lock().unwrap().push(error.clone()));

    spoil(&path);
    until("the refusal", || watcher.status().refused == 1);
    let status = watcher.status();
    let error = status.refusing.clone().expect("the files as they are are not in force");
    assert_eq!(error.code(), code, "{error}");
    assert!(error.to_string().contains(said), "{error}");
    assert!(error.to_string().contains("config.toml"), "{error}");
    assert_eq!((status.accepted, status.generation), (2, 2));
    assert_eq!(watcher.get().connections, 2, "the last good one stays");
    assert_eq!(Guard::generation(&watcher.get()), 2);
    until("the callback", || !seen.lock().unwrap().is_empty());
    assert_eq!(*seen.lock().unwrap(), [(*error).clone()]);

    mend(&folder, &path);
    until_connections(&watcher, 3);
    let status = watcher.status();
    assert_eq!((status.accepted, status.refused, status.generation), (3, 1, 3));
    assert!(status.refusing.is_none());
    assert_eq!(status.last_error, Some(error));
    drop(told);
}

fn mend(folder: &Folder, path: &Path) {
    if path.is_dir() {
        fs::remove_dir(path).unwrap();
    }
    folder.put("config.toml", "connections = 3");
}

fn replace(path: &Path, text: impl AsRef<[u8]>) {
    let beside = path.with_extension("beside");
    fs::write(&beside, text).unwrap();
    fs::rename(beside, path).unwrap();
}

#[test]
fn a_syntax_error() {
    refused("config-syntax", "config.toml:2:8", |path| replace(path, "connections = 5\nname = \u{1}\"x\""));
}

#[test]
fn a_half_written_file() {
    refused("config-syntax", "config.toml:2:", |path| fs::write(path, "connections = 5\nname = \"ab").unwrap());
}

#[test]
fn a_value_of_another_kind() {
    let said = "config.toml:2:15: invalid type: found string \"many\", expected usize, for key `connections`\n  |\n2 | \
                connections = \"many\"\n  |               ^";
    refused("config-type", said, |path| replace(path, "name = \"x\"\nconnections = \"many\""));
}

#[test]
fn a_number_out_of_range() {
    refused("config-type", "`connections`", |path| replace(path, "connections = -1"));
}

#[test]
fn a_missing_key() {
    refused("config-missing-field", "missing key `connections` in ", |path| replace(path, "name = \"x\""));
}

#[test]
fn a_validation_that_says_no() {
    refused("config-invalid", "connections must not be 0", |path| replace(path, "connections = 0"));
}

#[test]
fn a_validation_that_panics() {
    refused("config-panicked", "thirteen", |path| replace(path, "connections = 13"));
}

#[test]
fn an_empty_file() {
    refused("config-empty", "is empty", |path| fs::write(path, "").unwrap());
}

#[test]
fn a_file_of_white_space() {
    refused("config-empty", "is empty", |path| replace(path, "\n \n"));
}

#[test]
fn a_file_that_is_gone() {
    refused("config-missing-file", "does not exist", |path| fs::remove_file(path).unwrap());
}

#[test]
fn a_file_that_cannot_be_read() {
    refused("config-unreadable", "it is a directory", |path| {
        fs::remove_file(path).unwrap();
        fs::create_dir(path).unwrap();
    });
}

#[test]
fn a_file_that_is_not_text() {
    refused("config-encoding", "from byte 14", |path| replace(path, b"connections = \xFF"));
}

#[test]
fn an_unbounded_message_is_cut() {
    let long = format!("connections = \"{}\"", "x\\u001b[2J".repeat(10_000));
    let folder = Folder::new();
    let error = limits_error(&folder.put("config.toml", long));
    assert_eq!(error.code(), "config-type");
    assert!(error.to_string().len() < 2000, "{}", error.to_string().len());
    assert!(!error.to_string().contains('\u{1b}'));
}

#[test]
fn a_deserializer_that_panics() {
    #[derive(Debug)]
    struct Odd;
    impl<'de> Deserialize<'de> for Odd {
        fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            let table = std::collections::BTreeMap::<String, u32>::deserialize(deserializer)?;
            assert!(table["a"] != 2, "two");
            Ok(Self)
        }
    }
    impl HotConfig for Odd {}
    let folder = Folder::new();
    let path = folder.put("config.toml", "a = 1");
    let watcher = watch::<Odd, _>(&path).unwrap();
    folder.put("config.toml", "a = 3");
    until("the change", || watcher.generation() == 2);
    folder.put("config.toml", "a = 2");
    until("the refusal", || watcher.status().refused == 1);
    let error = watcher.status().refusing.unwrap();
    assert_eq!(error.code(), "config-panicked");
    assert!(error.to_string().contains("two"), "{error}");
    folder.put("config.toml", "a = 4");
    until("the mended file", || watcher.generation() == 3);
}

fn limits_error(path: &Path) -> ConfigError {
    ConfigBuilder::new().file(path).watch::<crate::support::Limits>().unwrap_err()
}

#[test]
fn a_bad_start_is_an_error() {
    let folder = Folder::new();
    assert_eq!(limits_error(&folder.path("absent.toml")).code(), "config-missing-file");
    assert_eq!(limits_error(&folder.put("a.ini", "connections = 1")).code(), "config-format");
    assert_eq!(limits_error(&folder.put("a.toml", "connections = 0")).code(), "config-invalid");
    assert_eq!(ConfigBuilder::new().watch::<crate::support::Limits>().unwrap_err().code(), "config-missing-file");
    let error = limits_error(&folder.put("b.toml", "connections = "));
    assert!(
        format!("{error:?}").contains("error[config-syntax]") && format!("{error:?}").contains("help: "),
        "{error:?}"
    );
}

#[cfg(not(feature = "yaml"))]
#[test]
fn a_format_that_is_off_names_its_feature() {
    let folder = Folder::new();
    let error = limits_error(&folder.put("a.yaml", "connections: 1"));
    assert_eq!(error.code(), "config-feature");
    assert!(error.to_string().contains("feature `yaml`"), "{error}");
}

#[test]
fn the_same_error_again_is_counted_and_a_comment_changes_nothing() {
    let folder = Folder::new();
    let path = folder.put("config.toml", "connections = 1");
    let watcher = limits(&path);
    folder.put("config.toml", "connections = 0 # once");
    until("the first refusal", || watcher.status().refused == 1);
    folder.put("config.toml", "connections = 0 # twice");
    until("the second refusal", || watcher.status().refused == 2);
    folder.put("config.toml", "connections = 1 # mended");
    until("the same again", || watcher.status().unchanged == 1);
    let status = watcher.status();
    assert_eq!((status.accepted, status.generation), (1, 1));
    assert!(status.refusing.is_none());
    folder.put("config.toml", "connections = 2");
    until_connections(&watcher, 2);
}

#[test]
fn the_last_handle_ends_the_watch() {
    let folder = Folder::new();
    let path = folder.put("config.toml", "connections = 1");
    let (first, second) = (limits(&path), limits(&path));
    let (third, mut reader) = (first.clone(), first.reader());
    drop(first);
    drop(third);
    folder.put("config.toml", "connections = 2");
    until("the reader sees it", || reader.get().connections == 2);
    drop(reader);
    folder.put("config.toml", "connections = 3");
    until_connections(&second, 3);
}
