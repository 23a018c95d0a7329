//! Files to write, values to read, and patience.

use dynpatch::config::*;
use dynpatch_watcher::files::Options;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// What most tests configure.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
pub(crate) struct Limits {
    pub(crate) connections: usize,
    #[serde(default)]
    pub(crate) name: String,
}

impl HotConfig for Limits {
    fn validate(&self) -> Result<(), Invalid> {
        match self.connections {
            0 => Err("connections must not be 0".into()),
            13 => panic!("thirteen"),
            _ => Ok(()),
        }
    }
}

/// A directory of the test's own, removed at the end.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("dynpatch-config-{}-{number}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Writes a file beside its place and puts it there.
    pub(crate) fn put(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let (path, beside) = (self.path(name), self.0.join(".beside"));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&beside, text).unwrap();
        fs::rename(&beside, &path).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Waits until it holds. Fails after ten seconds.
#[track_caller]
pub(crate) fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(10);
    while !holds() {
        assert!(Instant::now() < deadline, "never came: {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Patience is short: what these tests write in place is small.
pub(crate) fn builder() -> ConfigBuilder {
    let short = Duration::from_millis(50);
    ConfigBuilder::new().options(Options::default().quiet_while_open(short).grace(short).poll_interval(short))
}

pub(crate) fn limits(path: &Path) -> ConfigWatcher<Limits> {
    builder().file(path).watch().unwrap()
}

/// The value with this many connections is in force.
#[track_caller]
pub(crate) fn until_connections(watcher: &ConfigWatcher<Limits>, connections: usize) {
    until(&format!("{connections} connections"), || watcher.get().connections == connections);
}
