//! Panics of what users write: caught, and told in words.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What the call returned, or what it panicked with.
///
/// Callers drop whatever the call may have left half done.
pub(crate) fn caught<R>(call: impl FnOnce() -> R) -> Result<R, String> {
    catch_unwind(AssertUnwindSafe(call)).map_err(|payload| {
        let message = message(&*payload);
        // Dropping a payload is the user's code as well.
        if let Err(second) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
            std::mem::forget(second);
        }
        message
    })
}

fn message(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().copied();
    text.or_else(|| payload.downcast_ref::<String>().map(String::as_str)).unwrap_or("no message").to_owned()
}

#[cfg(test)]
mod tests {
    use super::caught;

    #[test]
    fn a_panic_is_told_even_if_its_payload_panics_too() {
        struct Worse;
        impl Drop for Worse {
            fn drop(&mut self) {
                panic!("worse");
            }
        }
        assert_eq!(caught(|| 1), Ok(1));
        assert_eq!(caught(|| panic!("bad {}", 1)), Err::<(), _>("bad 1".to_owned()));
        assert_eq!(caught(|| std::panic::panic_any(Worse)), Err::<(), _>("no message".to_owned()));
    }
}
