//! Types that another crate describes and checks: `abi_stable`, with the feature of that name.

use dynpatch_interface::boundary::ForeignLayout;
use std::marker::PhantomData;

/// Asks about a type whether another crate describes it: an inherent constant, where its bound holds, hides the one of
/// [`ForeignFallback`].
#[derive(Debug)]
pub struct Foreign<T: ?Sized>(PhantomData<T>);

/// What [`Foreign`] says where nobody describes the type.
pub trait ForeignFallback {
    /// Nothing.
    const LAYOUT: Option<ForeignLayout> = None;
}

impl<T: ?Sized> ForeignFallback for Foreign<T> {}

/// Whether anybody describes any of the types.
pub const fn is_foreign(layouts: &[Option<ForeignLayout>]) -> bool {
    let mut index = 0;
    while index < layouts.len() {
        if layouts[index].is_some() {
            return true;
        }
        index += 1;
    }
    false
}

#[cfg(feature = "abi_stable")]
mod stable {
    use super::{Foreign, ForeignLayout};
    use abi_stable::StableAbi;
    use abi_stable::abi_stability::abi_checking::{CheckingGlobals, check_layout_compatibility_with_globals};
    use abi_stable::type_layout::TypeLayout;
    use std::ptr;

    /// Two images may compare descriptions that one version of the checker made: the one that Cargo.toml pins.
    const CHECKER: &str = "abi_stable 0.11.3";

    impl<T: StableAbi> Foreign<T> {
        /// The description that `#[derive(StableAbi)]` made.
        pub const LAYOUT: Option<ForeignLayout> =
            Some(ForeignLayout { checker: CHECKER, layout: || ptr::from_ref(T::LAYOUT).cast() });
    }

    /// What the checker says to a type of the host and one of a mapped patch.
    pub(crate) fn compare(host: &ForeignLayout, patch: &ForeignLayout) -> Result<(), String> {
        if host.checker != CHECKER || patch.checker != CHECKER {
            return Err(format!("described by {} in the host, by {} in the patch", host.checker, patch.checker));
        }
        let [host, patch] = [host, patch].map(|described| {
            let layout = (described.layout)().cast::<TypeLayout>();
            // SAFETY: `LAYOUT` above is the only thing that names this checker, and what it gives is a
            // `&'static TypeLayout` of this very version of `abi_stable`, built by the same compiler (checked before the
            // image was mapped), whose images are mapped during this call.
            unsafe { &*layout }
        });
        // With globals of its own: the process's would remember layouts of images that may go.
        check_layout_compatibility_with_globals(host, patch, &CheckingGlobals::new())
            .map_err(|errors| errors.to_string())
    }
}

#[cfg(feature = "abi_stable")]
pub(crate) use stable::compare;

/// Without the feature nobody describes anything.
#[cfg(not(feature = "abi_stable"))]
pub(crate) fn compare(_: &ForeignLayout, patch: &ForeignLayout) -> Result<(), String> {
    Err(format!("described by {} in the patch, by nothing in the host", patch.checker))
}
