//! Service traits, their implementations, and services around them.

use crate::{assert_send, block_on, turn};
use dynpatch::BoxedFuture;
use dynpatch::prelude::*;
use std::fmt::Debug;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

#[patch_trait]
trait Nothing {}

#[patch_trait]
trait One {
    fn only(&self) -> u32;
}

/// Documented.
#[patch_trait]
pub(crate) trait Many: Send + Sync + Unpin {
    /// Documented.
    #[must_use]
    fn echo<'a>(&self, text: &'a str) -> &'a str;
    fn own(&self) -> &str;
    fn mixed<'s, 'a>(&'s self, text: &'a str, _: &str) -> (&'s str, &'a str);
    fn each(&self, f: &dyn Fn(u32) -> u32, g: &mut dyn FnMut(&str) -> usize) -> u32;
    fn values(&self, numbers: [u32; 2], pair: (Box<dyn Debug>, Option<&mut u32>)) -> String;
    fn nothing(&self);
    #[deprecated]
    fn outdated(&self) -> u32;
    fn r#type(&self, r#match: u32) -> u32;

    fn doubled(&self, n: u32) -> u32 {
        2 * n
    }

    /// Goes through the live version of what it calls.
    fn quadrupled(&self, mut n: u32) -> u32 {
        n = self.doubled(n);
        self.doubled(n)
    }

    fn counted_down(&self, n: u32) -> u32 {
        if n == 0 { self.doubled(1) } else { self.counted_down(n - 1) }
    }
}

#[patch_trait]
trait Later: Send + Sync {
    async fn length(&self, text: &str) -> usize;
    async fn element(&self, numbers: &[u32], index: usize) -> Option<&u32>;
    async fn failing(&self, text: &str) -> Result<Box<dyn Debug + Send>, Box<dyn std::error::Error + Send + Sync>>;
    async fn unused(&self, _: Dropped, _second: Dropped);
    async fn nothing(&self);
    fn at_once(&self) -> u32;

    async fn twice(&self, text: &str, (times, _): (usize, u32)) -> usize {
        let mut length = 0;
        for _ in 0..times {
            length += self.length(text).await;
        }
        length
    }

    async fn coerced(&self) -> Box<dyn Debug + Send> {
        Box::new(self.at_once())
    }
}

#[patch_trait]
#[cfg(any())]
trait Absent {
    fn absent(&self) -> Missing;
}

struct Dropped(Arc<()>);

#[patch_impl(Nothing)]
#[derive(Default)]
struct Unit;

impl Nothing for Unit {}

#[patch_impl(One)]
#[patch_impl(Many, new = Both::starting_at(5))]
struct Both {
    start: u32,
    name: String,
}

impl Both {
    fn starting_at(start: u32) -> Self {
        Self { start, name: "both".to_owned() }
    }
}

impl Default for Both {
    fn default() -> Self {
        Self::starting_at(1)
    }
}

impl One for Both {
    fn only(&self) -> u32 {
        self.start
    }
}

impl Many for Both {
    fn echo<'a>(&self, text: &'a str) -> &'a str {
        text
    }

    fn own(&self) -> &str {
        &self.name
    }

    fn mixed<'s, 'a>(&'s self, text: &'a str, _: &str) -> (&'s str, &'a str) {
        (&self.name, text)
    }

    fn each(&self, f: &dyn Fn(u32) -> u32, g: &mut dyn FnMut(&str) -> usize) -> u32 {
        f(self.start) + g("abc") as u32
    }

    fn values(&self, [a, b]: [u32; 2], (object, number): (Box<dyn Debug>, Option<&mut u32>)) -> String {
        if let Some(number) = number {
            *number += a + b;
        }
        format!("{object:?}")
    }

    fn nothing(&self) {}

    fn outdated(&self) -> u32 {
        1
    }

    fn r#type(&self, r#match: u32) -> u32 {
        r#match + 1
    }

    fn doubled(&self, n: u32) -> u32 {
        20 * n
    }
}

/// Implements one service in the struct form and another in the block form.
#[patch_impl(One)]
#[derive(Default)]
struct TwoForms {
    number: u32,
}

impl One for TwoForms {
    fn only(&self) -> u32 {
        self.number
    }
}

#[patch_impl]
impl Later for TwoForms {
    async fn length(&self, text: &str) -> usize {
        turn().await;
        text.len() + self.number as usize
    }

    async fn element(&self, numbers: &[u32], index: usize) -> Option<&u32> {
        turn().await;
        numbers.get(index).map(|_| &self.number)
    }

    async fn failing(&self, text: &str) -> Result<Box<dyn Debug + Send>, Box<dyn std::error::Error + Send + Sync>> {
        if text.is_empty() {
            return Err("nothing".into());
        }
        let number: u32 = text.parse()?;
        Ok(Box::new(number))
    }

    async fn unused(&self, _: Dropped, _second: Dropped) {
        turn().await;
    }

    async fn nothing(&self) {}

    fn at_once(&self) -> u32 {
        self.number
    }
}

/// Has no `Default`.
struct Made(u32);

#[patch_impl(new = Made(3))]
#[cfg(not(any()))]
impl One for Made {
    fn only(&self) -> u32 {
        self.0
    }
}

#[patch_impl]
#[cfg(any())]
impl One for Missing {}

/// An async service written by hand, by a host that exports nothing.
struct ByHand;

impl Later for ByHand {
    fn length<'future>(&'future self, text: &'future str) -> BoxedFuture<'future, usize> {
        Box::pin(async { text.len() })
    }

    fn element<'future>(
        &'future self,
        numbers: &'future [u32],
        index: usize,
    ) -> BoxedFuture<'future, Option<&'future u32>> {
        Box::pin(async move { numbers.get(index) })
    }

    fn failing<'future>(
        &'future self,
        _: &'future str,
    ) -> BoxedFuture<'future, Result<Box<dyn Debug + Send>, Box<dyn std::error::Error + Send + Sync>>> {
        Box::pin(async { Err("by hand".into()) })
    }

    fn unused<'future>(&'future self, _: Dropped, _: Dropped) -> BoxedFuture<'future, ()> {
        Box::pin(async {})
    }

    fn nothing<'future>(&'future self) -> BoxedFuture<'future, ()> {
        Box::pin(async {})
    }

    fn at_once(&self) -> u32 {
        9
    }
}

static NOTHING: Service<dyn Nothing> = Service::new(&Unit);
static FIRST: Service<dyn One> = Service::new(&Made(1));
static SECOND: Service<dyn One> = Service::new(&Made(2));
static LATER: Service<dyn Later> = Service::new(&TwoForms { number: 4 });

#[test]
fn each_service_has_its_own_object() {
    let _: &dyn Nothing = &NOTHING.get();
    let owned: Service<dyn One> = Service::owned(TwoForms { number: 3 });
    assert_eq!((FIRST.get().only(), SECOND.get().only(), owned.get().only()), (1, 2, 3));
    let as_object: &dyn One = &FIRST.get();
    assert_eq!(as_object.only(), 1);
}

#[test]
fn methods_borrow_from_the_service_and_from_arguments() {
    let service: Service<dyn Many> = Service::owned(Both::starting_at(2));
    let live = service.get();
    let text = "text".to_owned();
    assert_eq!((live.echo(&text), live.own(), live.mixed(&text, "")), ("text", "both", ("both", "text")));
    let mut seen = 0;
    assert_eq!(
        live.each(&|n| n + 1, &mut |text| {
            seen += 1;
            text.len()
        }),
        6
    );
    let mut number = 1;
    assert_eq!(live.values([2, 3], (Box::new("x"), Some(&mut number))), "\"x\"");
    live.nothing();
    #[allow(deprecated)]
    let outdated = live.outdated();
    assert_eq!((seen, number, outdated, live.r#type(6)), (1, 6, 1, 7));
}

#[test]
fn default_bodies_call_what_the_object_overrides() {
    let service: Service<dyn Many> = Service::owned(Both::default());
    assert_eq!((service.get().doubled(1), service.get().quadrupled(1), service.get().counted_down(2)), (20, 400, 20));
}

#[test]
fn async_methods_behave_like_async_fn() {
    let live = LATER.get();
    let text = "abc".to_owned();
    assert_eq!(block_on(assert_send(live.length(&text))), 7);
    assert_eq!(block_on(live.element(&[1], 0)), Some(&4));
    assert_eq!(format!("{:?} {:?}", block_on(live.failing("7")), block_on(live.coerced())), "Ok(7) 4");
    assert_eq!(block_on(live.failing("")).unwrap_err().to_string(), "nothing");
    assert_eq!(block_on(assert_send(live.twice(&text, (2, 0)))), 14);
    let held = Arc::new(());
    let future = live.unused(Dropped(held.clone()), Dropped(held.clone()));
    assert_eq!(Arc::strong_count(&held), 3);
    block_on(async { (future.await, live.nothing().await) });
    assert!(Arc::ptr_eq(&Dropped(held.clone()).0, &held) && Arc::strong_count(&held) == 1);
}

#[test]
fn an_async_service_may_be_written_by_hand() {
    let service: Service<dyn Later> = Service::owned(ByHand);
    assert_eq!(block_on(service.get().twice("ab", (3, 0))), 6);
    assert_eq!(block_on(service.get().element(&[5], 0)), Some(&5));
}

#[test]
fn an_owned_object_is_dropped_once() {
    struct Counted(Arc<AtomicU32>);
    impl One for Counted {
        fn only(&self) -> u32 {
            self.0.load(Ordering::Relaxed)
        }
    }
    impl Drop for Counted {
        fn drop(&mut self) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
    let drops = Arc::new(AtomicU32::new(0));
    let service: Service<dyn One> = Service::owned(Counted(drops.clone()));
    let moved = std::thread::spawn(move || (service.get().only(), service)).join().unwrap();
    assert_eq!((moved.0, drops.load(Ordering::Relaxed)), (0, 0));
    drop(moved);
    assert_eq!((drops.load(Ordering::Relaxed), Arc::strong_count(&drops)), (1, 1));
}
