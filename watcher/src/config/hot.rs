//! What a configuration is.

use serde::de::DeserializeOwned;

/// Why [`HotConfig::validate`] refuses a value. Text becomes one by `into()`, any error by `?`.
pub type Invalid = Box<dyn std::error::Error + Send + Sync>;

/// A configuration that may be replaced while the program runs.
///
/// ```
/// use dynpatch_watcher::config::*;
///
/// #[derive(Deserialize)]
/// struct AppConfig {
///     port: u16,
/// }
///
/// impl HotConfig for AppConfig {
///     fn validate(&self) -> Result<(), Invalid> {
///         if self.port == 0 {
///             return Err("port must not be 0".into());
///         }
///         Ok(())
///     }
///
///     fn restart_only() -> &'static [&'static str] {
///         &["port"]
///     }
/// }
/// ```
///
/// `#[derive(HotConfig)]` writes the same from attributes. (The option `crate` is for whoever does not depend on
/// `dynpatch`.)
///
/// - `validate = path` names a function from `&Self` to `Result<(), E>`, where `E` is text or an error.
/// - `restart` on a field makes its key, as serde names it, one that waits for a restart; `restart("server.port", …)` on the
///   type names keys further below. What a struct says that is a field of this one counts there only where it is the whole
///   configuration: name its keys here, and call its validation from this one's.
///
/// ```
/// use dynpatch::config::*;
///
/// #[derive(Deserialize, HotConfig)]
/// #[hot_config(validate = check)]
/// #[serde(rename_all = "kebab-case")]
/// struct AppConfig {
///     #[hot_config(restart)]
///     worker_threads: usize,
/// }
///
/// fn check(config: &AppConfig) -> Result<(), String> {
///     if config.worker_threads == 0 { Err("worker-threads must not be 0".to_owned()) } else { Ok(()) }
/// }
///
/// assert_eq!(AppConfig::restart_only(), ["worker-threads"]);
/// ```
///
/// What is not marked as a configuration is not taken for one:
///
/// ```compile_fail,E0277
/// use dynpatch::config::*;
///
/// #[derive(Deserialize)]
/// struct NotMarked {}
///
/// let watcher = watch::<NotMarked, _>("config.toml");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a configuration that can be reloaded",
    label = "neither `#[derive(HotConfig)]` nor `impl HotConfig for {Self} {{}}`",
    note = "it needs `#[derive(Deserialize, HotConfig)]`, and to be `Send + Sync + 'static`"
)]
pub trait HotConfig: DeserializeOwned + Send + Sync + 'static {
    /// Whether the values fit together. An error, or a panic, keeps the whole new configuration out.
    ///
    /// # Errors
    ///
    /// What is wrong, in words for whoever wrote the file.
    fn validate(&self) -> Result<(), Invalid> {
        Ok(())
    }

    /// The dotted paths of keys that a running program cannot take over, and of tables of such keys. What happens to a
    /// change of theirs is said by [`ConfigBuilder::restart_only`](super::ConfigBuilder::restart_only).
    #[must_use]
    fn restart_only() -> &'static [&'static str] {
        &[]
    }
}

/// What a function says that the derive calls for [`HotConfig::validate`].
#[doc(hidden)]
pub fn validation<E: Into<Invalid>>(said: Result<(), E>) -> Result<(), Invalid> {
    said.map_err(Into::into)
}
