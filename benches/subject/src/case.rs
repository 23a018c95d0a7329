//! One loop for each way to call.

use crate::{ADDER, OBJECT, WORKER, Worker as _};
use dynpatch::{checkpoint, patchable, snapshot, unpinned};
use std::hint::black_box;
use std::sync::atomic::AtomicU64;

/// `n` evaluations of an expression, each of the result of the one before, eight to a turn.
#[macro_export]
macro_rules! chain {
    ($n:expr, $x:ident => $step:expr) => {{
        let mut $x = 1u64;
        for _ in 0..$n / 8 {
            $x = $step;
            $x = $step;
            $x = $step;
            $x = $step;
            $x = $step;
            $x = $step;
            $x = $step;
            $x = $step;
        }
        $x
    }};
}

macro_rules! cases {
    ($($(#[$doc:meta])* $case:ident $name:literal $(over $baseline:ident)? = |$object:ident: $type:ty = $start:expr, $x:ident| $step:expr;)*) => {
        /// A way to call.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, dynpatch::PatchType)]
        pub enum Case {
            $($(#[$doc])* $case,)*
        }

        impl Case {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$case),*];

            /// As the command line says it.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$case => $name),* }
            }

            /// The same work called directly: itself, for a direct call.
            #[must_use]
            pub fn baseline(self) -> Self {
                match self { $(Self::$case => cases!(@baseline $case $($baseline)?)),* }
            }

            #[inline(always)]
            fn chain(self, n: u64) -> u64 {
                $(
                    #[inline(never)]
                    #[expect(non_snake_case, reason = "one function for each case, under its name")]
                    fn $case(n: u64) -> u64 {
                        let $object: $type = black_box($start);
                        chain!(n, $x => $step)
                    }
                )*
                match self { $(Self::$case => $case(n)),* }
            }
        }
    };
    (@baseline $case:ident $baseline:ident) => { Self::$baseline };
    (@baseline $case:ident) => { Self::$case };
}

cases! {
    /// A plain function.
    Direct "direct" = |object: &AtomicU64 = &OBJECT, x| crate::direct(object, x);
    /// A plain function on the object of the service.
    DirectMethod "direct-method" = |adder: &crate::Adder = &ADDER, x| crate::direct_method(adder, x);
    /// A plain function that calls another.
    DirectNested "direct-nested" = |object: &AtomicU64 = &OBJECT, x| crate::direct_nested(object, x);
    /// A plain function that may panic.
    DirectCatching "direct-catching" = |object: &AtomicU64 = &OBJECT, x| crate::direct_catching(object, x);
    /// A plain function, called at a place of its own.
    DirectAlone "direct-alone" = |object: &AtomicU64 = &OBJECT, x| alone::direct(object, x);
    /// The method's plain function, called at a place of its own.
    DirectMethodAlone "direct-method-alone" = |adder: &crate::Adder = &ADDER, x| alone::direct_method(adder, x);
    /// A patchable function.
    Function "function" over Direct = |object: &AtomicU64 = &OBJECT, x| crate::function(object, x);
    /// A patchable function, called at a place of its own: no address stays in a register from one call to the next.
    FunctionAlone "function-alone" over DirectAlone = |object: &AtomicU64 = &OBJECT, x| alone::function(object, x);
    /// A method of a service, got anew for each call.
    Service "service" over DirectMethod = |worker: &dynpatch::Service<dyn crate::Worker> = &WORKER, x| worker.get().step(x);
    /// The same, called at a place of its own.
    ServiceAlone "service-alone" over DirectMethodAlone =
        |worker: &dynpatch::Service<dyn crate::Worker> = &WORKER, x| alone::service(worker, x);
    /// A patchable function that is blind to snapshots.
    Latest "latest" over Direct = |object: &AtomicU64 = &OBJECT, x| crate::latest(object, x);
    /// The same, called at a place of its own.
    LatestAlone "latest-alone" over DirectAlone = |object: &AtomicU64 = &OBJECT, x| alone::latest(object, x);
    /// A patchable function, inside one snapshot around all calls.
    InSnapshot "in-snapshot" over Direct = |object: &AtomicU64 = &OBJECT, x| crate::function(object, x);
    /// A patchable function, with a snapshot around each call.
    Snapshot "snapshot" over Direct = |object: &AtomicU64 = &OBJECT, x| snapshot(|| crate::function(object, x));
    /// A patchable function, each call outside of the generation that its caller is in.
    Unpinned "unpinned" over Direct = |object: &AtomicU64 = &OBJECT, x| unpinned(|| crate::function(object, x));
    /// A patchable function that calls another.
    Nested "nested" over DirectNested = |object: &AtomicU64 = &OBJECT, x| crate::nested(object, x);
    /// A patchable function that may panic.
    Catching "catching" over DirectCatching = |object: &AtomicU64 = &OBJECT, x| crate::catching(object, x);
    /// A checkpoint before each call of a plain function.
    Checkpoint "checkpoint" over Direct = |object: &AtomicU64 = &OBJECT, x| {
        checkpoint();
        crate::direct(object, x)
    };
}

impl Case {
    /// Whether the call stands at a place of its own.
    #[must_use]
    pub fn is_alone(self) -> bool {
        self.name().ends_with("-alone")
    }
}

/// The calls as they stand outside of loops: with nothing prepared.
mod alone {
    use crate::{Adder, Worker};
    use dynpatch::Service;
    use std::sync::atomic::AtomicU64;

    #[inline(never)]
    pub(super) fn direct(object: &AtomicU64, x: u64) -> u64 {
        crate::direct(object, x)
    }

    #[inline(never)]
    pub(super) fn direct_method(adder: &Adder, x: u64) -> u64 {
        crate::direct_method(adder, x)
    }

    #[inline(never)]
    pub(super) fn function(object: &AtomicU64, x: u64) -> u64 {
        crate::function(object, x)
    }

    #[inline(never)]
    pub(super) fn service(worker: &Service<dyn Worker>, x: u64) -> u64 {
        worker.get().step(x)
    }

    #[inline(never)]
    pub(super) fn latest(object: &AtomicU64, x: u64) -> u64 {
        crate::latest(object, x)
    }
}

/// `n` calls, issued here.
#[must_use]
pub fn run(case: Case, n: u64) -> u64 {
    match case {
        Case::InSnapshot => snapshot(|| case.chain(n)),
        _ => case.chain(n),
    }
}

/// `n` calls, issued by the patch that is live.
#[patchable]
#[must_use]
pub fn run_in_patch(case: Case, n: u64) -> u64 {
    run(case, n)
}
