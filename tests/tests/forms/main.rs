//! Every form the macros accept, in a process without a patch: each item behaves as if its attribute were not there.
#![deny(warnings, missing_docs, unsafe_code, rust_2018_idioms, unreachable_pub, elided_lifetimes_in_paths)]
#![allow(
    clippy::allow_attributes_without_reason,
    clippy::boxed_local,
    clippy::needless_arbitrary_self_type,
    clippy::needless_lifetimes,
    clippy::non_minimal_cfg,
    clippy::toplevel_ref_arg,
    clippy::type_complexity,
    reason = "every form, also those one would write in another way"
)]

mod arguments;
mod attributes;
mod closures;
mod futures;
mod lifetimes;
mod methods;
mod services;
mod statics;
mod types;

use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

/// Polls a future that only ever waits for its own next turn.
fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
}

/// Is pending once.
async fn turn() {
    let mut polled = false;
    std::future::poll_fn(|_| if std::mem::replace(&mut polled, true) { Poll::Ready(()) } else { Poll::Pending }).await;
}

/// Fails to compile for what is not `Send`.
fn assert_send<T: Send>(value: T) -> T {
    value
}

/// Whether a future waits when it is first polled.
fn waits<F: Future>(future: Pin<&mut F>) -> bool {
    future.poll(&mut Context::from_waker(Waker::noop())).is_pending()
}

/// Blocks of `Wrapper<u32>` and `Wrapper<&str>`, say, have methods of one name.
#[test]
fn no_two_items_share_a_path() {
    dynpatch::init().unwrap();
}
