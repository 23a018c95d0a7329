//! Which files.

use std::ffi::OsString;
use std::io;
use std::path::{self, Path, PathBuf};

/// The files that belong together: single ones, in the order of later over earlier, and what lies in directories.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileSet {
    pub(crate) members: Vec<Member>,
    pub(crate) limit: Option<u64>,
}

/// One entry of a [`FileSet`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Member {
    File(Named),
    /// All files with one of these extensions in a directory, not below it, in the order of their names. Names that begin with a dot
    /// are left out.
    Directory(Named, Vec<OsString>),
}

/// A path as it was given, which is how it is delivered, and where that is, whatever the process's directory becomes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Named {
    pub(crate) given: PathBuf,
    pub(crate) at: PathBuf,
}

impl Named {
    fn new(given: PathBuf) -> Self {
        Self { at: given.clone(), given }
    }

    /// The file of that name in this directory.
    pub(crate) fn join(&self, name: impl AsRef<Path>) -> Self {
        Self { given: self.given.join(&name), at: self.at.join(&name) }
    }
}

impl FileSet {
    /// One file.
    pub fn file(path: impl Into<PathBuf>) -> Self {
        Self::default().and_file(path)
    }

    /// With one more file.
    #[must_use]
    pub fn and_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.members.push(Member::File(Named::new(path.into())));
        self
    }

    /// With all files of a directory that have one of the extensions, without their dot.
    #[must_use]
    pub fn and_directory(
        mut self,
        path: impl Into<PathBuf>,
        extensions: impl IntoIterator<Item = impl Into<OsString>>,
    ) -> Self {
        let extensions = extensions.into_iter().map(Into::into).collect();
        self.members.push(Member::Directory(Named::new(path.into()), extensions));
        self
    }

    /// With a limit of bytes for each file, instead of 16 MiB. A file that has more is unreadable.
    #[must_use]
    pub fn limit(mut self, bytes: u64) -> Self {
        self.limit = Some(bytes);
        self
    }

    /// The same files, wherever the process goes. Gives back the path that means nothing otherwise.
    pub(crate) fn placed(mut self) -> Result<Self, (PathBuf, io::Error)> {
        for member in &mut self.members {
            let (Member::File(named) | Member::Directory(named, _)) = member;
            named.at = path::absolute(&named.at).map_err(|error| (named.given.clone(), error))?;
        }
        Ok(self)
    }

    /// The set of this one file alone.
    pub(crate) fn only(named: Named, limit: Option<u64>) -> Self {
        Self { members: vec![Member::File(named)], limit }
    }
}
