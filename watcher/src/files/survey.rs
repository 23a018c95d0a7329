//! A look at a set of files, without reading them.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::identity::Kind;
use super::set::{FileSet, Member, Named};
use super::settle::{Doubt, Observation};
use super::system::System;
use super::trail::{End, Trail};

/// What a look found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Survey {
    pub(crate) files: Vec<Found>,
    /// The ways to the directories of the set.
    directories: Vec<Trail>,
    listings: Vec<Listing>,
}

/// One file of the set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) named: Named,
    pub(crate) trail: Trail,
}

/// A directory all of whose files with one of these extensions count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Listing {
    pub(crate) directory: PathBuf,
    pub(crate) extensions: Vec<OsString>,
}

/// What decides what a set is made of: names, and directories all of whose files count.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Ground {
    pub(crate) names: Vec<PathBuf>,
    pub(crate) listings: Vec<Listing>,
}

impl Listing {
    pub(crate) fn counts(&self, name: &Path) -> bool {
        let hidden = name.as_os_str().as_encoded_bytes().starts_with(b".");
        !hidden
            && name
                .extension()
                .is_some_and(|found| self.extensions.iter().any(|wanted| wanted.eq_ignore_ascii_case(found)))
    }

    /// The names of the files that count, in order.
    pub(crate) fn names(&self) -> io::Result<Vec<OsString>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.directory)? {
            let name = entry?.file_name();
            if self.counts(Path::new(&name)) {
                names.push(name);
            }
        }
        names.sort_unstable();
        Ok(names)
    }
}

impl Survey {
    /// Looks at every file of the set.
    pub(crate) fn of(set: &FileSet, system: &dyn System) -> Self {
        let mut survey = Self { files: Vec::new(), directories: Vec::new(), listings: Vec::new() };
        for member in &set.members {
            match member {
                Member::File(named) => survey.file(named.clone(), system),
                Member::Directory(named, extensions) => survey.directory(named, extensions, system),
            }
        }
        survey
    }

    fn file(&mut self, named: Named, system: &dyn System) {
        let trail = Trail::of(&named.at, system);
        self.files.push(Found { named, trail });
    }

    fn directory(&mut self, named: &Named, extensions: &[OsString], system: &dyn System) {
        let trail = Trail::of(&named.at, system);
        match (&trail.end, trail.directory()) {
            (_, Some(directory)) => self.list(named, directory.to_owned(), extensions, system),
            (End::Missing, None) => {}
            // Something else in its place, or nobody may look: what that is, reading will say.
            _ => self.files.push(Found { named: named.clone(), trail: trail.clone() }),
        }
        self.directories.push(trail);
    }

    fn list(&mut self, named: &Named, directory: PathBuf, extensions: &[OsString], system: &dyn System) {
        let listing = Listing { directory, extensions: extensions.to_vec() };
        match listing.names() {
            Ok(names) => names.into_iter().for_each(|name| self.file(named.join(name), system)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => self.files.push(Found {
                named: named.clone(),
                trail: Trail {
                    names: vec![listing.directory.clone()],
                    links: Vec::new(),
                    end: End::Failed(error.kind(), error.to_string()),
                },
            }),
        }
        self.listings.push(listing);
    }

    /// Where to listen for changes.
    pub(crate) fn ground(&self) -> Ground {
        let files = self.files.iter().map(|file| &file.trail);
        let names = files.chain(&self.directories).flat_map(|trail| trail.names.iter().cloned()).collect();
        Ground { names, listings: self.listings.clone() }
    }

    pub(crate) fn is_missing(&self) -> bool {
        self.files.iter().all(|file| file.trail.end == End::Missing)
    }

    fn find(&self, named: &Named) -> Option<&Found> {
        self.files.iter().find(|file| file.named == *named)
    }
}

impl Ground {
    pub(crate) fn merge(&mut self, other: Self) {
        self.names.extend(other.names);
        self.listings.extend(other.listings);
    }

    /// Whether what happened to that name can have changed what the set is made of.
    pub(crate) fn concerns(&self, path: &Path) -> bool {
        let listed = |listing: &Listing| {
            path.starts_with(&listing.directory) && path.file_name().is_some_and(|name| listing.counts(Path::new(name)))
        };
        let above = |listing: &Listing| listing.directory.starts_with(path);
        self.names.iter().any(|name| name.starts_with(path)) || self.listings.iter().any(|l| listed(l) || above(l))
    }
}

impl Observation for Survey {
    fn doubt(&self, read: Option<&Self>) -> Doubt {
        let before = |file: &Found| read.and_then(|read| read.find(&file.named)).map(|found| &found.trail.end);
        let gone_from_list = read.is_some_and(|read| read.files.iter().any(|file| self.find(&file.named).is_none()));
        let of_files = self.files.iter().filter(|file| before(file) != Some(&file.trail.end)).map(doubt);
        of_files.max().unwrap_or(Doubt::None).max(if gone_from_list { Doubt::Gone } else { Doubt::None })
    }
}

fn doubt(file: &Found) -> Doubt {
    match &file.trail.end {
        End::Found(found) if found.is_empty_file() => Doubt::Empty,
        End::Found(found) if found.kind == Kind::File => Doubt::None,
        _ => Doubt::Gone,
    }
}
