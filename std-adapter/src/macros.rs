//! The macros, documented where users meet them.

/// Describes a type to dynpatch, field by field, so that a patch in which it differs is refused by the name of the field.
/// Derive it for every type of yours that crosses with a patchable item. Structs, enums of every `repr`, unions, generics,
/// lifetimes, recursion; see [the guide](crate::guide#changing-types).
///
/// - `#[patch_type(open)]` on an enum with an integer `repr`: it may have more variants on the side that receives it.
/// - `#[patch_type(prefix)]` on a `repr(C)` struct: behind `&`, it may have more fields on the side that makes it.
/// - `#[patch_type(recursive)]` on a field, where two types hold each other: on one of them.
/// - `#[patch_type(crate = path)]`: where `dynpatch_interface` is, for a crate without std.
///
/// ```
/// use dynpatch::prelude::*;
///
/// #[derive(PatchType)]
/// pub struct Request {
///     pub path: String,
/// }
/// # fn main() {}
/// ```
#[doc(inline)]
pub use dynpatch_macro::PatchType;

/// Makes a `cdylib` a patch. Stands once, in its root.
///
/// `patch!()` provides the items of this crate; `patch!(app, other)` those of other crates as well, which is how a
/// program's own source is built as a patch. Options: `name`, `description`, `author` (strings), `interface_version` (a
/// [`Version`](crate::Version)), `type_hash` (a `u64`). Name and version are the package's unless given.
///
/// What the patch says of others: `requires` and `conflicts` are lists of patches that must be live, or must not be, each a
/// name, or a name and a version, which stands for all that are compatible with it as cargo's `^` is. With
/// `replaces_all = true` the patch stands on the built-in code, in the place of all live patches; it conflicts with none,
/// and can require none.
///
/// It also declares the patch's global allocator, which is the host's; a second one is a compile error.
///
/// ```
/// dynpatch::patch!(
///     description = "mends the price of empty orders",
///     interface_version = dynpatch::Version::new(1, 2, 0),
///     type_hash = 0x1234567890abcdef,
///     requires = ["orders-base 1.2"],
///     conflicts = ["orders-hotfix"],
/// );
/// # fn main() {}
/// ```
#[doc(inline)]
pub use dynpatch_macro::patch;

/// Marks what runs before a patch goes live.
///
/// On a function it takes nothing and gives a `Result` whose error can be displayed; an error, or a panic, undoes the
/// apply. `teardown = path` names a function that runs after a rollback. On an `impl` of [`PatchEntry`] for a type with
/// `Default`, `init` and `teardown` are the two. Only entries of crates that the patch provides run, in link order;
/// teardowns run in reverse.
///
/// ```
/// use dynpatch::prelude::*;
///
/// #[patch_entry(teardown = stop)]
/// fn start() -> Result<(), std::io::Error> {
///     Ok(())
/// }
///
/// fn stop() {}
/// # fn main() { start().unwrap(); stop(); }
/// ```
///
/// [`PatchEntry`]: crate::PatchEntry
#[doc(inline)]
pub use dynpatch_macro::patch_entry;

/// Exports an implementation of a service.
///
/// On a struct it names the trait; on an `impl` block it does not. The one object is made before the patch goes live: a
/// unit struct as it stands, any other type by `Default`, or by `new = expression`. On an `impl` block it also rewrites
/// `async fn` methods as `#[patch_trait]` does. See [`Service`](crate::Service).
#[doc(inline)]
pub use dynpatch_macro::patch_impl;

/// Makes a trait a service interface, to be used as [`Service<dyn Trait>`](crate::Service).
///
/// Its methods take `&self`. An `async fn` method becomes one that gives a [`BoxedFuture`](crate::BoxedFuture); its
/// borrows share one lifetime. Supertraits can be `Send`, `Sync`, `Unpin` and `'static`. New methods are appended, with
/// a default body.
#[doc(inline)]
pub use dynpatch_macro::patch_trait;

/// Makes an item replaceable, under the path it has.
///
/// - On a **function**, also `async`, `unsafe`, `extern "C"`, with lifetimes.
/// - On an inherent **`impl` block**: every method of it.
/// - On a **`static`**: shared by the host and all patches, see [`Shared`](crate::Shared).
///
/// Options: `replaces = "crate::path"` makes the function stand for that of another crate; `latest` takes the newest code
/// even inside a [`snapshot`](crate::snapshot()), for fewer instructions per call (an item that the host does not have keeps to the snapshot); `host` leaves the function to the host,
/// whatever crate a patch provides, which is how patch code reaches the host's timers, sockets and tasks; `local` drops `Send`
/// from the future of an `async fn`.
///
/// An `async fn` takes the live version when its future is first polled, and runs it to its end. That future is boxed: one
/// allocation for a call.
///
/// Generics, `impl Trait`, `where` clauses and outlives bounds, `const fn`, `#[track_caller]`, `#[target_feature]`,
/// exported symbols, variadics and functions that never return cannot be patchable; the compiler says why and what to
/// do instead.
///
/// ```
/// use dynpatch::prelude::*;
///
/// #[patchable]
/// pub fn price(quantity: u32) -> u32 {
///     quantity * 3
/// }
///
/// pub struct Account {
///     balance: u64,
/// }
///
/// #[patchable]
/// impl Account {
///     pub fn deposit(&mut self, amount: u64) {
///         self.balance += amount;
///     }
/// }
///
/// let mut account = Account { balance: 1 };
/// account.deposit(u64::from(price(2)));
/// assert_eq!(account.balance, 7);
/// ```
#[doc(inline)]
pub use dynpatch_macro::patchable;

/// Declares a host's own global allocator. Put it into the root of the binary, which no patch links.
///
/// It does what `#[global_allocator]` does, and lets the host recognise blocks that a patch's constructors allocated
/// before the patch was connected. A host without one uses the system's allocator, and patches that allocate that early
/// are refused.
///
/// ```
/// dynpatch::global_allocator!(static ALLOCATOR: std::alloc::System = std::alloc::System);
/// ```
#[macro_export]
macro_rules! global_allocator {
    ($visibility:vis static $name:ident: $type:ty = $value:expr $(;)?) => {
        #[global_allocator]
        $visibility static $name: $crate::HostAllocator<$type> = $crate::HostAllocator::new($value);
    };
}
