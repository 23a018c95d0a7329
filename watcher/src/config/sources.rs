//! Where a configuration comes from, and how what was read there becomes layers.

use super::environment::{Variable, variables};
use super::error::{ConfigError, Fault};
use super::format::Format;
use super::layers::{Layers, Text};
use crate::files::{Content, Contents, FileSet};
use std::path::{Path, PathBuf};

/// The files and the environment.
#[derive(Debug, Clone, Default)]
pub(super) struct Sources {
    pub(super) members: Vec<Member>,
    pub(super) format: Option<Format>,
    /// The prefixes of variables, later over earlier.
    pub(super) prefixes: Vec<String>,
}

/// What was named.
#[derive(Debug, Clone)]
pub(super) enum Member {
    File(PathBuf),
    /// It need not be there.
    Optional(PathBuf),
    /// Its files, of all formats or of the chosen one. It need not be there.
    Directory(PathBuf),
}

impl Member {
    fn path(&self) -> &Path {
        match self {
            Self::File(path) | Self::Optional(path) | Self::Directory(path) => path,
        }
    }
}

/// What a file may have. A value takes up to eighty times as much memory as its text.
const MOST_BYTES: u64 = 1 << 20;

impl Sources {
    /// What is to be watched.
    pub(super) fn set(&self) -> FileSet {
        self.members.iter().fold(FileSet::default().limit(MOST_BYTES), |set, member| match member {
            Member::File(path) | Member::Optional(path) => set.and_file(path),
            Member::Directory(path) => set.and_directory(path, self.extensions()),
        })
    }

    /// Files of a format whose feature is off are among them: they are refused by name instead of being passed over.
    fn extensions(&self) -> Vec<&'static str> {
        let all = [Format::Toml, Format::Json, Format::Yaml];
        let chosen = all.into_iter().filter(|&format| self.format.is_none_or(|chosen| chosen == format));
        chosen.flat_map(Format::extensions).copied().collect()
    }

    /// The names by which a configuration is found again that was kept for a restart.
    pub(super) fn names(&self) -> Vec<PathBuf> {
        self.members.iter().map(|member| member.path().to_owned()).collect()
    }

    fn is_optional(&self, path: &Path) -> bool {
        self.members.iter().filter(|member| member.path() == path).any(|member| !matches!(member, Member::File(_)))
    }

    /// What was read, with the environment as it is now.
    pub(super) fn layers(&self, contents: &Contents) -> Result<Layers, ConfigError> {
        let texts = contents.iter().filter_map(|(path, content)| self.text(path, content).transpose());
        let files = texts.collect::<Result<Vec<_>, _>>()?;
        self.with_environment(files)
    }

    /// These files, with the environment as it is now.
    pub(super) fn with_environment(&self, files: Vec<Text>) -> Result<Layers, ConfigError> {
        let variables = self.variables()?;
        if files.is_empty() && variables.is_empty() {
            return Err(ConfigError::new(Fault::MissingFile, "there is no configuration file"));
        }
        Ok(Layers { files, variables })
    }

    fn variables(&self) -> Result<Vec<Variable>, ConfigError> {
        let each = self.prefixes.iter().map(|prefix| variables(prefix, std::env::vars_os()));
        each.collect::<Result<Vec<_>, _>>().map(|layers| layers.concat())
    }

    fn text(&self, path: &Path, content: &Content) -> Result<Option<Text>, ConfigError> {
        let shown = path.display();
        let bytes = match content {
            Content::Whole(bytes) => bytes,
            Content::Missing if self.is_optional(path) => return Ok(None),
            Content::Missing => {
                return Err(ConfigError::new(Fault::MissingFile, format_args!("{shown} does not exist")));
            }
            Content::Unreadable(reason) => {
                let message = format_args!("{shown} cannot be read: {}", reason.message);
                return Err(ConfigError::new(Fault::Unreadable, message));
            }
        };
        let text = std::str::from_utf8(bytes).map_err(|error| {
            let message = format_args!("{shown} is not UTF-8 from byte {} on", error.valid_up_to());
            ConfigError::new(Fault::Encoding, message)
        })?;
        Ok(Some(Text { path: path.to_owned(), format: self.format_of(path)?, text: text.into() }))
    }

    fn format_of(&self, path: &Path) -> Result<Format, ConfigError> {
        self.format.or_else(|| Format::of(path)).ok_or_else(|| {
            let message = format_args!("the extension of {} names no format", path.display());
            ConfigError::new(Fault::Format, message)
        })
    }
}
