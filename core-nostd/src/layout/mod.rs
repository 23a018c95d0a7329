//! Whether two images mean the same by a type: a walk over both descriptions at once.
//!
//! - `view.rs`: descriptions read from bytes nobody vouches for.
//! - `table.rs`: the definitions of an image, by key.
//! - `walk.rs`: the comparison. It needs no memory but what its caller lends, goes no deeper than [`MAX_DEPTH`], and
//!   takes no more than [`MAX_STEPS`] steps.
//! - `definitions.rs`: its part for what people define.
//! - `members.rs`: fields, variants and methods, found by name.
//! - `context.rs`: where a type stands, and what was compared there already.
//! - `opaque.rs`: what can be said of types that are not described.
//! - `finding.rs`: what it finds, and how that reads.
//! - `detached/`: what may lead into a patch's image, one description by itself.
//! - `identity.rs`: a comparison for chips, which accepts no difference at all.
//! - `pair.rs`: two descriptions read at once, or one to see whether it reads.

mod context;
mod definitions;
mod detached;
mod finding;
mod identity;
mod members;
mod opaque;
mod pair;
mod table;
mod view;
mod walk;

pub use context::{Flow, Seen};
pub use detached::{Escape, Escapes, Examined, Place, Why};
pub use finding::{Aspect, Finding, Step, Trail, Value, What};
pub use identity::{Identity, Partner};
pub use pair::Difference;
pub use table::{TypeEntry, TypeTable};
pub use view::{ArgumentView, BodyView, DefinitionView, FieldView, MethodView, Node, NodeView, Sequence, VariantView};
pub use walk::Walk;

/// How deep types may be nested in one another on the way of a comparison. A definition counts twice, as it takes more than
/// twice the stack.
pub const MAX_DEPTH: usize = 256;

/// Pairs of types that one check may look at, and for each 64 bytes of their descriptions one more.
pub const MAX_STEPS: u32 = 1 << 20;
