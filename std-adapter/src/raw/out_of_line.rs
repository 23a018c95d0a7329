//! A call's way in for callers that are not optimised: what is inlined into them costs them most. These functions are
//! optimised as this crate is. They know the short ways; [`long`] knows all.

use super::dispatch::{self, Pin, Quick, Route};
use dynpatch_interface::boundary::{Code, Function, Slot};

/// A thread on its way into the code of a slot: what fits into registers.
#[derive(Debug)]
pub struct OutOfLine {
    /// What it runs; null when only the long way leads there.
    pub code: Code,
    /// Dropped by a panic that goes through.
    pin: Option<Pin>,
}

impl OutOfLine {
    #[inline(always)]
    fn new(quick: Quick) -> Self {
        match quick {
            Quick::Inside(code) => Self { code, pin: None },
            Quick::Pinned(code, pin) => Self { code, pin: Some(pin) },
            Quick::Slow => Self { code: std::ptr::null(), pin: None },
        }
    }

    /// Leaves what was entered.
    #[inline(never)]
    pub fn leave(self) {
        if let Some(pin) = self.pin {
            pin.leave();
        }
    }
}

/// See [`dispatch::enter`].
#[inline(never)]
pub fn enter(slot: &'static Slot) -> OutOfLine {
    if dispatch::linked() {
        return OutOfLine { code: slot.code(), pin: None };
    }
    OutOfLine::new(dispatch::quick_unknown(slot))
}

/// See [`dispatch::enter_in_host`].
#[inline(never)]
pub fn enter_in_host(slot: &'static Slot) -> OutOfLine {
    OutOfLine::new(dispatch::quick_unknown(slot))
}

/// See [`dispatch::enter_latest`].
#[inline(never)]
pub fn enter_latest(slot: &'static Slot) -> OutOfLine {
    OutOfLine::new(dispatch::quick_latest(slot))
}

/// See [`dispatch::enter_method`].
#[inline(never)]
pub fn enter_method(slot: &'static Slot, route: Route, forward: Function, own: Option<Function>) -> OutOfLine {
    OutOfLine::new(dispatch::quick_method(slot, route, forward, own))
}

/// See [`dispatch::route`].
#[inline(never)]
pub(crate) fn route() -> Route {
    dispatch::route()
}

/// Every way in.
pub mod long {
    use crate::raw::dispatch::{self, Entered, Route};
    use dynpatch_interface::boundary::{Function, Slot};

    /// See [`dispatch::enter`].
    #[inline(never)]
    pub fn enter(slot: &'static Slot) -> Entered {
        dispatch::enter(slot)
    }

    /// See [`dispatch::enter_in_host`].
    #[inline(never)]
    pub fn enter_in_host(slot: &'static Slot) -> Entered {
        dispatch::enter_in_host(slot)
    }

    /// See [`dispatch::enter_latest`].
    #[inline(never)]
    pub fn enter_latest(slot: &'static Slot) -> Entered {
        dispatch::enter_latest(slot)
    }

    /// See [`dispatch::enter_method`].
    #[inline(never)]
    pub fn enter_method(slot: &'static Slot, route: Route, forward: Function, own: Option<Function>) -> Entered {
        dispatch::enter_method(slot, route, forward, own)
    }
}
