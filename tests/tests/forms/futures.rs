//! `async fn`, as functions and methods.

use crate::{assert_send, block_on, turn, waits};
use dynpatch::prelude::*;
use std::cell::Cell;
use std::fmt::Debug;
use std::num::ParseIntError;
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;

#[patchable]
async fn borrowed(text: &str, numbers: &[u32]) -> usize {
    turn().await;
    text.len() + numbers.len()
}

#[patchable]
async fn mutated(all: &mut Vec<u32>, (more, _): (u32, u32), mut times: u32) {
    while times > 0 {
        times -= 1;
        all.push(more);
        turn().await;
    }
}

#[patchable]
async fn failing(text: &str) -> Result<u32, ParseIntError> {
    turn().await;
    let number: u32 = text.parse()?;
    Ok(number + 1)
}

#[patchable]
async fn coerced(text: &str) -> Result<Box<dyn Debug + Send>, Box<dyn std::error::Error + Send + Sync>> {
    if text.is_empty() {
        return Err("nothing".into());
    }
    let number: u32 = text.parse()?;
    if number == 0 {
        return Ok(Box::new("none"));
    }
    Ok(Box::new(number))
}

#[patchable]
async fn borrowing<'a>(text: &'a str, _other: &str) -> &'a str {
    turn().await;
    &text[1..]
}

#[patchable]
async fn elided(text: &str) -> Option<&str> {
    text.get(1..)
}

#[patchable]
async fn recursive(n: u64) -> u64 {
    if n == 0 { 0 } else { n + recursive(n - 1).await }
}

#[patchable]
async fn diverging() -> u32 {
    panic!("before the end")
}

#[patchable]
async fn unused(_first: Dropped, _: Dropped, (_left, _): (Dropped, Dropped)) {
    turn().await;
}

#[patchable(local)]
async fn local(shared: Rc<Cell<u32>>) -> Rc<Cell<u32>> {
    turn().await;
    shared.set(shared.get() + 1);
    shared
}

#[patchable(local, latest)]
async fn local_and_latest(shared: &Cell<u32>) -> u32 {
    turn().await;
    shared.get()
}

#[patchable]
#[allow(unsafe_code)]
async unsafe fn vouched_for(numbers: &[u32], index: usize) -> u32 {
    turn().await;
    // SAFETY: the caller vouches for the index.
    unsafe { *numbers.get_unchecked(index) }
}

#[patchable]
async fn calling(f: Arc<dyn Fn(u32) -> u32 + Send + Sync>, mut g: Box<dyn FnMut() -> u32 + Send>) -> u32 {
    turn().await;
    f(1) + g()
}

struct Dropped(Arc<()>);

#[derive(Clone)]
struct Client<'u> {
    url: &'u str,
    calls: u32,
}

#[patchable]
impl<'u> Client<'u> {
    async fn open(url: &'u str) -> Self {
        turn().await;
        Self { url, calls: 0 }
    }

    async fn call(&mut self, text: &str) -> usize {
        turn().await;
        self.calls += 1;
        text.len() + self.url.len()
    }

    async fn url(&self) -> &'u str {
        turn().await;
        self.url
    }

    async fn calls(&self, _other: &str) -> &u32 {
        turn().await;
        &self.calls
    }

    async fn close(mut self) -> u32 {
        self.calls += 1;
        turn().await;
        self.calls
    }

    async fn shared(self: Arc<Self>) -> usize {
        turn().await;
        Arc::strong_count(&self)
    }

    fn not_async(&self) -> u32 {
        self.calls
    }
}

#[patchable(local)]
impl Client<'_> {
    async fn locally(&self, shared: Rc<u32>) -> u32 {
        turn().await;
        self.calls + *shared
    }
}

#[test]
fn futures_borrow_their_arguments() {
    let text = "abc".to_owned();
    let mut all = vec![0];
    let length = {
        let numbers = vec![1, 2];
        block_on(assert_send(borrowed(&text, &numbers)))
    };
    block_on(assert_send(mutated(&mut all, (7, 8), 2)));
    assert_eq!((length, all), (5, vec![0, 7, 7]));
    let part = {
        let short_lived = "x".to_owned();
        block_on(borrowing(&text, &short_lived))
    };
    assert_eq!((part, block_on(elided(&text))), ("bc", Some("bc")));
}

#[test]
fn futures_return_what_an_async_fn_returns() {
    assert_eq!(block_on(failing("41")).unwrap(), 42);
    assert!(block_on(failing("x")).is_err());
    assert_eq!(format!("{:?}", block_on(assert_send(coerced("1")))), "Ok(1)");
    assert_eq!(format!("{:?}", block_on(coerced("0"))), "Ok(\"none\")");
    assert_eq!(block_on(coerced("")).unwrap_err().to_string(), "nothing");
    assert_eq!(block_on(assert_send(recursive(4))), 10);
    assert!(std::panic::catch_unwind(|| block_on(diverging())).is_err());
    // SAFETY: the index is that of an element.
    #[allow(unsafe_code)]
    let element = block_on(unsafe { vouched_for(&[1, 2], 1) });
    assert_eq!((element, block_on(assert_send(calling(Arc::new(|n| n), Box::new(|| 2))))), (2, 3));
}

#[test]
fn futures_do_nothing_until_they_are_polled() {
    let mut all = Vec::new();
    let mut future = Box::pin(mutated(&mut all, (1, 2), 2));
    assert!(waits(future.as_mut()));
    drop(future);
    drop(mutated(&mut all, (3, 4), 1));
    assert_eq!(all, [1]);
}

#[test]
fn futures_keep_arguments_that_nobody_uses() {
    let held = Arc::new(());
    let dropped = || Dropped(held.clone());
    let mut future = Box::pin(unused(dropped(), dropped(), (dropped(), dropped())));
    assert_eq!(Arc::strong_count(&held), 5);
    assert!(waits(future.as_mut()));
    assert_eq!(Arc::strong_count(&held), 5);
    drop(future);
    assert_eq!(Arc::strong_count(&held), 1);
    assert!(Arc::ptr_eq(&dropped().0, &held));
}

#[test]
fn local_futures_hold_what_is_not_send() {
    let shared = Rc::new(Cell::new(1));
    assert_eq!(block_on(local(shared.clone())).get(), 2);
    assert_eq!(block_on(local_and_latest(&shared)), 2);
    let client = Client { url: "", calls: 1 };
    assert_eq!(block_on(client.locally(Rc::new(2))), 3);
}

#[test]
fn methods_give_futures() {
    let url = "here".to_owned();
    let mut client = block_on(assert_send(Client::open(&url)));
    assert_eq!(block_on(assert_send(client.call("abc"))), 7);
    assert_eq!((*block_on(client.calls("")), client.not_async()), (1, 1));
    let kept = block_on(client.url());
    assert_eq!(block_on(Arc::new(client.clone()).shared()), 1);
    assert_eq!((block_on(client.close()), kept), (2, "here"));
}

#[test]
fn a_snapshot_may_enclose_them() {
    let text = "abc".to_owned();
    let future = pin!(snapshot_async(async { borrowed(&text, &[]).await + snapshot(|| 1) }));
    assert_eq!(block_on(future), 4);
}
