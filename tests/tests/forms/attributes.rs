//! Attributes and visibility.

use dynpatch::prelude::*;

#[patchable]
#[must_use]
fn must_be_used() -> u32 {
    1
}

#[patchable]
#[deprecated(note = "calls itself without a warning, as deprecated functions do")]
fn outdated(depth: u32) -> u32 {
    if depth == 0 { 0 } else { 1 + outdated(depth - 1) }
}

/// What a reader of the documentation sees.
#[patchable]
#[doc(alias = "described")]
#[inline(never)]
#[cold]
pub(crate) fn documented(first: u32, _second: u32) -> u32 {
    first
}

#[patchable]
#[inline(always)]
#[allow(non_snake_case, unused_variables, unused_mut)]
fn Loud(mut NUMBER: u32, unused: u32) -> u32 {
    let also_unused = 1;
    NUMBER
}

#[patchable]
#[expect(unused_variables, reason = "the body has one, the dispatcher passes it on")]
fn expecting(unused: u32) -> u32 {
    2
}

/// Nobody calls it; a patch might.
#[patchable]
fn never_called() {}

#[patchable]
#[cfg(any())]
fn chosen() -> u32 {
    compile_error!("not this one")
}

#[patchable]
#[cfg(not(any()))]
fn chosen() -> u32 {
    3
}

#[patchable]
#[cfg_attr(all(), inline(never), must_use, allow(unused_variables))]
#[cfg_attr(any(), cfg(any()))]
fn conditional(unused: u32) -> u32 {
    4
}

struct Marked;

#[patchable]
#[allow(clippy::unused_self, reason = "attributes of the block stay on the block")]
impl Marked {
    #[must_use]
    fn must_be_used(&self) -> u32 {
        1
    }

    #[deprecated]
    fn outdated(&self, depth: u32) -> u32 {
        if depth == 0 { 0 } else { 1 + self.outdated(depth - 1) }
    }

    #[expect(unused_variables, reason = "the body has one")]
    fn expecting(&self, unused: u32) -> u32 {
        2
    }

    #[expect(dead_code, reason = "nobody calls it")]
    fn never_called(&self) {}

    #[cfg(any())]
    fn chosen(&self) -> u32 {
        compile_error!("not this one")
    }

    #[cfg(not(any()))]
    fn chosen(&self) -> u32 {
        3
    }

    #[inline(never)]
    #[cfg_attr(all(), must_use, expect(unused_variables))]
    fn conditional(&self, unused: u32) -> u32 {
        4
    }

    #[allow(non_snake_case)]
    fn Loud(&self, NUMBER: u32) -> u32 {
        NUMBER
    }
}

#[test]
fn attributes_keep_their_effects() {
    #[deny(unused_must_use)]
    let _ = must_be_used();
    #[allow(deprecated)]
    let depth = outdated(3);
    assert_eq!(depth, 3);
    assert_eq!((documented(1, 2), Loud(5, 6), expecting(0), chosen(), conditional(0)), (1, 5, 2, 3, 4));
}

#[test]
fn attributes_of_methods_keep_their_effects() {
    let _ = Marked.must_be_used();
    #[allow(deprecated)]
    let depth = Marked.outdated(3);
    assert_eq!(depth, 3);
    assert_eq!((Marked.expecting(0), Marked.chosen(), Marked.conditional(0), Marked.Loud(6)), (2, 3, 4, 6));
}

mod outer {
    use super::*;

    #[patchable]
    pub(super) fn for_the_parent() -> u32 {
        inner::for_one_module() + inner::for_the_crate()
    }

    pub(super) mod inner {
        use dynpatch::prelude::*;

        #[patchable]
        pub(in crate::attributes) fn for_one_module() -> u32 {
            private()
        }

        #[patchable]
        pub(crate) fn for_the_crate() -> u32 {
            10 * private()
        }

        #[patchable]
        fn private() -> u32 {
            self::deepest::from_above()
        }

        mod deepest {
            #[dynpatch::patchable]
            pub(in super::super) fn from_above() -> u32 {
                super::super::super::chosen()
            }
        }
    }
}

#[test]
fn visibilities_reach_as_far_as_written() {
    assert_eq!((outer::for_the_parent(), outer::inner::for_one_module(), outer::inner::for_the_crate()), (33, 3, 30));
}

#[test]
fn functions_may_stand_in_functions() {
    struct Local(u32);

    #[patchable]
    fn of_local(local: Local) -> Local {
        Local(local.0 + 1)
    }

    assert_eq!(of_local(Local(1)).0, 2);
}
