//! A call's way in for callers that are not optimised: what is inlined into them costs them most. These functions are
//! optimised as this crate is.

use super::dispatch::{self, Entered, Pin, Route};
use dynpatch_interface::boundary::{Code, Function, Slot};

/// A thread on its way into the code of a slot: what fits into registers.
#[derive(Debug)]
pub struct OutOfLine {
    /// What it runs; null when only the long way leads there ([`dispatch::slowly`]).
    pub code: Code,
    /// Dropped by a panic that goes through.
    pin: Option<Pin>,
}

impl OutOfLine {
    #[inline(always)]
    fn new(entered: Entered) -> Self {
        match entered {
            Entered::Inside(code) => Self { code, pin: None },
            Entered::Pinned(code, pin) => Self { code, pin: Some(pin) },
            Entered::Slow => Self { code: std::ptr::null(), pin: None },
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
    OutOfLine::new(dispatch::enter_unknown(slot))
}

/// See [`dispatch::enter_in_host`].
#[inline(never)]
pub fn enter_in_host(slot: &'static Slot) -> OutOfLine {
    OutOfLine::new(dispatch::enter_unknown(slot))
}

/// See [`dispatch::enter_latest`].
#[inline(never)]
pub fn enter_latest(slot: &'static Slot) -> OutOfLine {
    OutOfLine::new(dispatch::enter_latest(slot))
}

/// See [`dispatch::enter_method`].
#[inline(never)]
pub fn enter_method(slot: &'static Slot, route: Route, forward: Function, own: Option<Function>) -> OutOfLine {
    OutOfLine::new(dispatch::enter_method(slot, route, forward, own))
}

/// See [`dispatch::route`].
#[inline(never)]
pub(crate) fn route() -> Route {
    dispatch::route()
}
