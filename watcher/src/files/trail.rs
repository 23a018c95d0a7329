//! Over which names a path leads to its file. A watch on a file itself would miss what is put in its place, so directories are
//! watched, for these names.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use super::identity::{Identity, Kind};
use super::system::System;

/// As many symbolic links as Linux follows.
const MOST_LINKS: usize = 40;

/// The way from a path to its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Trail {
    /// Every name that decides where the path leads, free of symbolic links up to its last component: those of the links on the way,
    /// and that of the file or of the first directory that is missing.
    pub(crate) names: Vec<PathBuf>,
    /// The links themselves: a link that was replaced is another, even if it leads to the same file.
    pub(crate) links: Vec<Identity>,
    pub(crate) end: End,
}

/// Where a trail ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum End {
    Found(Identity),
    Missing,
    Failed(io::ErrorKind, String),
}

impl End {
    fn of(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::Missing,
            kind => Self::Failed(kind, error.to_string()),
        }
    }
}

impl Trail {
    /// Follows the path.
    pub(crate) fn of(path: &Path, system: &dyn System) -> Self {
        let mut walk = Walk { system, at: PathBuf::new(), rest: VecDeque::new(), names: Vec::new(), links: Vec::new() };
        walk.go_by(path);
        let end = walk.run();
        Self { names: walk.names, links: walk.links, end }
    }

    /// Why there is no directory at the end, though there is something.
    pub(crate) fn why_no_directory(&self) -> Option<&str> {
        match &self.end {
            End::Found(found) if found.kind != Kind::Directory => Some("it is not a directory"),
            End::Failed(_, message) => Some(message),
            End::Found(_) | End::Missing => None,
        }
    }

    /// The directory that the path leads to, if it is one.
    pub(crate) fn directory(&self) -> Option<&Path> {
        let leads = matches!(&self.end, End::Found(found) if found.kind == Kind::Directory);
        self.names.last().filter(|_| leads).map(PathBuf::as_path)
    }
}

struct Walk<'a> {
    system: &'a dyn System,
    at: PathBuf,
    rest: VecDeque<Step>,
    names: Vec<PathBuf>,
    links: Vec<Identity>,
}

enum Step {
    Start(OsString),
    Up,
    Into(OsString),
}

impl Walk<'_> {
    fn go_by(&mut self, path: &Path) {
        for component in path.components().rev() {
            let step = match component {
                Component::Prefix(_) | Component::RootDir => Step::Start(component.as_os_str().to_owned()),
                Component::CurDir => continue,
                Component::ParentDir => Step::Up,
                Component::Normal(name) => Step::Into(name.to_owned()),
            };
            self.rest.push_front(step);
        }
    }

    fn run(&mut self) -> End {
        let mut last = None;
        while let Some(step) = self.rest.pop_front() {
            match step {
                Step::Start(root) => self.at.push(root),
                Step::Up => {
                    self.go_up();
                    last = None;
                }
                Step::Into(name) => match self.enter(&name) {
                    Ok(found) => last = found.or(last),
                    Err(end) => return end,
                },
            }
        }
        self.arrive(last)
    }

    /// All links up to here are followed, so the parent is the name before.
    fn go_up(&mut self) {
        match self.at.components().next_back() {
            Some(Component::Normal(_)) => _ = self.at.pop(),
            Some(Component::RootDir | Component::Prefix(_)) => {}
            _ => self.at.push(Component::ParentDir),
        }
    }

    /// Goes to one name. `None`: it was a link, and the walk goes on where that leads.
    fn enter(&mut self, name: &OsString) -> Result<Option<Identity>, End> {
        let here = self.at.join(name);
        let found = match fs::symlink_metadata(&here) {
            Ok(found) => Identity::of(&found, self.system),
            Err(error) => return Err(self.stop(here, &error)),
        };
        if found.kind != Kind::Link {
            self.at = here;
            return Ok(Some(found));
        }
        self.links.push(found);
        match fs::read_link(&here) {
            Ok(target) if self.links.len() <= MOST_LINKS => {
                self.names.push(here);
                self.go_by(&target);
                Ok(None)
            }
            Ok(_) => Err(self.stop(here, &io::Error::other("too many symbolic links on the way"))),
            Err(error) => Err(self.stop(here, &error)),
        }
    }

    fn stop(&mut self, here: PathBuf, error: &io::Error) -> End {
        self.names.push(here);
        End::of(error)
    }

    fn arrive(&mut self, last: Option<Identity>) -> End {
        self.names.push(self.at.clone());
        let here = if self.at.as_os_str().is_empty() { Path::new(".") } else { &self.at };
        match last {
            Some(found) => End::Found(found),
            // The path ends with a step up, or is a root.
            None => fs::metadata(here)
                .map_or_else(|error| End::of(&error), |found| End::Found(Identity::of(&found, self.system))),
        }
    }
}
