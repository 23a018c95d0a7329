//! The formats: what a text says, and where in the text something stands.

#[cfg(feature = "json")]
mod json;
#[cfg(feature = "toml")]
mod nesting;
#[cfg(feature = "toml")]
mod toml;
#[cfg(feature = "yaml")]
mod yaml;

use figment::value::Value;
use std::fmt;
use std::path::Path;

/// A format of configuration files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// TOML 1.1, under the feature `toml`.
    Toml,
    /// JSON, under the feature `json`.
    Json,
    /// YAML 1.2, under the feature `yaml`.
    Yaml,
}

/// What was wrong with a text.
pub(super) enum Problem {
    /// The format's feature is off.
    #[cfg_attr(
        all(feature = "toml", feature = "json", feature = "yaml"),
        expect(dead_code, reason = "with all features there is a parser for each format")
    )]
    NoFeature,
    /// What, and at which byte.
    #[cfg_attr(
        not(any(feature = "toml", feature = "json", feature = "yaml")),
        expect(dead_code, reason = "without features there is no parser")
    )]
    Syntax(String, Option<usize>),
}

impl Format {
    /// The format that the extension of a file names: `toml`, `json`, `yaml` or `yml`, in any case.
    #[must_use]
    pub fn of(path: &Path) -> Option<Self> {
        let extension = path.extension()?.to_str()?.to_ascii_lowercase();
        [Self::Toml, Self::Json, Self::Yaml].into_iter().find(|it| it.extensions().contains(&extension.as_str()))
    }

    /// The extensions that name it.
    pub(super) const fn extensions(self) -> &'static [&'static str] {
        match self {
            Self::Toml => &["toml"],
            Self::Json => &["json"],
            Self::Yaml => &["yaml", "yml"],
        }
    }

    /// The feature that brings it.
    pub(super) const fn feature(self) -> &'static str {
        self.extensions()[0]
    }

    pub(super) fn parse(self, text: &str) -> Result<Value, Problem> {
        let _ = text;
        match self {
            #[cfg(feature = "toml")]
            Self::Toml => toml::parse(text),
            #[cfg(feature = "json")]
            Self::Json => json::parse(text),
            #[cfg(feature = "yaml")]
            Self::Yaml => yaml::parse(text),
            #[cfg(not(all(feature = "toml", feature = "json", feature = "yaml")))]
            _ => Err(Problem::NoFeature),
        }
    }

    /// The byte where the value at a path begins, in a text that has been parsed.
    pub(super) fn locate(self, text: &str, path: &[String]) -> Option<usize> {
        let _ = (text, path);
        match self {
            #[cfg(feature = "toml")]
            Self::Toml => toml::locate(text, path),
            #[cfg(feature = "json")]
            Self::Json => json::locate(text, path),
            #[cfg(feature = "yaml")]
            Self::Yaml => yaml::locate(text, path),
            #[cfg(not(all(feature = "toml", feature = "json", feature = "yaml")))]
            _ => None,
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Toml => "TOML",
            Self::Json => "JSON",
            Self::Yaml => "YAML",
        })
    }
}

#[cfg(all(test, feature = "toml", feature = "json", feature = "yaml"))]
mod tests;
