//! What a patch says of itself, and the traits a patch can implement.

use crate::{PatchError, TypeLayout, Version};
use alloc::string::String;

/// What a patch says of itself.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatchMetadata {
    /// The patch's name: its package name unless given.
    pub name: String,
    /// The patch's version: its package version unless given.
    pub version: Version,
    /// The version of the interface it was written for.
    pub interface_version: Version,
    /// The hash of that interface, zero when none was given.
    pub type_hash: u64,
    /// What it is for.
    pub description: Option<String>,
    /// Who made it.
    pub author: Option<String>,
}

impl PatchMetadata {
    /// Makes metadata without description and author.
    pub fn new(name: String, version: Version, interface_version: Version, type_hash: u64) -> Self {
        Self { name, version, interface_version, type_hash, description: None, author: None }
    }

    /// Adds what the patch is for.
    #[must_use]
    pub fn with_description(mut self, description: String) -> Self {
        self.description = Some(description);
        self
    }

    /// Adds who made it.
    #[must_use]
    pub fn with_author(mut self, author: String) -> Self {
        self.author = Some(author);
        self
    }
}

/// Something that can say which patch it is and which interface type it was built around.
pub trait PatchInterface: Send + Sync {
    /// What the patch says of itself.
    fn metadata(&self) -> &PatchMetadata;

    /// The layout of the type the interface is built around.
    fn type_layout(&self) -> TypeLayout;
}

/// What a patch does before it goes live and after it was rolled back. Export one with `#[patch_entry]`.
pub trait PatchEntry: Send + Sync {
    /// Runs after every check has passed and before anything is live.
    ///
    /// # Errors
    /// Whatever keeps the patch from working; the apply is undone and the error's text is part of its report.
    fn init(&mut self) -> Result<(), PatchError>;

    /// Runs after a rollback has made the previous code live again.
    fn teardown(&mut self);
}

/// Carries state from one version of a type to the next.
pub trait StateMigration<Old, New> {
    /// Makes the new state from the old.
    ///
    /// # Errors
    /// When the old state cannot be carried over; the old version then stays.
    fn migrate(old: Old) -> Result<New, PatchError>;
}
