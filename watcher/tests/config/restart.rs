//! Keys that only a restart brings into force.

use crate::support::{Folder, builder, until};
use dynpatch::config::*;
use std::sync::{Arc, Mutex};

#[derive(Debug, Deserialize)]
struct Service {
    server: Server,
    level: u8,
}

#[derive(Debug, Deserialize)]
struct Server {
    port: u16,
}

impl HotConfig for Service {
    fn restart_only() -> &'static [&'static str] {
        &["server"]
    }
}

fn text(port: u16, level: u8) -> String {
    format!("level = {level}\nserver.port = {port}\n")
}

fn started(folder: &Folder, policy: RestartOnly) -> ConfigWatcher<Service> {
    let path = folder.put("a.toml", text(80, 1));
    let watcher = builder().file(path).restart_only(policy).watch::<Service>().unwrap();
    folder.put("a.toml", text(80, 2));
    until("a change of another key", || watcher.get().level == 2);
    watcher
}

#[test]
fn refused_by_name() {
    let folder = Folder::new();
    let watcher = started(&folder, RestartOnly::Refuse);
    folder.put("a.toml", text(90, 3));
    until("the refusal", || watcher.status().refused == 1);
    let error = watcher.status().refusing.unwrap();
    assert_eq!((error.code(), error.key()), ("config-restart-only", Some("server.port")));
    assert!(error.to_string().contains("`server.port`"), "{error}");
    assert_eq!((watcher.get().server.port, watcher.get().level), (80, 2), "all of it is refused");
    folder.put("a.toml", text(80, 4));
    until("the mended file", || watcher.get().level == 4);
    assert!(watcher.status().refusing.is_none());
}

#[test]
fn applied_and_reported() {
    let folder = Folder::new();
    let watcher = started(&folder, RestartOnly::Report);
    let changes = Arc::new(Mutex::new(Vec::new()));
    let list = Arc::clone(&changes);
    let told = watcher.subscribe(move |change| {
        list.lock().unwrap().push((change.keys.clone(), change.restart_needed.clone()));
    });
    folder.put("a.toml", text(90, 3));
    until("the change", || watcher.get().server.port == 90);
    assert_eq!(watcher.status().restart_needed, ["server.port"]);
    until("the report", || changes.lock().unwrap().len() == 1);
    let keys = |keys: &[&str]| keys.iter().map(|&key| key.to_owned()).collect::<Vec<_>>();
    assert_eq!(changes.lock().unwrap()[0], (keys(&["level", "server.port"]), keys(&["server.port"])));
    folder.put("a.toml", text(90, 4));
    until("another change", || changes.lock().unwrap().len() == 2);
    assert_eq!(changes.lock().unwrap()[1], (keys(&["level"]), keys(&[])));
    assert_eq!(watcher.status().restart_needed, ["server.port"], "still not as it was at the start");
    folder.put("a.toml", text(80, 4));
    until("as at the start", || watcher.get().server.port == 80);
    assert!(watcher.status().restart_needed.is_empty());
    drop(told);
}
