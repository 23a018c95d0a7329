//! `#[derive(HotConfig)]`.

use crate::support::{Folder, builder, until};
use dynpatch::config::*;

#[derive(Debug, Deserialize, HotConfig)]
#[hot_config(crate = dynpatch_watcher, validate = Derived::check, restart("pool.size"))]
#[serde(rename_all = "camelCase")]
struct Derived {
    #[hot_config(restart)]
    worker_threads: u8,
    level: u8,
    pool: Pool,
}

#[derive(Debug, Deserialize)]
struct Pool {
    size: u8,
}

impl Derived {
    fn check(&self) -> Result<(), String> {
        if self.level > 9 { Err(format!("level {} is above 9", self.level)) } else { Ok(()) }
    }
}

#[derive(Debug, Deserialize, HotConfig)]
#[hot_config(crate = dynpatch_watcher)]
#[serde(bound = "T: serde::de::DeserializeOwned")]
struct Generic<T> {
    inner: T,
}

#[test]
fn validation_and_restart_keys_are_those_of_the_attributes() {
    assert_eq!(<Derived as HotConfig>::restart_only(), ["pool.size", "workerThreads"]);
    let folder = Folder::new();
    let path = folder.put("a.toml", "workerThreads = 4\nlevel = 1\npool.size = 1");
    let watcher = builder().file(&path).watch::<Derived>().unwrap();
    folder.put("a.toml", "workerThreads = 4\nlevel = 2\npool.size = 1");
    until("the change", || watcher.get().level == 2);
    folder.put("a.toml", "workerThreads = 4\nlevel = 10\npool.size = 1");
    until("the refusal", || watcher.status().refused == 1);
    assert!(watcher.status().refusing.unwrap().to_string().contains("level 10 is above 9"));
    folder.put("a.toml", "workerThreads = 8\nlevel = 3\npool.size = 2");
    until("the other refusal", || watcher.status().refused == 2);
    let error = watcher.status().refusing.unwrap().to_string();
    assert!(error.contains("`pool.size`, `workerThreads`"), "{error}");
    assert_eq!((watcher.get().worker_threads, watcher.get().pool.size), (4, 1));
}

#[test]
fn generic_types_derive_too() {
    let folder = Folder::new();
    let path = folder.put("a.toml", "inner = 4");
    assert_eq!(watch::<Generic<u8>, _>(path).unwrap().get().inner, 4);
    assert!(<Generic<u8> as HotConfig>::restart_only().is_empty());
}
