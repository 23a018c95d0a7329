//! Several files are one configuration.

use crate::support::{Folder, builder, until};
use dynpatch::config::*;
use std::fs;

#[derive(Debug, Deserialize)]
struct Layered {
    server: Server,
    #[serde(default)]
    tags: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Server {
    host: String,
    port: u16,
    #[serde(default)]
    limit: Option<u64>,
}

impl HotConfig for Layered {}

#[test]
fn later_files_lie_over_earlier_ones_and_directories_go_by_name() {
    let folder = Folder::new();
    let base = folder.put("base.toml", "tags = [\"a\", \"b\"]\n[server]\nhost = \"h\"\nport = 1");
    folder.put("conf.d/20.toml", "[server]\nport = 20");
    folder.put("conf.d/10.toml", "tags = [\"c\"]\n[server]\nport = 10\nlimit = 5");
    folder.put("conf.d/ignored.txt", "nonsense");
    let last = folder.path("last.toml");
    let made = builder().file(base).directory(folder.path("conf.d")).optional_file(&last);
    let watcher = made.watch::<Layered>().unwrap();
    let first = watcher.current();
    assert_eq!((first.server.host.as_str(), first.server.port, first.server.limit), ("h", 20, Some(5)));
    assert_eq!(first.tags, ["c"], "lists are replaced as a whole");

    folder.put("conf.d/30.toml", "server.port = 30");
    until("the new file", || watcher.get().server.port == 30);
    folder.put("last.toml", "server.port = 40");
    until("the optional file", || watcher.get().server.port == 40);
    fs::remove_file(&last).unwrap();
    until("without the optional file", || watcher.get().server.port == 30);
    fs::remove_dir_all(folder.path("conf.d")).unwrap();
    until("without the directory", || watcher.get().server.port == 1);
    assert_eq!(watcher.status().refused, 0, "{:?}", watcher.status());
}

#[test]
fn one_bad_file_keeps_the_whole_set_out() {
    let folder = Folder::new();
    let base = folder.put("base.toml", "[server]\nhost = \"h\"\nport = 1");
    let over = folder.put("over.toml", "server.port = 2");
    let watcher = builder().file(base).file(over).watch::<Layered>().unwrap();
    folder.put("over.toml", "server.port = 3");
    until("a change", || watcher.get().server.port == 3);
    folder.put("over.toml", "server.port = \"x\"");
    until("the refusal", || watcher.status().refused == 1);
    folder.put("base.toml", "[server]\nhost = \"other\"\nport = 1");
    until("still refused", || watcher.status().refused == 2);
    assert_eq!(watcher.get().server.host, "h", "the good half alone does not come in");
    let error = watcher.status().refusing.unwrap();
    assert!(error.file().unwrap().ends_with("over.toml"), "{error}");
    assert_eq!((error.line(), error.column(), error.key()), (Some(1), Some(15), Some("server.port")));
    folder.put("over.toml", "server.port = 4");
    until("both", || watcher.get().server.port == 4);
    assert_eq!(watcher.get().server.host, "other");
}

#[test]
fn a_missing_key_names_all_files() {
    let folder = Folder::new();
    let files = [folder.put("a.toml", "[server]\nhost = \"h\""), folder.put("b.toml", "tags = []")];
    let error = ConfigBuilder::new().file(&files[0]).file(&files[1]).load::<Layered>().unwrap_err();
    assert_eq!(error.code(), "config-missing-field");
    assert_eq!(error.key(), Some("server.port"));
    assert!(error.to_string().contains("a.toml") && error.to_string().contains("b.toml"), "{error}");
}

#[test]
fn unknown_keys_are_pointed_at_where_they_are_forbidden() {
    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Strict {
        #[serde(rename = "port")]
        _port: u16,
    }
    impl HotConfig for Strict {}
    let folder = Folder::new();
    let path = folder.put("a.toml", "port = 1\nprot = 2");
    let error = ConfigBuilder::new().file(path).load::<Strict>().unwrap_err();
    assert_eq!((error.code(), error.key(), error.line()), ("config-unknown-field", Some("prot"), Some(2)));
}

#[test]
fn dates_large_numbers_and_lists_survive() {
    #[derive(Debug, Deserialize)]
    struct Odd {
        date: toml::value::Datetime,
        large: i64,
        not: f64,
        lists: Vec<Vec<u8>>,
    }
    impl HotConfig for Odd {}
    let folder = Folder::new();
    let text = "date = 1979-05-27T07:32:00Z\nlarge = 9223372036854775807\nnot = nan\nlists = [[1], []]";
    let path = folder.put("a.toml", text);
    let watcher = builder().file(&path).watch::<Odd>().unwrap();
    let odd = watcher.current();
    assert_eq!(odd.date.to_string(), "1979-05-27T07:32:00Z");
    assert_eq!((odd.large, odd.not.is_nan()), (i64::MAX, true));
    assert_eq!(odd.lists, [vec![1], vec![]]);
    folder.put("a.toml", format!("{text} # not a number is the same as itself"));
    until("nothing changed", || watcher.status().unchanged == 1);
    assert_eq!(watcher.generation(), 1);
}
