//! What the demonstrations share: a patch built as people build one, books about every answer, and words for it all.

mod cargo;
mod ledger;
mod narration;

pub use cargo::{Built, SourceCopy, build_in_place};
pub use ledger::{Answer, Figures, Ledger, Question};
pub use narration::{Narration, conclude, exit, explain};

/// Whatever ends a demonstration; a [`PatchError`](dynpatch::PatchError) among them keeps its code and its help.
pub type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;
