//! How a watched configuration is put together.

use super::engine::{Engine, Settings, load};
use super::error::{ConfigError, Fault};
use super::format::Format;
use super::hot::HotConfig;
use super::layers::{Layers, Text};
use super::restart::RestartOnly;
use super::sources::Member;
use super::watcher::ConfigWatcher;
use crate::files::{FileWatch, Options, Portable, System};
use serde::de::DeserializeOwned;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// Reads a value from a text. `name` is what errors call it. Does not validate.
///
/// # Errors
///
/// The text is not of that format, or not such a value. Bounded in size and never a panic, whatever the text.
pub fn parse_str<T: DeserializeOwned>(format: Format, name: &str, text: &str) -> Result<T, ConfigError> {
    let file = Text { path: name.into(), format, text: text.into() };
    Layers { files: vec![file], variables: Vec::new() }.extract().map(|(value, _)| value)
}

/// Files, directories and variables that make one configuration, and how it is watched.
///
/// What is named later is layered over what is named earlier, key by key; lists are replaced as a whole, and a key that is
/// `null` in a later file is as good as absent to an `Option`. All of it is one set: it comes into force as a whole or not
/// at all.
///
/// ```no_run
/// use dynpatch_watcher::config::*;
/// # #[derive(Deserialize)] struct AppConfig {}
/// # impl HotConfig for AppConfig {}
///
/// let watcher = <ConfigBuilder>::new()
///     .file("/etc/app/app.toml")
///     .directory("/etc/app/conf.d")
///     .environment("APP_")
///     .state_directory("/var/lib/app")
///     .watch::<AppConfig>()?;
/// # Ok::<(), ConfigError>(())
/// ```
///
/// `S` says who reports changes: nobody, unless it is the system's own. `dynpatch::config` has it.
#[derive(Debug, Clone, Default)]
#[must_use = "`watch` or `load` make something of it"]
pub struct ConfigBuilder<S = Portable> {
    system: S,
    settings: Settings,
    options: Options,
}

impl<S: System + Default> ConfigBuilder<S> {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }
}

impl<S: System> ConfigBuilder<S> {
    /// Nothing yet, with a system.
    pub fn on(system: S) -> Self {
        Self { system, settings: Settings::default(), options: Options::default() }
    }

    /// With a file. It must be there, hold more than white space, and have no more than 1 MiB.
    pub fn file(self, path: impl AsRef<Path>) -> Self {
        self.member(Member::File(path.as_ref().to_owned()))
    }

    /// With a file that need not be there.
    pub fn optional_file(self, path: impl AsRef<Path>) -> Self {
        self.member(Member::Optional(path.as_ref().to_owned()))
    }

    /// With all files in a directory whose extensions name a format, in the order of their names. Names that begin with a
    /// dot are left out. The directory need not be there.
    pub fn directory(self, path: impl AsRef<Path>) -> Self {
        self.member(Member::Directory(path.as_ref().to_owned()))
    }

    /// With the environment variables that begin with a prefix, layered over all files: `APP_SERVER__PORT=80` sets
    /// `server.port` under the prefix `APP_`. Names are taken in lower case, so that a key with capitals or
    /// hyphens cannot be set.
    ///
    /// A value is `true`, `false`, a number, a list `[1, 2]`, a table `{a = 1}`, text in double quotation marks, or else text
    /// as it stands. Where the configuration wants text, a number is text as well.
    ///
    /// The environment is read again at each change of a file.
    pub fn environment(mut self, prefix: impl Into<String>) -> Self {
        self.settings.sources.prefixes.push(prefix.into());
        self
    }

    /// All files are of this format, whatever their names.
    pub fn format(mut self, format: Format) -> Self {
        self.settings.sources.format = Some(format);
        self
    }

    /// Keeps the texts of the files that are in force in this directory, so that a process that is started on bad files
    /// begins with the last good ones; [`Status::origin`](super::Status::origin) says so. The environment is not kept.
    ///
    /// The directory is created if need be. It belongs to one process at a time; configurations of other files may share it.
    pub fn state_directory(mut self, path: impl AsRef<Path>) -> Self {
        self.settings.state_directory = Some(path.as_ref().to_owned());
        self
    }

    /// What happens when keys change that [`HotConfig::restart_only`] names. They are refused unless said otherwise.
    pub fn restart_only(mut self, policy: RestartOnly) -> Self {
        self.settings.restart_only = policy;
        self
    }

    /// How patiently the files are watched.
    pub fn options(mut self, options: Options) -> Self {
        self.options = options;
        self
    }

    /// Asks the system for no events, and looks at the files so often.
    pub fn polling(mut self, interval: Duration) -> Self {
        self.options = self.options.polling_only().poll_interval(interval);
        self
    }

    /// Reads the configuration once, and validates it. For a command that checks files.
    ///
    /// # Errors
    ///
    /// The files are refused.
    pub fn load<T: HotConfig>(self) -> Result<T, ConfigError> {
        load(&self.settings.sources, &self.settings.sources.set().read(&self.system))
    }

    /// Reads the configuration and keeps it as the files are.
    ///
    /// Nothing tells at the start whether somebody is in the middle of writing: what is there then is judged as it is, and
    /// again once it is whole.
    ///
    /// # Errors
    ///
    /// The files are refused and there is no last good configuration, or the system gives no thread to watch them.
    pub fn watch<T: HotConfig>(self) -> Result<ConfigWatcher<T>, ConfigError> {
        let system: Arc<dyn System> = Arc::new(self.system);
        let set = self.settings.sources.set();
        let contents = set.read(&*system);
        let engine = Arc::new(Engine::<T>::start(Arc::clone(&system), self.settings, &contents)?);
        let judge = Arc::clone(&engine);
        let sink = move |contents| {
            judge.offer(&contents);
            true
        };
        let files = FileWatch::start_set(system, set, self.options, Some(contents), sink).map_err(|error| {
            let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}")).unwrap_or_default();
            ConfigError::new(Fault::Watch, format_args!("{error}{cause}"))
        })?;
        Ok(ConfigWatcher::new(engine, files))
    }

    fn member(mut self, member: Member) -> Self {
        self.settings.sources.members.push(member);
        self
    }
}
